// The conversation as a person sees it: staying in step with the server, pressing buttons, what a chat can do.
import * as api from "./api.js";
import { bubble } from "./bubble.js";
import { quote } from "./composer.js";
import { $, day, dayNumber, h, menu, reason, reconcile, redraw, toast } from "./dom.js";
import { startBot } from "./links.js";
import { kindOf } from "./people.js";
import { act, chatNow, emit, go, isDirect, markRead, me, on, state } from "./store.js";
import { showOnWire } from "./wire.js";
import { t, word } from "./words.js";

const KEPT = 400; // messages drawn at most
const PATIENCE = 15_000; // ms a pressed button is shown as waiting
const box = () => $("messages");

let polling = null; // AbortController of the open chat's long poll
let followed = 0; // the chat it follows
let messages = new Map(); // message id -> message, of the open chat
let last = 0; // the newest seq
let loaded = false;
let stuck = true; // the view stays at the newest message
const pressed = new Map(); // query id -> {chat, message, data}, until the bot has answered
const answers = new Map(); // query id -> what the bot answered, where that came first

// Following the open chat

function open() {
  polling?.abort();
  [polling, followed, messages, last, loaded, stuck] = [null, 0, new Map(), 0, false, true];
  follow();
  drawHead();
  draw();
  markRead();
}

/** A 1:1 chat that has not begun is not known to the server yet: it is followed as soon as it is. */
function follow() {
  if (!state.chat || followed === state.chat || !state.chats.has(state.chat)) return;
  polling = new AbortController();
  followed = state.chat;
  api.followMessages(state.chat, take, polling.signal);
}

function take(answer, afresh) {
  if (afresh) [messages, last] = [new Map(), 0];
  const fresh = answer.messages ?? [];
  for (const message of fresh) {
    if (message.kind === "deleted") messages.delete(message.message_id);
    else messages.set(message.message_id, message);
    last = Math.max(last, message.seq);
  }
  const first = !loaded;
  loaded = true;
  if (fresh.length || afresh || first) {
    if (fresh.some((message) => !message.sender.bot && message.sender.id === state.me)) stuck = true;
    draw();
    if (!stuck) $("newer").hidden = false;
  }
  markRead();
  return last;
}

function heed({ fresh, afresh }) {
  for (const entry of fresh) if (entry.name === "answerCallbackQuery" && !afresh) settle(String(entry.body?.callback_query_id), entry.body?.text ?? "");
}

// Drawing

/** Messages in order; those of one album together. */
function grouped() {
  const groups = [];
  for (const message of [...messages.values()].sort((a, b) => a.message_id - b.message_id)) {
    if (state.thread && message.thread !== state.thread) continue;
    const before = groups.at(-1);
    if (message.album && before?.[0].album === message.album) before.push(message);
    else groups.push([message]);
  }
  return groups.slice(-KEPT);
}

function draw() {
  const chat = chatNow();
  const groups = grouped();
  if (!chat || !groups.length) {
    const why = !state.known || (followed && !loaded) ? "loading" : !chat ? "noChats" : isDirect(chat) ? "emptyPrivate" : "emptyGroup";
    reconcile(box(), [[why, () => h("p", { class: "quiet center", text: t(why) })]]);
    return;
  }
  const view = [state.me, state.chat, state.thread, state.bot.username];
  reconcile(box(), groups.flatMap((parts, i) => {
    const before = groups[i - 1]?.[0];
    const date = day(parts[0].at);
    const busy = parts[0].buttons?.flat().filter(({ data }) => doing.isPressed(parts[0], data)).length;
    return [
      ...(before && dayNumber(before.at) === dayNumber(parts[0].at) ? [] : [[date, () => h("p", { class: "day", text: date })]]),
      [[view, parts, busy, messages.get(parts[0].reply_to)?.text], () => bubble(parts, chat, doing)],
    ];
  }));
  if (stuck) toEnd();
}

const doing = {
  find: (id) => messages.get(id),
  topicName: (thread) => chatNow()?.topics.find((topic) => topic.id === thread)?.name ?? t("thread", { n: thread }),
  reply: quote,
  wire: (parts) => showOnWire(state.chat, parts.map((part) => part.message_id)),
  goTo(id) {
    const node = box().querySelector(`[data-id="${Number(id)}"]`);
    node?.scrollIntoView({ block: "center" });
    node?.animate?.([{ background: "var(--amber-soft)" }, { background: "transparent" }], 1600);
  },
  isPressed: (message, data) => [...pressed.values()].some((item) => item.chat === state.chat && item.message === message.message_id && item.data === data),
  async press(message, data) {
    if (doing.isPressed(message, data)) return;
    const press = { chat: state.chat, message: message.message_id, data };
    const waiting = Symbol("press");
    pressed.set(waiting, press);
    draw();
    try {
      const { id } = await api.press({ chat: press.chat, user: state.me, message_id: press.message, data });
      pressed.set(String(id), press);
      if (answers.has(String(id))) settle(String(id), answers.get(String(id)));
      setTimeout(() => { pressed.delete(String(id)); draw(); }, PATIENCE);
    } catch (error) { toast(reason(error), true); }
    pressed.delete(waiting);
    draw();
  },
};

