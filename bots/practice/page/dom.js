// Small helpers: making nodes (text only, never markup), icons, and times as people in +08:00 read them.
import { language, t } from "./words.js";

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
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
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
export const said = (text, props = {}) => h("bdi", { ...props, text: text ?? "" });

export function avatar(text, tone, props = {}) {
  return h("span", { class: `avatar tone-${tone}`, "aria-hidden": "true", ...props, text });
}

const EAST8 = 8 * 3600e3;
const DAY = 24 * 3600e3;
const WEEK = { zh: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"], en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] };
const MONTH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (n) => String(n).padStart(2, "0");

function parts(at) {
  const d = new Date((typeof at === "number" ? at : Date.parse(at)) + EAST8);
  return { year: d.getUTCFullYear(), month: d.getUTCMonth(), day: d.getUTCDate(), week: d.getUTCDay(), hour: d.getUTCHours(), minute: d.getUTCMinutes(), dayNumber: Math.floor(d.getTime() / DAY) };
}

const hourOf = (p) => `${two(p.hour)}:${two(p.minute)}`;
const dateOf = (p) => (language() === "en" ? `${p.day} ${MONTH[p.month]}` : `${p.month + 1}月${p.day}日`);

/** 周一 09:42 */
export function weekTime(at) {
  const p = parts(at);
  return Number.isNaN(p.day) ? "--:--" : `${WEEK[language()][p.week]} ${hourOf(p)}`;
}

/** 11月23日 周一 09:42 */
export function fullTime(at) {
  const p = parts(at);
  return Number.isNaN(p.day) ? "" : `${dateOf(p)} ${WEEK[language()][p.week]} ${hourOf(p)}`;
}

/** 11月26日 17:30 */
export function dayTime(at) {
  const p = parts(at);
  return Number.isNaN(p.day) ? "" : `${dateOf(p)} ${hourOf(p)}`;
}

/** As a chat shows it: 09:42, 昨天 09:42, 11月23日 09:42; `short` leaves the hour out when it is not today. */
export function chatTime(at, now, short = false) {
  const p = parts(at);
  if (Number.isNaN(p.day)) return "";
  const days = parts(now).dayNumber - p.dayNumber;
  if (days === 0) return hourOf(p);
  const day = days === 1 ? t("yesterday") : dateOf(p);
  return short ? day : `${day} ${hourOf(p)}`;
}

/** How long is left, or how long it is overdue. */
export function timeLeft(deadline, now) {
  const gap = Date.parse(deadline) - now;
  if (Number.isNaN(gap)) return "";
  const size = Math.abs(gap);
  const sign = gap >= 0 ? "left" : "late";
  if (size >= DAY) return t(`${sign}_days`, { n: Math.floor(size / DAY) });
  if (size >= 3600e3) return t(`${sign}_hours`, { n: Math.floor(size / 3600e3) });
  return t(`${sign}_minutes`, { n: Math.max(1, Math.floor(size / 60e3)) });
}

/** Replace the children only when what they show has changed, so that focus and pictures stay where they are. */
export function redraw(node, signature, draw) {
  const now = JSON.stringify(signature);
  if (node.drawn === now) return;
  node.drawn = now;
  const focused = node.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  node.replaceChildren(...[draw()].flat());
  if (focused) node.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}
