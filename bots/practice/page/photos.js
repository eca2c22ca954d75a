// Photos made small enough to send, and two drawn samples for whoever has no photo at hand.

const LONGEST = 1600;

function jpeg(canvas) {
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", 0.86));
}

async function base64(blob) {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1]);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

async function ready(canvas, name) {
  const blob = await jpeg(canvas);
  return { name, url: URL.createObjectURL(blob), data: await base64(blob) };
}

async function decode(file) {
  if (globalThis.createImageBitmap) {
    try { return await createImageBitmap(file, { imageOrientation: "from-image" }); } catch { /* some formats only open as <img> */ }
  }
  const picture = new Image();
  const url = URL.createObjectURL(file);
  try {
    picture.src = url;
    await picture.decode();
    return picture;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A file as a JPEG of at most 1600 px: {name, url for showing, data as base64}. Throws when it is no picture. */
export async function shrink(file) {
  const picture = await decode(file);
  const wide = picture.naturalWidth || picture.width;
  const high = picture.naturalHeight || picture.height;
  const scale = Math.min(1, LONGEST / Math.max(wide, high));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(wide * scale));
  canvas.height = Math.max(1, Math.round(high * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close?.();
  return ready(canvas, file.name || "photo.jpg");
}

/** A drawn street corner: "before" with a heap of garbage, "after" with clean bins. */
export function sample(kind) {
  return ready(draw(kind, 1200, 900), `sample-${kind}.jpg`);
}

export function draw(kind, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  pen.scale(width / 1200, height / 900);
  const box = (colour, x, y, w, high) => { pen.fillStyle = colour; pen.fillRect(x, y, w, high); };
  const sky = pen.createLinearGradient(0, 0, 0, 640);
  sky.addColorStop(0, kind === "before" ? "#9DB2C6" : "#8DBBE3");
  sky.addColorStop(1, kind === "before" ? "#DDE3E6" : "#E6F1F5");
  pen.fillStyle = sky;
  pen.fillRect(0, 0, 1200, 640);
  box("#B9C7CF", 0, 470, 1200, 150);
  house(pen, box);
  box(kind === "before" ? "#7C8B5F" : "#6F9A58", 0, 610, 1200, 46);
  for (const [x, size] of [[800, 1], [945, 1.18], [1090, 0.95]]) tree(pen, x, size, kind);
  box("#A3A39F", 0, 656, 1200, 244);
  box("#C4C3BC", 0, 656, 1200, 12);
  pen.fillStyle = "#96968F";
  for (let x = -60; x < 1200; x += 190) { pen.beginPath(); pen.moveTo(x + 70, 668); pen.lineTo(x + 74, 668); pen.lineTo(x + 8, 900); pen.lineTo(x, 900); pen.fill(); }
  if (kind === "before") garbage(pen); else bins(pen, box);
  return canvas;
}

function house(pen, box) {
  box("#C3AC93", 90, 110, 560, 510);
  box("#A98F76", 90, 110, 560, 18);
  box("#B69E84", 620, 128, 30, 492);
  for (let row = 0; row < 4; row += 1) {
    for (let column = 0; column < 4; column += 1) {
      if (row === 3 && column === 2) continue;
      const x = 130 + column * 126;
      const y = 160 + row * 116;
      box("#F0E7DA", x - 5, y - 5, 88, 76);
      box("#7396B3", x, y, 78, 66);
      box("#93B2CA", x, y, 78, 20);
      box("#F0E7DA", x + 36, y, 6, 66);
    }
  }
  box("#8A7158", 372, 486, 96, 14);
  box("#6B4B37", 382, 500, 76, 120);
  box("#7F5D46", 390, 510, 27, 100);
  box("#7F5D46", 423, 510, 27, 100);
  box("#0F766E", 404, 444, 34, 34);
  pen.fillStyle = "#fff";
  pen.font = "bold 24px sans-serif";
  pen.textAlign = "center";
  pen.fillText("3", 421, 470);
}

function tree(pen, x, size, kind) {
  pen.fillStyle = "#6B4F3A";
  pen.fillRect(x - 9 * size, 520, 18 * size, 108);
  for (const [dx, dy, r, colour] of [[0, 440, 84, "#4F7F4D"], [-44, 480, 54, "#47734A"], [46, 476, 56, "#5A8C55"], [-8, 410, 46, "#66985F"]]) {
    pen.fillStyle = colour;
    pen.globalAlpha = kind === "before" ? 0.92 : 1;
    pen.beginPath();
    pen.arc(x + dx * size, dy + (1 - size) * 60, r * size, 0, 7);
    pen.fill();
  }
  pen.globalAlpha = 1;
}

function chance(seed) {
  let value = seed;
  return () => { value = (value * 1103515245 + 12345) % 2147483648; return value / 2147483648; };
}

function garbage(pen) {
  const next = chance(20261123);
  pen.fillStyle = "rgba(50,50,40,.28)";
  pen.beginPath();
  pen.ellipse(560, 812, 300, 44, 0, 0, 7);
  pen.fill();
  const colours = ["#2F3338", "#3D4650", "#1F5D57", "#B3433A", "#D8D2C4", "#C29A5B", "#5B7FA6", "#8A6D4B", "#E9E5DA"];
  for (let i = 0; i < 130; i += 1) {
    const level = next();
    const spread = 270 * (1 - level * 0.78);
    const x = 560 + (next() + next() - 1) * spread;
    const y = 812 - level * 150 + next() * 20;
    const w = 26 + next() * 54;
    pen.save();
    pen.translate(x, y);
    pen.rotate((next() - 0.5) * 1.7);
    pen.fillStyle = colours[Math.floor(next() * colours.length)];
    if (next() > 0.66) { pen.beginPath(); pen.ellipse(0, 0, w * 0.62, w * 0.5, 0, 0, 7); pen.fill(); pen.fillRect(-5, -w * 0.62, 10, 14); } else pen.fillRect(-w / 2, -w / 3, w, w * 0.66);
    pen.fillStyle = "rgba(255,255,255,.14)";
    pen.fillRect(-w / 3, -w / 4, w / 2, 5);
    pen.restore();
  }
  pen.strokeStyle = "rgba(70,80,50,.5)";
  pen.lineWidth = 4;
  for (const x of [440, 560, 680]) { pen.beginPath(); pen.moveTo(x, 630); pen.bezierCurveTo(x - 26, 600, x + 26, 580, x, 546); pen.stroke(); }
}

function bins(pen, box) {
  ["#2F7D4F", "#2F62A8", "#B3433A", "#5F6670"].forEach((colour, i) => {
    const x = 380 + i * 118;
    pen.fillStyle = "rgba(40,40,35,.22)";
    pen.beginPath();
    pen.ellipse(x + 46, 822, 62, 14, 0, 0, 7);
    pen.fill();
    pen.fillStyle = colour;
    pen.beginPath();
    pen.moveTo(x, 690); pen.lineTo(x + 92, 690); pen.lineTo(x + 84, 820); pen.lineTo(x + 8, 820);
    pen.fill();
    box(colour, x - 7, 668, 106, 24);
    box("rgba(255,255,255,.25)", x - 7, 668, 106, 7);
    box("rgba(255,255,255,.85)", x + 26, 726, 40, 34);
    box(colour, x + 38, 734, 16, 18);
  });
}