/** The bot has answered a press: the button rests again, and what it said shows for a moment, as on the platform. */
function settle(id, text) {
  if (!pressed.delete(id)) { answers.set(id, text); return; }
  if (text) toast(text);
  draw();
}

function toEnd() {
  box().scrollTop = box().scrollHeight;
  $("newer").hidden = true;
}

function drawHead() {
  const chat = chatNow();
  $("talk-name").textContent = chat?.title ?? "";
  $("talk-note").textContent = !chat ? "" : isDirect(chat) ? (state.bot.username ? `@${state.bot.username}` : "") : [kindOf(chat), t("members", { n: chat.members.length }), chat.bot === "member" ? state.bot.privacy && t("privacy") : word("bot", chat.bot)].filter(Boolean).join(" · ");
  $("more").hidden = !chat;
  drawTopics(chat);
  drawGate(chat);
}

function drawTopics(chat) {
  const topics = chat?.topics ?? [];
  $("topics").hidden = !topics.length;
  const choose = (thread) => { state.thread = thread; stuck = true; drawHead(); draw(); emit("thread"); };
  redraw($("topics"), [topics, state.thread], () => [{ id: 0, name: t("allTopics") }, ...topics].map(({ id, name }) => h("button", { type: "button", class: "topic", "data-focus": `topic-${id}`, "aria-pressed": String(id === state.thread), onclick: () => choose(id) }, name)));
}

/** What stands between a person and the chat, in place of the message box or above it. */
function drawGate(chat) {
  const { name, started, blocked } = me() ?? {};
  const direct = isDirect(chat);
  const why = direct && blocked ? "blockedHint" : direct && !started ? "startHint" : chat && chat.bot !== "member" ? "gone" : "";
  const action = { blockedHint: "unblock", gone: "readmit" }[why];
  $("gate").hidden = !why;
  $("composer").hidden = !chat || (direct && Boolean(blocked));
  redraw($("gate"), [why, name], () => (why ? [h("p", { text: t(why, { name }) }), why === "startHint"
    ? h("button", { type: "button", class: "solid", testid: "start", "data-focus": "gate", text: t("start"), onclick: () => startBot() })
    : h("button", { type: "button", class: "solid", testid: `gate-${action}`, "data-focus": "gate", text: t(`act_${action}`), onclick: () => change(action) })] : []));
}

// What a chat can do

function actions() {
  const chat = chatNow();
  if (!chat) return [];
  const { started, blocked } = me() ?? {};
  if (isDirect(chat)) return blocked ? ["unblock"] : started ? ["start", "block"] : ["start"];
  return [chat.bot === "member" ? "kick" : "readmit", ...(chat.kind === "group" ? ["migrate"] : [])];
}

async function change(action) {
  const chat = chatNow();
  if (!chat) return;
  const whom = isDirect(chat) ? { user: state.me } : { chat: chat.id };
  try {
    await act(action === "start" ? api.start({ user: state.me, payload: "" }) : api.members({ ...whom, action }));
    toast(t(`did_${action}`));
  } catch (error) { toast(reason(error), true); }
}

export function startTalk() {
  on("chat", open);
  on("state", () => { follow(); drawHead(); draw(); });
  on("view", () => { markRead(); if (stuck) toEnd(); });
  on("wire", heed);
  document.addEventListener("visibilitychange", markRead);
  $("back").addEventListener("click", () => go({ view: "chats" }));
  $("newer").addEventListener("click", () => { stuck = true; toEnd(); });
  menu($("more"), $("actions"), (shut) => actions().map((action) => h("button", { type: "button", class: "panel-item", testid: `act-${action}`, onclick: () => { shut(); change(action); } },
    h("span", { text: t(`act_${action}`) }), h("small", { text: t(`note_${action}`) }))));
  box().addEventListener("scroll", () => {
    stuck = box().scrollHeight - box().scrollTop - box().clientHeight < 80;
    if (stuck) $("newer").hidden = true;
  });
  new ResizeObserver(() => { if (stuck) toEnd(); }).observe(box());
  box().addEventListener("load", () => { if (stuck) toEnd(); }, true); // a picture has got its height
}
