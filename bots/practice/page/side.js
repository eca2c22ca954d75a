// The right column: where an event stands in the five steps, the others, and the community screen as it is now.
import { $, dayTime, h, icon, redraw, said, timeLeft } from "./dom.js";
import { openLightbox } from "./lightbox.js";
import { communityNow, keep, now, on, state } from "./store.js";
import { t, word } from "./words.js";

const STEPS = ["collect", "assign", "handle", "feedback", "evaluate"];
const OVER = ["closed", "rejected", "withdrawn", "merged"];

export const chosen = () => state.events.find((event) => event.number === state.selected) ?? state.events[0];

function select(event) {
  state.selected = event.number;
  keep("selected", event.number);
  drawEvents();
}

function drawEvents() {
  const event = chosen();
  redraw($("event-body"), [state.events, event?.number, Math.floor(now() / 60e3), t("events")], () => {
    if (!event) return h("div", { class: "card empty" }, h("p", { text: t("noEvents") }), h("p", { class: "quiet", text: t("noEventsHint") }));
    const others = state.events.filter((item) => item !== event);
    return [card(event), others.length > 0 && h("h3", { class: "side-sub", text: t("othersHere") }), others.length > 0 && h("ul", { class: "others" }, others.slice(0, 40).map(row))].filter(Boolean);
  });
}

function tier(code) {
  const name = word("tier", code);
  return /^[一疑重]\S$/.test(name) ? `${name}事件` : name;
}

function card(event) {
  const late = event.late && !OVER.includes(event.status);
  return h("article", { class: "card event", "data-number": event.number },
    h("p", { class: "event-kind" }, h("span", { class: "event-serial", text: t("serial", { n: event.serial }) }), said(event.category), said(tier(event.tier)), status(event)),
    h("h3", { class: "event-title" }, said(event.title)),
    loop(event),
    h("dl", { class: "event-facts" },
      fact(t("handler"), said(event.handler || t("nobodyYet"))),
      event.grid && fact(t("grid"), said(event.grid)),
      event.deadline && fact(t("deadline"), h("span", {}, h("time", { datetime: event.deadline, text: dayTime(event.deadline) }),
        !OVER.includes(event.status) && h("span", { class: late ? "late" : "left-over", text: ` ${event.late ? lateWord(event) : timeLeft(event.deadline, now())}` }))),
      event.people && fact(t("people"), h("span", { text: t("peopleCount", { n: event.people }) })),
      event.stars && fact(t("stars"), h("span", { class: "stars", role: "img", "aria-label": t("starsOf", { n: event.stars }), text: "★★★★★".slice(0, event.stars) + "☆☆☆☆☆".slice(0, 5 - event.stars) }))),
    h("p", { class: "event-number", text: event.number }));
}

function lateWord(event) {
  return Date.parse(event.deadline) < now() ? timeLeft(event.deadline, now()) : t("late");
}

const fact = (name, value) => h("div", { class: "fact" }, h("dt", { text: name }), h("dd", {}, value));

function status(event) {
  const late = event.late && !OVER.includes(event.status);
  return h("span", { class: `status is-${OVER.includes(event.status) ? (event.status === "closed" ? "done" : "off") : late ? "late" : "open"}`, text: late ? t("late") : word("status", event.status) });
}

function loop(event) {
  const given = new Map((event.steps ?? []).map((item) => [item.step, item.state]));
  const at = STEPS.indexOf(event.step);
  return h("ol", { class: "loop" }, STEPS.map((step, i) => {
    const at_ = given.get(step) ?? (event.status === "closed" || i < at ? "done" : i === at ? "current" : "todo");
    return h("li", { class: `is-${at_}`, "aria-current": at_ === "current" ? "step" : false }, h("span", { class: "mark" }, at_ === "done" && icon("check")), h("span", { text: t(`step_${step}`) }), h("span", { class: "unseen", text: t(`state_${at_}`) }));
  }));
}

function row(event) {
  return h("li", {}, h("button", { type: "button", class: "other", testid: `event-${event.serial}`, "data-focus": event.number, onclick: () => select(event) },
    h("span", { class: "other-number", text: t("serial", { n: event.serial }) }), said(event.title, { class: "other-title" }), status(event)));
}

function drawScreen() {
  const area = communityNow();
  $("preview-link").hidden = !area;
  if (area) $("preview-link").href = `/screen/${encodeURIComponent(area)}`;
  const screen = state.screenArea === area ? state.screen : null;
  redraw($("preview-body"), [screen, area, t("screen")], () => {
    if (!screen) return h("div", { class: "card empty" }, h("p", { class: "quiet", text: t("screenAway") }));
    const log = newest(screen);
    const own = typeof log?.image === "string" && /^\/(?!\/)/.test(log.image);
    return h("div", { class: "mini" },
      h("div", { class: "mini-head" }, said(screen.name || area, { class: "mini-name" }),
        h("span", { class: "mini-figure" }, h("b", { text: screen.open ?? 0 }), h("span", { text: t("open") })),
        h("span", { class: "mini-figure" }, h("b", { text: screen.closed ?? 0 }), h("span", { text: t("closed") }))),
      log && own && h("button", { type: "button", class: "mini-picture", "aria-label": `${log.title}，${t("bigPicture")}`, onclick: () => openLightbox([{ url: log.image, alt: log.title ?? "" }]) }, h("img", { src: log.image, alt: "" })),
      log ? h("p", { class: "mini-title" }, said(log.title)) : h("p", { class: "mini-none", text: t("noLogs") }));
  });
}

function newest(screen) {
  return [...(screen.logs ?? [])].sort((a, b) => (Date.parse(b.posted_at) || 0) - (Date.parse(a.posted_at) || 0))[0];
}

export function startSide() {
  on("events person label", drawEvents);
  on("screen chat person label", drawScreen);
  on("select", (serial) => {
    const event = state.events.find((item) => Number(item.serial) === serial);
    if (event) select(event);
  });
  setInterval(drawEvents, 30e3);
}
