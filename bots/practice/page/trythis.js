// "Try this": three lines a newcomer can click, and a sample photo, in an empty chat or on request.
import { addSample, fill } from "./composer.js";
import { h, icon } from "./dom.js";
import { draw } from "./photos.js";
import { isDirect, me, state } from "./store.js";
import { LINES_OF_ROLE, t } from "./words.js";

/** The three lines that fit who I am and where; what names an event names one that waits for me. */
function lines() {
  const chat = state.chats.get(state.chat);
  const words = LINES_OF_ROLE[me()?.role] ?? LINES_OF_ROLE.resident;
  const waiting = state.events.find((event) => ["assigned", "in_progress"].includes(event.status)) ?? state.events[0];
  return words[isDirect(chat) ? "direct" : "group"].filter((line) => !line.includes("{n}") || waiting).map((line) => line.replace("{n}", waiting?.serial));
}

const drawn = new Map(); // the samples are drawn once, as small pictures for the buttons
function thumbnail(kind) {
  if (!drawn.has(kind)) drawn.set(kind, draw(kind, 240, 180).toDataURL("image/jpeg", 0.8));
  return h("img", { src: drawn.get(kind), alt: "", width: 96, height: 72 });
}

export function sampleButtons(after) {
  return ["before", "after"].map((kind) => h("button", { type: "button", class: "sample", testid: `sample-${kind}`, onclick: () => { addSample(kind); after?.(); } },
    thumbnail(kind), h("span", { text: t(kind === "before" ? "sampleBefore" : "sampleAfter") })));
}

export function tryCard(close) {
  const chat = state.chats.get(state.chat);
  return h("section", { class: "try", "aria-label": t("tryTitle"), "data-testid": "try-card" },
    h("h3", {}, icon("bulb"), h("span", { text: t("tryTitle") }), close && h("button", { type: "button", class: "ghost", "aria-label": t("close"), onclick: close }, icon("close"))),
    h("p", { class: "quiet", text: t(isDirect(chat) ? "tryDirect" : "tryGroup") }),
    h("ul", {}, lines().map((line) => h("li", {}, h("button", { type: "button", class: "try-line", onclick: () => fill(line) }, h("bdi", { text: line }))))),
    h("div", { class: "try-photos" }, h("p", { class: "quiet", text: t("tryPhoto") }), h("div", { class: "sample-row" }, sampleButtons())));
}

export const emptyCard = () => tryCard(null);
