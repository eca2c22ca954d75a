// What stands on the stage: one thing with its words and one of its pictures, as large as fits. Text is set as text only.

import { t } from "./words.js";

const $ = (id) => document.getElementById(id);
export const still = matchMedia("(prefers-reduced-motion: reduce)");
export const FADE = 500;
const LONGEST = 30e3;

/** `2026-11-23T14:00:00+08:00` as people of that place read it. */
export const clock = (at) => at.slice(11, 16);
export const day = (at) => t("day", { month: Number(at.slice(5, 7)), day: Number(at.slice(8, 10)) });

/** Nothing of what stood here stays, not even out of sight. */
export function clear(kind) {
  $("stage").dataset.kind = kind;
  for (const id of ["picture", "story-kind", "story-at", "story-title", "story-text", "dots"]) $(id).replaceChildren();
  $("leaf").hidden = true;
}

/** Put it on the stage as number `now` of `count`; `image` is its first picture, or null: then its words are large. */
export function show(slide, image, count, now) {
  const stage = $("stage");
  stage.dataset.kind = image ? "picture" : "words";
  stage.dataset.of = slide.kind;
  const { posted_at: at, number, title, text } = slide.item;
  $("story-kind").textContent = t(slide.kind);
  $("story-at").textContent = [`${day(at)} ${clock(at)}`, number].filter(Boolean).join("　");
  $("story-title").replaceChildren(...phrases(title));
  $("story-text").textContent = told(title, text);
  if (!image) { $("picture").replaceChildren(); $("leaf").hidden = true; }
  dots(count, now);
  fit();
  $("story").classList.remove("turning");
}

/** A title breaks between its phrases rather than inside a word. */
function phrases(title) {
  return (title.match(/[^，。；！？：、]+[，。；！？：、”）]*|[^]/g) ?? []).map((part) => {
    const span = document.createElement("span");
    span.textContent = part;
    return span;
  });
}

/** The text without what already stands beside it: the headline as its first line, the number and 详情见图 as its last. */
export function told(title, text) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  if (title.trim() && lines[0]?.replace(/^[【[][^】\]]*[】\]]\s*/, "") === title.trim()) lines.shift();
  if (/^EV-\d{8}-\d{4,}/.test(lines.at(-1) ?? "")) lines.pop();
  return lines.join("\n");
}

const TITLE_FITS = [1, 0.95, 0.9]; // below that nobody reads it from three metres
const TEXT_FITS = { picture: [1.25, 1.12, 1, 0.95, 0.9], words: [1.36, 1.24, 1.12, 1, 0.9, 0.82] };

/** Title and text as large as fits; a text that is longer still ends with a whole line and ……. */
export function fit() {
  const story = $("story");
  if (!story.clientHeight) return;
  const title = $("story-title");
  const text = $("story-text");
  const lineOf = (node) => parseFloat(getComputedStyle(node).lineHeight);
  const twoLines = () => title.scrollHeight <= lineOf(title) * 2.5;
  title.classList.remove("flows");
  if (!smaller(title, TITLE_FITS, twoLines)) { // a phrase longer than a line: two full lines rather than three ragged ones
    title.classList.add("flows");
    smaller(title, TITLE_FITS, twoLines);
  }
  const { kind } = $("stage").dataset;
  const stacked = matchMedia("(orientation: portrait)").matches && kind === "picture";
  const style = getComputedStyle(story);
  const padding = parseFloat(style.paddingTop) + parseFloat(style.paddingBottom);
  const whole = (stacked ? $("stage").clientHeight * 0.48 : story.clientHeight) - padding;
  const taken = [...story.children].filter((node) => node !== text).reduce((sum, node) => {
    const style = getComputedStyle(node);
    return sum + node.offsetHeight + parseFloat(style.marginTop) + parseFloat(style.marginBottom);
  }, 0);
  const room = Math.max(0, whole - taken);
  text.style.webkitLineClamp = "none";
  smaller(text, TEXT_FITS[kind] ?? [1], () => text.scrollHeight <= room);
  text.style.webkitLineClamp = String(Math.max(1, Math.floor(room / lineOf(text))));
}

/** The largest of the sizes that fits; else the smallest, and false. */
function smaller(node, sizes, fits) {
  for (const size of sizes) {
    node.style.setProperty("--fit", size);
    if (fits()) return true;
  }
  return false;
}

let fading = 0;

/**
 * Hang the picture in place of the one before: a wide one whole; a tall one scrolls slowly, or is cut in two halves where motion is
 * not wanted. `alone`: it stays, and scrolls up again. Gives how long it wants to be looked at, in ms, at least `least`.
 */
export function hang(image, { least, alone, leaf, leaves }) {
  const frame = $("picture");
  clearTimeout(fading);
  for (const node of [...frame.children].slice(0, -1)) node.remove(); // what was still fading
  const old = frame.classList.contains("halves") ? [] : [...frame.children];
  if (!old.length) frame.replaceChildren();
  const room = frame.clientHeight / Math.max(1, frame.clientWidth);
  const shape = image.naturalHeight / Math.max(1, image.naturalWidth);
  const tall = shape > room * 1.12;
  $("leaf").hidden = leaves < 2;
  $("leaf").textContent = `${leaf + 1} / ${leaves}`;
  frame.classList.toggle("halves", tall && still.matches);
  if (still.matches) {
    frame.replaceChildren(...(tall ? [image, image.cloneNode()] : [image]));
    for (const node of frame.children) node.classList.add("shown");
    return least;
  }
  image.classList.toggle("tall", tall);
  frame.append(image);
  requestAnimationFrame(() => requestAnimationFrame(() => image.classList.add("shown")));
  for (const node of old) node.classList.remove("shown");
  fading = setTimeout(() => old.forEach((node) => node.remove()), 1000);
  const way = frame.clientWidth * shape - frame.clientHeight;
  if (!tall || way <= 0) return least;
  const long = Math.min(LONGEST, Math.max(least, 5e3 + (way / frame.clientHeight) * 9e3));
  const down = `translateY(${-way}px)`;
  image.animate(
    [{ transform: "none" }, { transform: "none", offset: 0.18, easing: "ease-in-out" }, { transform: down, offset: 0.88 }, { transform: down }],
    { duration: long, fill: "forwards", iterations: alone ? Infinity : 1, direction: alone ? "alternate" : "normal" },
  );
  return long;
}

/** One dot for each thing there is; the one of now fills while it is looked at. Those that stand already are left alone. */
export function dots(count, now) {
  const drawn = [...$("dots").children];
  if (drawn.length === (count > 1 ? count : 0) && (count < 2 || drawn[now].className)) return;
  $("dots").replaceChildren(...Array.from({ length: count > 1 ? count : 0 }, (_, i) => {
    const dot = document.createElement("li");
    if (i === now) dot.className = "now";
    return dot;
  }));
}

/** So long it is looked at, in ms. */
export function pace(long) {
  $("dots").style.setProperty("--long", `${long}ms`);
}
