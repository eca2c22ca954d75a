// The community screen: turns through the approved logs, keeps the figures fresh, and keeps showing what it has when the
// network drops. Text is set as text only; pictures come from this server only.

const TURN = 12e3;
const REFRESH = 10e3;
const FADE = 500;
const HOW = { kind: "怎么报事", text: "群里说一声：报事 + 内容，小应马上登记" };
const WEEK = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];
const EAST8 = 8 * 3600e3;

const $ = (id) => document.getElementById(id);
const still = matchMedia("(prefers-reduced-motion: reduce)");
const area = decodeURIComponent(location.pathname.replace(/\/+$/, "").split("/").at(-1));

let state = null;
let slides = [];
let place = -1;
let boards = [HOW];
let boardPlace = -1;
let offset = 0; // of the server's clock, where it tells one (the practice room)

const china = (at) => new Date(at + EAST8);
const two = (n) => String(n).padStart(2, "0");
const clock = (at) => { const d = china(at); return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`; };
const date = (at) => { const d = china(at); return `${d.getUTCMonth() + 1}月${d.getUTCDate()}日`; };

function tick() {
  const at = Date.now() + offset;
  $("time").textContent = clock(at);
  $("date").textContent = `${date(at)} ${WEEK[china(at).getUTCDay()]}`;
}

/** An honour or a notice: a sentence, or something with a title and a text. */
function sentence(item) {
  if (typeof item === "string") return { title: item, text: "" };
  const title = item?.title ?? item?.name ?? "";
  const text = item?.text ?? item?.reason ?? "";
  return { title: String(title || text), text: title ? String(text) : "" };
}

function take(fresh) {
  state = fresh;
  const at = Date.parse(fresh.now);
  offset = Number.isNaN(at) ? 0 : at - Date.now();
  tick();
  $("name").textContent = fresh.name || area;
  document.title = `${fresh.name || area} · 呼应`;
  $("open").textContent = fresh.open ?? "–";
  $("closed").textContent = fresh.closed ?? "–";
  const notices = (fresh.notices ?? []).map(sentence).filter((item) => item.title);
  const honours = (fresh.honours ?? []).map(sentence).filter((item) => item.title);
  const line = (item) => [item.title, item.text].filter(Boolean).join("：");
  boards = [...notices.map((item) => ({ kind: "通知", text: line(item) })), ...honours.map((item) => ({ kind: "光荣榜", text: line(item), honour: true })), HOW];
  const before = slides[place];
  const known = new Set(slides.map((log) => log.number));
  slides = [...(fresh.logs ?? [])].sort((a, b) => (Date.parse(b.posted_at) || 0) - (Date.parse(a.posted_at) || 0)).slice(0, 12);
  const same = before && slides.findIndex((log) => log.number === before.number && log.image === before.image);
  const newest = slides[0] && !known.has(slides[0].number); // what has just been approved is shown at once
  if (before && same >= 0 && !newest) { place = same; dots(); } else { place = -1; turn(); }
  if (boardPlace < 0) turnBoard();
}

async function refresh() {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), 8e3);
  try {
    const answer = await fetch(`/screen/${encodeURIComponent(area)}/state`, { cache: "no-store", signal: control.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    take(await answer.json());
    $("away").hidden = true;
  } catch {
    $("away").hidden = false;
  } finally {
    clearTimeout(timer);
    setTimeout(refresh, REFRESH);
  }
}

// Turning

let turning = 0;
function turn() {
  clearTimeout(turning);
  turning = setTimeout(turn, TURN);
  if (!slides.length) {
    if (state) $("stage").dataset.kind = "empty";
    return;
  }
  const next = (place + 1) % slides.length;
  if (next === place && $("stage").dataset.kind !== "empty") { dots(); return; } // one log alone stays
  place = next;
  const log = slides[place];
  $("story").classList.add("turning");
  load(log).then((image) => {
    if (log !== slides[place]) return;
    setTimeout(() => show(log, image), still.matches ? 0 : FADE);
  });
}

/** The log's picture once it is there, or null: words alone are shown then. */
function load(log) {
  return new Promise((resolve) => {
    if (typeof log.image !== "string" || !/^\/(?!\/)/.test(log.image)) { resolve(null); return; }
    const image = new Image();
    const timer = setTimeout(() => resolve(null), 8e3);
    image.onload = () => { clearTimeout(timer); resolve(image); };
    image.onerror = () => { clearTimeout(timer); resolve(null); };
    image.alt = "";
    image.src = log.image;
  });
}

/** A title breaks between its phrases rather than inside a word. */
function phrases(title) {
  return (String(title ?? "").match(/[^，。；！？：、]+[，。；！？：、”）]*|[^]/g) ?? []).map((part) => {
    const span = document.createElement("span");
    span.textContent = part;
    return span;
  });
}

function show(log, image) {
  $("stage").dataset.kind = image ? "log" : "words";
  const at = Date.parse(log.posted_at);
  $("story-at").textContent = [Number.isNaN(at) ? "" : `${date(at)} ${clock(at)}`, log.number].filter(Boolean).join("　");
  $("story-title").replaceChildren(...phrases(log.title));
  $("story-text").textContent = told(log);
  dots();
  fit();
  if (image) hang(image); else $("picture").replaceChildren();
  $("story").classList.remove("turning");
}

/** The log's text without what already stands beside it: the headline as its first line, the number and 详情见图 as its last. */
function told(log) {
  const lines = String(log.text ?? "").split("\n").map((line) => line.trim()).filter(Boolean);
  const title = String(log.title ?? "").trim();
  if (title && lines[0]?.replace(/^【[^】]*】\s*/, "") === title) lines.shift();
  if (/^EV-\d{8}-\d{4,}/.test(lines.at(-1) ?? "")) lines.pop();
  return lines.join("\n");
}

const TITLE_FITS = [1, 0.94, 0.88, 0.82, 0.76];
const TEXT_FITS = [1, 0.95, 0.9, 0.85, 0.8]; // below that nobody reads it from three metres

/** Title and text as large as fits; a text that is longer still ends with a whole line and ……. */
function fit() {
  const story = $("story");
  if (!story.clientHeight) return;
  const title = $("story-title");
  const text = $("story-text");
  const lineOf = (node) => parseFloat(getComputedStyle(node).lineHeight);
  smaller(title, TITLE_FITS, () => title.scrollHeight <= lineOf(title) * 2 + 2);
  const stacked = matchMedia("(orientation: portrait)").matches && $("stage").dataset.kind === "log";
  const whole = stacked ? $("stage").clientHeight * 0.48 : story.clientHeight;
  const taken = [...story.children].filter((node) => node !== text).reduce((sum, node) => {
    const style = getComputedStyle(node);
    return sum + node.offsetHeight + parseFloat(style.marginTop) + parseFloat(style.marginBottom);
  }, 0);
  const room = Math.max(0, whole - taken);
  text.style.webkitLineClamp = "none";
  smaller(text, TEXT_FITS, () => text.scrollHeight <= room);
  text.style.webkitLineClamp = String(Math.max(1, Math.floor(room / lineOf(text))));
}

function smaller(node, sizes, fits) {
  for (const size of sizes) {
    node.style.setProperty("--fit", size);
    if (fits()) return;
  }
}

/** A wide picture is shown whole; a tall one scrolls slowly, or is cut in two halves where motion is not wanted. */
function hang(image) {
  const frame = $("picture");
  const old = [...frame.children];
  const room = frame.clientHeight / Math.max(1, frame.clientWidth);
  const tall = image.naturalHeight / image.naturalWidth > room * 1.12;
  const halves = tall && still.matches;
  frame.classList.toggle("halves", halves);
  image.classList.toggle("tall", tall && !halves);
  if (halves) {
    const lower = image.cloneNode();
    frame.replaceChildren(image, lower);
    image.classList.add("shown");
    lower.classList.add("shown");
    return;
  }
  frame.append(image);
  requestAnimationFrame(() => requestAnimationFrame(() => image.classList.add("shown")));
  for (const node of old) { node.classList.remove("shown"); setTimeout(() => node.remove(), 1000); }
  if (!tall) return;
  const way = frame.clientWidth * (image.naturalHeight / image.naturalWidth) - frame.clientHeight;
  if (way > 0) {
    const alone = slides.length === 1;
    image.animate([{ transform: "none" }, { transform: "none", offset: 0.16 }, { transform: `translateY(${-way}px)`, offset: 0.86 }, { transform: `translateY(${-way}px)` }],
      { duration: TURN, fill: "forwards", easing: "ease-in-out", iterations: alone ? Infinity : 1, direction: alone ? "alternate" : "normal" });
  }
}

function dots() {
  const nodes = slides.length > 1 ? slides.map((_, i) => { const dot = document.createElement("li"); if (i === place) dot.className = "now"; return dot; }) : [];
  const signature = `${slides.length}/${place}`;
  if ($("dots").dataset.drawn === signature) return;
  $("dots").dataset.drawn = signature;
  $("dots").replaceChildren(...nodes);
}

let boardTimer = 0;
function turnBoard() {
  clearTimeout(boardTimer);
  boardTimer = setTimeout(turnBoard, 8e3);
  const next = (boardPlace + 1) % boards.length;
  const item = boards[next];
  if (next === boardPlace && $("board-text").textContent === item.text) return;
  boardPlace = next;
  $("board").classList.add("turning");
  setTimeout(() => {
    $("board-kind").textContent = item.kind;
    $("board-text").textContent = item.text;
    $("board").classList.toggle("honour", Boolean(item.honour));
    $("board").classList.remove("turning");
  }, still.matches ? 0 : FADE);
}

/** A screen on a wall must not fall asleep, where the browser can help it. */
async function stayAwake() {
  try { await navigator.wakeLock?.request("screen"); } catch { /* the device decides */ }
}

let resized = 0;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => { if (slides[place]) load(slides[place]).then((image) => show(slides[place], image)); }, 400);
});
document.fonts.addEventListener("loadingdone", fit);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") stayAwake(); });

tick();
setInterval(tick, 1e3);
stayAwake();
refresh();
