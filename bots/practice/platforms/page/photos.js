// Photos as a phone sends them: a JPEG of at most 1280 px; and a plain sample for whoever has none at hand.

const LONGEST = 1280;

async function ready(canvas, name) {
  const blob = await new Promise((resolve, reject) => { canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("no picture"))), "image/jpeg", 0.87); });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return { name, url: URL.createObjectURL(blob), data: btoa(text) };
}

function paper(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  return [canvas, canvas.getContext("2d")];
}

/** A file as {name, url for showing, data as base64}. Throws when it is no picture. */
export async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const [canvas, pen] = paper(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return ready(canvas, file.name);
}

const GROUNDS = [["#D6ECE8", "#0B5E58"], ["#FBEBD0", "#8A4B04"], ["#DCE9F7", "#1F4E83"], ["#E4E4F4", "#3C3F85"], ["#DDF1E2", "#12612F"]];

/** A drawn card with the number of it, so that several can be told apart. */
export function sample(text, number) {
  const [canvas, pen] = paper(800, 600);
  const [ground, ink] = GROUNDS[(number - 1) % GROUNDS.length];
  pen.fillStyle = ground;
  pen.fillRect(0, 0, 800, 600);
  pen.fillStyle = ink;
  pen.globalAlpha = 0.16;
  pen.beginPath();
  pen.moveTo(0, 600); pen.lineTo(240, 270); pen.lineTo(420, 480); pen.lineTo(560, 340); pen.lineTo(800, 600);
  pen.fill();
  pen.beginPath();
  pen.arc(620, 150, 60, 0, 7);
  pen.fill();
  pen.globalAlpha = 1;
  pen.textAlign = "center";
  pen.font = "bold 76px 'Noto Sans SC', sans-serif";
  pen.fillText(`${text} ${number}`, 400, 330);
  return ready(canvas, `${text} ${number}`);
}
