// Draws rectangles over faces and plates of one photo, with a finger, a mouse or the keyboard. They are fractions of the photo, so
// they fit whatever its size on the screen; the form carries them as JSON.

const SVG = "http://www.w3.org/2000/svg";
const SMALLEST = 0.008; // of a side: less is a slip of the finger
const TAP = 6; // pixels: moving less than this is a tap
const STEP = 0.01; // of a side, for a press of an arrow key

const [stage, sheet, tools, field, count] = ["stage", "boxes", "tools", "field", "count"].map((id) => document.getElementById(id));
const [undo, clear, remove, add, save] = ["undo", "clear", "delete", "add", "save"].map((id) => document.getElementById(id));
const most = Number(stage.dataset.most);
let boxes = JSON.parse(stage.dataset.boxes);
let chosen = -1;
let drawing = null;

const within = (value) => Math.min(Math.max(value, 0), 1);
const rounded = (value) => Math.round(value * 1e4) / 1e4;

function show() {
  const rects = boxes.map(([x, y, width, height], index) => {
    const rect = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ x, y, width, height, tabindex: 0, role: "button" })) rect.setAttribute(name, value);
    rect.setAttribute("aria-label", stage.dataset.box.replace("{n}", index + 1));
    rect.classList.toggle("chosen", index === chosen);
    rect.addEventListener("focus", () => choose(index, false));
    rect.addEventListener("keydown", (event) => press(event, index));
    return rect;
  });
  sheet.replaceChildren(...rects);
  field.value = JSON.stringify(boxes);
  const full = boxes.length >= most ? stage.dataset.full : "";
  count.textContent = full || (boxes.length ? stage.dataset.count.replace("{n}", boxes.length) : stage.dataset.none);
  undo.disabled = clear.disabled = boxes.length === 0;
  add.disabled = boxes.length >= most;
  remove.hidden = chosen < 0;
}

function choose(index, redraw = true) {
  chosen = index;
  [...sheet.children].forEach((rect, at) => rect.classList.toggle("chosen", at === index));
  remove.hidden = chosen < 0;
  if (redraw) show();
}

function drop(index) {
  boxes = boxes.filter((_, at) => at !== index);
  chosen = -1;
  show();
}

function point(event) {
  const frame = sheet.getBoundingClientRect();
  return [within((event.clientX - frame.left) / frame.width), within((event.clientY - frame.top) / frame.height)];
}

function between([x1, y1], [x2, y2]) {
  return [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x1 - x2), Math.abs(y1 - y2)].map(rounded);
}

function boxAt([x, y]) {
  return boxes.findLastIndex(([left, top, width, height]) => x >= left && x <= left + width && y >= top && y <= top + height);
}

function press(event, index) {
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    drop(index);
    (sheet.children[Math.min(index, boxes.length - 1)] ?? add).focus();
    return;
  }
  const [right, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
  if (!right && !down) return;
  event.preventDefault();
  let [x, y, width, height] = boxes[index];
  if (event.shiftKey) {
    width = Math.min(Math.max(width + right * STEP, STEP), 1 - x);
    height = Math.min(Math.max(height + down * STEP, STEP), 1 - y);
  } else {
    x = Math.min(Math.max(x + right * STEP, 0), 1 - width);
    y = Math.min(Math.max(y + down * STEP, 0), 1 - height);
  }
  boxes[index] = [x, y, width, height].map(rounded);
  show();
  sheet.children[index].focus();
}

sheet.addEventListener("pointerdown", (event) => {
  if (drawing || event.button > 0) return; // a second finger draws nothing
  event.preventDefault();
  sheet.setPointerCapture(event.pointerId);
  drawing = { pointer: event.pointerId, from: point(event), at: [event.clientX, event.clientY], moved: false, rect: document.createElementNS(SVG, "rect") };
});

sheet.addEventListener("pointermove", (event) => {
  if (drawing?.pointer !== event.pointerId) return;
  drawing.moved ||= Math.hypot(event.clientX - drawing.at[0], event.clientY - drawing.at[1]) > TAP;
  if (!drawing.moved || boxes.length >= most) return;
  const [x, y, width, height] = between(drawing.from, point(event));
  for (const [name, value] of Object.entries({ x, y, width, height })) drawing.rect.setAttribute(name, value);
  if (!drawing.rect.parentNode) sheet.append(drawing.rect);
});

sheet.addEventListener("pointerup", (event) => {
  if (drawing?.pointer !== event.pointerId) return;
  const { from, moved } = drawing;
  drawing = null;
  if (!moved) return choose(boxAt(from));
  const box = between(from, point(event));
  if (boxes.length < most && box[2] >= SMALLEST && box[3] >= SMALLEST) boxes.push(box);
  choose(-1);
});

sheet.addEventListener("pointercancel", () => {
  drawing = null;
  show();
});

undo.addEventListener("click", () => drop(boxes.length - 1));
clear.addEventListener("click", () => {
  boxes = [];
  choose(-1);
});
remove.addEventListener("click", () => drop(chosen));
add.addEventListener("click", () => {
  boxes.push([0.4, 0.4, 0.2, 0.2]);
  choose(boxes.length - 1);
  sheet.lastElementChild.focus();
});
tools.addEventListener("submit", () => {
  save.disabled = true; // once is enough
});
addEventListener("pageshow", () => {
  save.disabled = false;
  show();
});

tools.hidden = false;
show();
