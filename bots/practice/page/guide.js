// The newcomer's guide: six steps from a report to a reward, each one click away, and a word when somebody is waited for.
import * as api from "./api.js";
import { $, h, icon } from "./dom.js";
import { become } from "./people.js";
import { communityNow, communityOf, directOf, emit, go, isDirect, keep, me, on, recall, state } from "./store.js";
import { showTryCard } from "./talk.js";
import { dropToasts, toast } from "./toasts.js";
import { t } from "./words.js";

const CALLERS = ["grid_worker", "community_staff", "street_staff", "partner", "volunteer"]; // whose news is told to whoever plays

let hidden = recall("guideHidden", false);
const begun = recall("guideBegun", {}); // community -> newest event at the first visit: older ones are not this newcomer's
let seenNow = recall("logSeen", ""); // number of the event whose log was looked at
let redeemed = recall("redeemed", ""); // number of the event after which a reward was redeemed: the round is done
let event = null; // the newest event of the resident the guide follows, reported since then

function near(role) {
  const here = communityNow();
  const all = [...state.people.values()].filter((person) => person.role === role);
  return all.filter((person) => communityOf(person.id) === here).concat(all.filter((person) => communityOf(person.id) !== here));
}

function resident() {
  if (me()?.role === "resident") return me();
  const last = state.people.get(state.reader);
  return last && communityOf(last.id) === communityNow() ? last : near("resident")[0];
}

function handler() {
  const workers = [...near("grid_worker"), ...near("community_staff"), ...near("street_staff")];
  const named = event?.handler && workers.find((person) => String(event.handler).includes(person.name) || person.name.includes(String(event.handler)));
  return named ?? workers.find((person) => person.area === resident()?.area) ?? workers[0];
}

function groupOf(person, audience) {
  const here = communityNow();
  const groups = [...state.chats.values()].filter((chat) => !isDirect(chat) && chat.audience === audience && chat.members.includes(person?.id));
  return (groups.find((chat) => chat.community === here) ?? groups[0])?.id;
}

function logged() {
  return (state.screen?.logs ?? []).some((log) => log.text.includes(event.number));
}

/** What the bot has said in a chat, as far as it was opened here. */
const saidIn = (chat) => [...(state.messages.get(chat)?.values() ?? [])].filter((message) => message.sender === "bot");
const ofEvent = (message) => Number(message.params?.serial) === Number(event?.serial);

/** Kept private by its reporter: there will be no log to approve. */
const madePrivate = () => saidIn(directOf(resident()?.id)).some((message) => message.key === "made_private" && ofEvent(message));

/** Reading the log in the group, and redeeming after the event was closed, move the guide on however they came about. */
function notice() {
  if (!event || event.status !== "closed") return;
  const chatShown = state.view === "talk" || !matchMedia("(max-width: 899px)").matches;
  if (chatShown && seenNow !== event.number && saidIn(state.chat).some((message) => message.key === "log_posted" && ofEvent(message))) {
    seenNow = event.number;
    keep("logSeen", seenNow);
  }
  const own = saidIn(directOf(resident()?.id));
  const closed = Math.max(0, ...own.filter(ofEvent).map((message) => message.seq));
  if (closed && redeemed !== event.number && own.some((message) => message.key === "redeemed" && message.seq > closed)) {
    redeemed = event.number;
    keep("redeemed", redeemed);
  }
  draw();
}

/** 1 to 6: what comes next; 7 when the round is done. */
function step() {
  if (!event || ["rejected", "withdrawn", "merged"].includes(event.status)) return 1;
  if (event.status === "awaiting_feedback") return 3;
  if (event.status !== "closed") return 2;
  if (redeemed === event.number) return 7;
  if (seenNow === event.number || madePrivate()) return 6;
  return logged() ? 5 : 4;
}

function actor(at) {
  if (at === 2) return handler();
  if (at === 4) return near("community_staff")[0];
  return resident();
}

function jump(at) {
  const person = actor(at);
  if (!person) return;
  const direct = directOf(person.id);
  const chat = { 1: groupOf(person, "residents") ?? direct, 2: direct, 3: direct, 4: groupOf(person, "staff") ?? direct, 5: groupOf(person, "residents") ?? direct, 6: direct }[at];
  go({ person: person.id, chat, view: "talk", push: true });
  if (at === 1) showTryCard();
  if (at === 5 && event && logged()) { seenNow = event.number; keep("logSeen", seenNow); draw(); }
}

