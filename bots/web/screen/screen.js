// The community screen: turns through what was approved, tells what is new at once, and keeps showing what it has when the network
// drops. What was withdrawn is gone as soon as the server can say so.

import { follow } from "./live.js";
import { keep, kept, picture, settle, want } from "./pictures.js";
import { clear, clock, day, dots, FADE, fit, hang, pace, show, still, told as retold } from "./stage.js";
import { speak, t } from "./words.js";

const TURN = 12e3;
const BOARD_TURN = 8e3;
const MOST = 24; // things turned through
const $ = (id) => document.getElementById(id);
const area = location.pathname.replace(/\/+$/, "").split("/").at(-1);
const home = `/screen/${area}`;

let said = ""; // the state shown, as it came
let heardAt = ""; // the server's time when it last said something
let slides = [];
let place = -1;
let leaf = 0; // which of its pictures
let boards = [];
let boardPlace = -1;
let offset = 0; // of the server's clock, where it tells another (the practice room)
let zone = 8 * 3600e3;

/** The time of the place, as 2026-11-23T14:00. */
const local = (at) => new Date(at + zone).toISOString();

function tick() {
  const at = local(Date.now() + offset);
  $("time").textContent = clock(at);
  $("date").textContent = `${day(at)} ${t("days").split(" ")[new Date(`${at.slice(0, 10)}T00:00Z`).getUTCDay()]}`;
}

function ticked(now) {
  heardAt = now;
  offset = Date.parse(now) - Date.now();
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(now) ?? ["", "+", 0, 0];
  zone = (sign === "-" ? -1 : 1) * (hours * 60 + Number(minutes)) * 60e3;
  tick();
}

// What there is

function told(state) {
  if (taken(state)) keep(state, heardAt);
}

/** Show it, unless it is shown already. */
function taken(state) {
  const fresh = JSON.stringify(state);
  if (fresh === said) return false;
  take(state);
  said = fresh;
  return true;
}

function take(state) {
  speak(state.language);
  tick();
  $("name").textContent = state.name;
  document.title = t("title", { name: state.name });
  $("open").textContent = state.open;
  $("closed").textContent = state.closed;
  const before = slides[place];
  const known = new Set(slides.map((slide) => slide.id));
  slides = arranged(state);
  want(slides.flatMap((slide) => slide.item.images));
  board(state);
  const same = before ? slides.findIndex((slide) => slide.id === before.id) : -1;
  const unchanged = same >= 0 && JSON.stringify(slides[same].item) === JSON.stringify(before.item);
  const newest = said ? slides.findIndex((slide) => !known.has(slide.id)) : -1; // what has just been approved is shown at once
  if (before && !unchanged) clear("waiting");
  if (!slides.length) { place = -1; leaf = 0; turned += 1; clear("empty"); return; }
  if (unchanged && newest < 0) { place = same; dots(slides.length, place); return; }
  const next = newest >= 0 ? newest : Math.max(same, place % slides.length, 0);
  go(next, 0);
}

const newestFirst = (a, b) => Date.parse(b.posted_at) - Date.parse(a.posted_at);

/** The order of the round: after every two logs comes a notice or an honour, what is left of either at the end. */
function arranged(state) {
  const as = (kind, items) => [...items].sort(newestFirst).map((item) => ({ kind, item, id: `${kind} ${item.number} ${item.posted_at}` }));
  const logs = as("log", state.logs);
  const others = [...as("notice", state.notices), ...as("honours", state.honours)];
  const round = [];
  while (logs.length || others.length) round.push(...logs.splice(0, 2), ...others.splice(0, 1));
  return round.slice(0, MOST);
}

// Turning

let turned = 0; // counts, so that what was overtaken while it loaded is left alone
let turning = 0;

function go(to, picked) {
  clearTimeout(turning);
  const mine = turned += 1;
  const again = to === place && picked !== leaf; // another picture of the same
  place = to;
  leaf = picked;
  const slide = slides[place];
  const { images } = slide.item;
  if (!again) $("story").classList.add("turning");
  const faded = new Promise((resolve) => { setTimeout(resolve, again || still.matches ? 0 : FADE); });
  Promise.all([images.length ? picture(images[leaf]) : null, faded]).then(([image]) => {
    if (mine !== turned) return;
    if (!again) show(slide, image, slides.length, place);
    const alone = slides.length === 1 && images.length < 2;
    const long = image ? hang(image, { least: TURN, alone, leaf, leaves: images.length }) : TURN;
    if (!again) pace(image ? long + TURN * (images.length - 1) : long);
    if (!alone || !image) turning = setTimeout(turn, long);
  });
}

function turn() {
  const { images } = slides[place].item;
  const last = leaf + 1 >= images.length || $("stage").dataset.kind === "words";
  if (!last) return go(place, leaf + 1);
  const next = (place + 1) % slides.length;
  const stays = next === place && leaf === 0 && (!images.length || $("stage").dataset.kind === "picture");
  if (stays) return undefined; // nothing to turn to
  return go(next, 0);
}

// The line below

function board(state) {
  const line = (item) => [item.title, retold(item.title, item.text).replaceAll("\n", " ")].filter(Boolean).join("　");
  const as = (kind, items) => [...items].sort(newestFirst).map((item) => ({ kind, text: line(item) }));
  const shown = boards[boardPlace];
  boards = [...as("notice", state.notices), ...as("honours", state.honours), { kind: "how", text: t("howText") }];
  boardPlace = shown ? boards.findIndex((item) => item.kind === shown.kind && item.text === shown.text) : -1;
  if (boardPlace >= 0) return;
  if (shown) $("board-text").textContent = ""; // withdrawn
  turnBoard();
}

let boardTimer = 0;
let boardFade = 0;
function turnBoard() {
  clearTimeout(boardTimer);
  clearTimeout(boardFade);
  boardTimer = setTimeout(turnBoard, BOARD_TURN);
  const next = (boardPlace + 1) % boards.length;
  const item = boards[next];
  if (next === boardPlace && $("board-text").textContent === item.text) return;
  boardPlace = next;
  $("board").classList.add("turning");
  boardFade = setTimeout(() => {
    $("board-kind").textContent = t(item.kind);
    $("board-text").textContent = item.text;
    $("board").dataset.of = item.kind;
    $("board").classList.remove("turning");
  }, still.matches ? 0 : FADE);
}

// Without network

async function away(yes) {
  if (yes && !said) {
    const found = await kept();
    if (found && !said) { heardAt = found.at; taken(found.state); }
  }
  const was = !$("away").hidden;
  $("away").hidden = !yes;
  if (yes && !was) $("away").textContent = heardAt ? t("away", { at: clock(heardAt) }) : "";
}

/** A screen on a wall must not fall asleep, where the browser can help it. */
async function stayAwake() {
  try { await navigator.wakeLock?.request("screen"); } catch { /* the device decides */ }
}

let resized = 0;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => { if (slides[place]) go(place, leaf); }, 400);
});
document.fonts.addEventListener("loadingdone", fit);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") stayAwake(); });

tick();
setInterval(tick, 1e3);
stayAwake();
settle(home);
follow(home, { told, ticked, away });
navigator.serviceWorker?.register("/screen/worker.js").catch(() => {}); // without one, a start needs the network
