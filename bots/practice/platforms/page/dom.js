// Making nodes (text only, never markup), menus, toasts, and times as people in +08:00 read them.
import { language, t, word } from "./words.js";

export const $ = (id) => document.getElementById(id);

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "testid") node.dataset.testid = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Text that came from a person or the server: inserted as text, with its own direction. */
export const said = (text, props = {}) => h("bdi", { ...props, text: String(text ?? "") });

const TONES = ["one", "two", "three", "four", "five"];

export function face(name, id, bot = false) {
  if (bot) return h("span", { class: "avatar tone-bot", "aria-hidden": "true" }, icon("bot"));
  const initial = [...String(name || "?").trim()][0] ?? "?";
  return h("span", { class: `avatar tone-${TONES[Math.abs(Number(id) || 0) % TONES.length]}`, "aria-hidden": "true", text: initial });
}

const EAST8 = 8 * 3600e3;
const DAY = 24 * 3600e3;
const WEEK = { zh: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"], en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] };
const MONTH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const local = (at) => new Date((typeof at === "number" ? at : Date.parse(at)) + EAST8);
const iso = (d, from, to) => (Number.isNaN(d.getTime()) ? "" : d.toISOString().slice(from, to));

/** 09:42 and 09:42:05 */
export const hour = (at) => iso(local(at), 11, 16);
export const second = (at) => iso(local(at), 11, 19);
export const dayNumber = (at) => Math.floor(local(at).getTime() / DAY);

/** 11月23日 周一 */
export function day(at) {
  const d = local(at);
  if (Number.isNaN(d.getTime())) return "";
  const date = language === "en" ? `${d.getUTCDate()} ${MONTH[d.getUTCMonth()]}` : `${d.getUTCMonth() + 1}月${d.getUTCDate()}日`;
  const week = WEEK[language][d.getUTCDay()];
  return language === "en" ? `${week} ${date}` : `${date} ${week}`;
}
export const when = (at) => `${day(at)} ${hour(at)}`;

/** A short notice that leaves by itself. */
export function toast(text, bad = false) {
  const node = h("p", { class: `toast${bad ? " bad" : ""}`, testid: "toast" }, said(text));
  $("toasts").append(node);
  while ($("toasts").children.length > 2) $("toasts").firstElementChild.remove();
  setTimeout(() => node.remove(), 6000);
}

/** Why something was refused: in the reader's words where there are some, else in the server's. */
export const reason = (error) => word("err", error.key, error.text || t(error.status ? "err_generic" : "err_network", { n: error.status }));

/** A button that shows and hides a panel; Escape, a choice and a click elsewhere hide it again. */
export function menu(button, panel, draw) {
  const set = (open) => {
    if (open) panel.replaceChildren(...draw(() => { set(false); button.focus(); }));
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) panel.querySelector("button")?.focus();
  };
  button.addEventListener("click", () => set(panel.hidden));
  document.addEventListener("click", (event) => { if (!panel.hidden && !panel.parentElement.contains(event.target)) set(false); });
  panel.parentElement.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    set(false);
    button.focus();
  });
}

/** Make the children what `items` say, each [signature, () => node]; what has not changed stays, with its focus and its pictures. */
export function reconcile(node, items) {
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  const before = new Map([...node.children].map((child) => [child.drawn, child]));
  const wanted = items.map(([signature, make]) => {
    const drawn = JSON.stringify(signature);
    return Object.assign(before.get(drawn) ?? make(), { drawn });
  });
  const stays = new Set(wanted);
  for (const child of [...node.children]) if (!stays.has(child)) child.remove();
  wanted.forEach((child, i) => { if (node.children[i] !== child) node.insertBefore(child, node.children[i] ?? null); });
  if (focused && !node.contains(document.activeElement)) node.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** Replace the children only when what they show has changed, so that the focus stays where it is. */
export function redraw(node, signature, draw) {
  const now = JSON.stringify(signature);
  if (node.drawn === now) return;
  node.drawn = now;
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  node.replaceChildren(...[draw()].flat());
  if (focused) node.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}