function draw() {
  const can = state.people.size > 0;
  $("guide").hidden = hidden || !can;
  if ($("guide").hidden) return;
  const at = step();
  const person = actor(at);
  const signature = JSON.stringify([at, person?.name, event?.serial, t("guide")]);
  if ($("guide").drawn === signature) return;
  const moved = $("guide").at !== at;
  Object.assign($("guide"), { drawn: signature, at });
  $("guide-steps").replaceChildren(...[1, 2, 3, 4, 5, 6].map((n) => h("li", {},
    h("button", { type: "button", class: `guide-step${n < at ? " done" : n === at ? " now" : ""}`, testid: `guide-${n}`, "aria-current": n === at ? "step" : false, onclick: () => jump(n) },
      h("span", { class: "guide-mark" }, n < at ? icon("check") : String(n)), h("span", { text: t(`guide_${n}`) })))));
  const hint = t(`hint_${at}`, { name: person?.name ?? "" });
  $("guide-hint").textContent = at === 7 ? hint : t("guideNow") + (at === 2 ? t("hint_2", { name: person?.name ?? "", n: event?.serial ?? "" }) : hint);
  $("guide-hint").title = $("guide-hint").textContent;
  if (moved) {
    const now = $("guide-steps").querySelector(".now") ?? $("guide-steps").lastElementChild;
    if (now) $("guide-steps").scrollLeft = now.offsetLeft - 60;
  }
}

/** What was there before the newcomer came is not theirs: staff see all of it. */
async function start(area, person) {
  const lists = await Promise.all([person, near("community_staff")[0]].filter(Boolean).map((one) => api.events(one.id)));
  begun[area] = Math.max(0, ...lists.flat().map((item) => Number(item.serial) || 0));
  keep("guideBegun", begun);
}

/** Ask what became of the newcomer's event. */
export async function followGuide() {
  const person = resident();
  if (hidden || !person) return;
  const area = communityNow();
  if (begun[area] === undefined) await start(area, person);
  const answer = person.id === state.me && state.events.length ? state.events : await api.events(person.id).catch(() => null);
  if (!answer || area !== communityNow()) return;
  const since = answer.filter((item) => Number(item.serial) > begun[area]);
  event = since.sort((a, b) => b.serial - a.serial)[0] ?? null;
  notice();
  draw();
}

/** Somebody else was written to by the bot: say so, and lead there. Two words at most, staff before residents. */
function call({ changed }) {
  const calls = [];
  for (const id of changed) {
    const chat = state.chats.get(id);
    const message = state.latest[id]?.message;
    if (!chat || message?.sender !== "bot") continue;
    const asks = Boolean(message.choices?.length);
    const more = (message.text ?? "").replace(/\s+/g, " ").slice(0, 46);
    if (isDirect(chat)) {
      const person = state.people.get(id.slice("direct:".length));
      if (!person || person.id === state.me || (!CALLERS.includes(person.role) && person.id !== state.reader)) continue;
      const staff = person.role === "grid_worker" || person.role.endsWith("_staff");
      calls.push({ rank: staff ? 0 : 1, text: t(staff && asks ? "toastTask" : "toastNews", { name: person.name }), more, person: person.id, chat: id });
    } else if (asks && chat.audience !== "residents" && !chat.members.includes(state.me)) {
      const person = near("community_staff").find((item) => chat.members.includes(item.id)) ?? state.people.get(chat.members[0]);
      if (person) calls.push({ rank: 0, text: t("toastGroup", { chat: chat.title }), more, person: person.id, chat: id });
    }
  }
  calls.sort((a, b) => a.rank - b.rank);
  for (const item of calls.slice(0, 2)) toast({ text: item.text, more: item.more, about: item.chat, action: t("go"), act: () => { go({ person: item.person, chat: item.chat, view: "talk", push: true }); emit("acted"); } });
}

function hide(value) {
  hidden = value;
  keep("guideHidden", value);
  $("guide-open").hidden = !value;
  draw();
  if (!value) followGuide().catch(() => {});
}

export function startGuide() {
  $("guide-close").addEventListener("click", () => { hide(true); $("guide-open").focus(); });
  $("guide-open").addEventListener("click", () => { hide(false); $("guide-close").focus(); });
  $("guide-open").hidden = !hidden;
  on("screen cast person label", draw);
  on("messages view", notice);
  on("latest", call);
  on("chat", () => dropToasts(state.chat));
  on("unsent", ({ chat, why }) => toast({ text: why, action: t("go"), act: () => become(state.me, chat) }));
}
