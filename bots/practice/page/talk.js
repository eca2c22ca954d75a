// The conversation: bubbles, pictures, choices, and staying in step with the server.
import * as api from "./api.js";
import { answersOf, groupOf, markAnswered } from "./answers.js";
import { titleOf } from "./chats.js";
import { fail, quote } from "./composer.js";
import { $, avatar, chatTime, h, icon, said } from "./dom.js";
import { openLightbox } from "./lightbox.js";
import { become } from "./people.js";
import { castChanged, emit, go, ingest, ingestReplies, initialOf, isDirect, lastSeq, markRead, nameOf, now, on, state, toneOf } from "./store.js";
import { emptyCard, tryCard } from "./trythis.js";
import { t, word } from "./words.js";

const FIRST = 120; // messages asked for at first; earlier ones on request
const QUIET = 5 * 60e3; // a time is written between messages further apart than this
const box = () => $("messages");

let polling = null; // AbortController of the open chat's long poll
let stuck = true; // the view stays at the newest message
let loaded = false; // the open chat's first answer has come
let showTry = false;
const pending = new Map(); // chat -> own messages on their way
const pressing = new Map(); // "me|chat|message" -> {choice, id}

// Opening a chat and following it

async function open() {
  polling?.abort();
  polling = null;
  showTry = false;
  stuck = true;
  loaded = state.messages.has(state.chat);
  drawHead();
  redrawAll();
  if (!state.chat) return;
  const control = new AbortController();
  polling = control;
  const chat = state.chat;
  const from = Math.max(0, (state.latest[chat]?.seq ?? 0) - FIRST);
  try {
    const answer = await api.messages(chat, from);
    if (control.signal.aborted) return;
    loaded = true;
    if (!ingest(chat, answer.messages ?? []).length) redrawAll();
  } catch { /* the long poll goes on trying */ }
  if (control.signal.aborted) return;
  read();
  api.follow(chat, () => Math.max(from, lastSeq(chat)), (messages) => {
    loaded = true;
    if (!ingest(chat, messages).length && !box().hasChildNodes()) redrawAll();
    read();
  }, control.signal);
}

const visible = () => document.visibilityState === "visible" && (state.view === "talk" || !matchMedia("(max-width: 899px)").matches);
function read() {
  if (visible()) markRead(state.me, state.chat);
}

function drawHead() {
  const chat = state.chats.get(state.chat);
  $("talk-name").textContent = chat ? titleOf(chat) : t("pickChat");
  $("talk-count").textContent = !chat ? "" : isDirect(chat) ? t("direct") : t("members", { n: chat.members.length });
  $("composer").hidden = !chat;
  $("try-open").hidden = !chat;
}

// Drawing

function list() {
  return [...(state.messages.get(state.chat)?.values() ?? [])].sort((a, b) => a.seq - b.seq);
}

function redrawAll() {
  const all = list();
  const nodes = [];
  if (all.length && all[0].seq > 1) nodes.push(h("button", { type: "button", class: "earlier", text: t("earlier"), onclick: loadEarlier }));
  let before = null;
  for (const message of all) {
    nodes.push(...withTime(message, before));
    before = message;
  }
  for (const sent of pending.get(state.chat) ?? []) nodes.push(bubble(sent));
  if (!all.length && !nodes.length && state.chat) nodes.push(loaded ? emptyCard() : h("p", { class: "quiet center", text: t("loading") }));
  if (showTry && all.length) nodes.push(tryCard(() => { showTry = false; redrawAll(); }));
  box().replaceChildren(...nodes);
  if (stuck) toEnd();
}

function withTime(message, before) {
  const node = bubble(message);
  if (before && Math.abs(Date.parse(message.at) - Date.parse(before.at)) < QUIET) return [node];
  return [h("p", { class: "time", "data-for": message.seq }, h("time", { datetime: message.at, text: chatTime(message.at, now()) })), node];
}

/** New messages: appended where they follow what is there, drawn again where they do not. */
function take({ chat, fresh }) {
  if (chat !== state.chat) return;
  settle(chat, fresh);
  if (fresh.some((message) => message.sender !== "bot" && !state.people.has(String(message.sender)))) castChanged();
  const all = list();
  const news = new Set(fresh.map((message) => message.seq));
  const old = all.filter((message) => !news.has(message.seq));
  const inOrder = old.length && box().querySelector(".row") && Math.min(...news) > old.at(-1).seq;
  if (!inOrder || showTry || pending.get(chat)?.length) {
    replaceOrRedraw(all, fresh, old);
  } else {
    box().querySelectorAll(".row.on-way").forEach((node) => node.remove());
    let before = old.at(-1);
    for (const message of all.slice(old.length)) {
      box().append(...withTime(message, before));
      before = message;
    }
  }
  for (const message of old) if (message.choices?.length) refreshAnswers(message);
  const mine = fresh.some((message) => String(message.sender) === state.me);
  if (stuck || mine) toEnd();
  else if (fresh.some((message) => message.seq > (old.at(-1)?.seq ?? 0))) $("newer").hidden = false;
}

function replaceOrRedraw(all, fresh, old) {
  const nodes = fresh.map((message) => box().querySelector(`.row[data-seq="${Number(message.seq)}"]`));
  if (old.length + fresh.length === all.length && nodes.every(Boolean)) {
    fresh.forEach((message, i) => nodes[i].replaceWith(bubble(message)));
  } else redrawAll();
}

async function loadEarlier(event) {
  const chat = state.chat;
  const button = event.currentTarget;
  const lowest = list()[0]?.seq ?? 1;
  button.disabled = true;
  const height = box().scrollHeight;
  stuck = false;
  try {
    const answer = await api.messages(chat, Math.max(0, lowest - 1 - FIRST));
    ingest(chat, answer.messages ?? []);
    if (chat === state.chat) box().scrollTop = box().scrollHeight - height;
  } catch { button.disabled = false; }
}

function toEnd() {
  box().scrollTop = box().scrollHeight;
  $("newer").hidden = true;
}

function bubble(message) {
  const mine = String(message.sender) === state.me;
  const bot = message.sender === "bot";
  const sender = state.people.get(String(message.sender));
  const chat = state.chats.get(state.chat);
  const group = !isDirect(chat);
  const name = nameOf(message.sender, t("bot"));
  const face = bot ? avatar("应", "bot") : avatar(initialOf(name), toneOf(sender?.role));
  const body = h("div", { class: `bubble${mine ? " mine" : ""}${bot ? " from-bot" : ""}` });
  const quoted = message.reply_to && find(message.reply_to);
  if (message.reply_to) body.append(h("p", { class: "quoted" }, said(quoted ? `${nameOf(quoted.sender, t("bot"))}：${quoted.images?.length ? t("photoWord") : ""}${(quoted.text ?? "").slice(0, 90)}` : t("quoteGone"))));
  if (message.text) body.append(h("p", { class: "words", dir: "auto" }, bot ? linked(message.text) : message.text));
  if (message.images?.length) body.append(pictures(message, bot));
  if (message.choices?.length) body.append(choices(message));
  const canBecome = sender && !mine;
  return h("div", { class: `row${mine ? " mine" : ""}${message.waiting ? " on-way" : ""}`, testid: "message", "data-seq": message.seq, "data-id": message.id, "data-sender": message.sender, "data-key": message.key || false },
    canBecome ? h("button", { type: "button", class: "face", title: t("become", { name }), "aria-label": t("become", { name }), onclick: () => become(sender.id, chat.members.includes(sender.id) ? chat.id : undefined) }, face) : h("span", { class: "face" }, face),
    h("div", { class: "stack" },
      (group || bot) && !mine ? h("p", { class: "name" }, said(name), sender && sender.role !== "resident" && h("span", { class: "name-role", text: word("role", sender.role) })) : h("span", { class: "unseen", text: `${name}：` }),
      h("div", { class: "bubble-line" }, body,
        message.waiting ? h("span", { class: "sending", role: "img", "aria-label": t("sending") })
          : h("button", { type: "button", class: "reply", "aria-label": `${t("reply")} ${name}`, onclick: () => quote(message) }, icon("reply"), h("span", { text: t("reply") })))));
}

function find(id) {
  for (const message of state.messages.get(state.chat)?.values() ?? []) if (message.id === id) return message;
  return null;
}

/** The bot's text: 编号7 opens that event, an address of this very server or the way to its workbench becomes a link, all else is plain text. */
function linked(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(/编号\s?(\d{1,7})|EV-\d{8}-(\d{4,7})|https?:\/\/[^\s，。；、）)】」”"'<>]+|\/workbench\/enter\/[\w-]{22}/g)) {
    nodes.push(text.slice(from, found.index));
    from = found.index + found[0].length;
    const serial = Number(found[1] ?? found[2]);
    if (serial) nodes.push(h("button", { type: "button", class: "number", text: found[0], onclick: () => { emit("select", serial); go({ view: "events", push: true }); } }));
    else nodes.push(found[0].startsWith("/") || sameOrigin(found[0]) ? h("a", { href: found[0], target: "_blank", rel: "noopener", text: found[0] }) : found[0]);
  }
  nodes.push(text.slice(from));
  return nodes;
}

const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]); // one machine under several names

function sameOrigin(address) {
  try {
    const { protocol, host, hostname, port } = new URL(address);
    return protocol === location.protocol && (host === location.host || (LOCAL.has(hostname) && LOCAL.has(location.hostname) && port === location.port));
  } catch { return false; }
}

/** Pictures come from our own server or, on their way out, from memory; nothing else is loaded. */
const ownPicture = (url) => typeof url === "string" && (/^\/(?!\/)/.test(url) || url.startsWith("blob:"));

function pictures(message, bot) {
  const all = message.images.filter(ownPicture).map((url, i) => ({ url, alt: t("picture", { n: i + 1 }) }));
  return h("div", { class: `pictures count-${Math.min(all.length, 3)}` }, all.map((picture, i) => {
    const image = h("img", { alt: picture.alt, decoding: "async" });
    const frame = h("button", { type: "button", class: "picture waiting", testid: bot ? "log-image" : "photo", "aria-label": `${picture.alt}，${t("bigPicture")}`, onclick: () => openLightbox(all, i) }, image);
    image.addEventListener("load", () => {
      frame.classList.remove("waiting");
      const tall = image.naturalHeight > image.naturalWidth * 1.5;
      frame.classList.toggle("tall", tall);
      if (tall && !frame.querySelector(".more")) frame.append(h("span", { class: "more", text: t("bigPicture") }));
      if (stuck) toEnd();
    });
    image.addEventListener("error", () => { frame.classList.replace("waiting", "lost"); frame.replaceChildren(h("span", { text: t("pictureLost") })); });
    image.src = picture.url;
    return frame;
  }));
}

function choices(message) {
  const key = `${state.me}|${state.chat}|${message.id}`;
  const pressed = pressing.get(key);
  const busy = pressed?.busy ? pressed.choice : "";
  const answers = answersOf(message);
  return h("div", { class: "choices", role: "group", "data-answers": JSON.stringify(answers) }, message.choices.map((choice) => {
    const answer = answers[groupOf(choice.id)];
    const answered = answer !== undefined;
    const chosen = answer === choice.id;
    return h("button", { type: "button", class: `choice${chosen ? " chosen" : ""}${busy === choice.id ? " busy" : ""}`, testid: `choice-${choice.id}`, disabled: Boolean(answered || busy), "aria-pressed": answered ? String(chosen) : false, "aria-busy": busy === choice.id ? "true" : false, onclick: () => press(message, choice.id) },
      chosen && icon("check"), said(choice.label));
  }));
}

function refresh(message) {
  const node = box().querySelector(`.row[data-seq="${Number(message.seq)}"]`);
  const newest = state.messages.get(state.chat)?.get(message.seq);
  if (node && newest) node.replaceWith(bubble(newest));
}

/** What has just been said may have answered an older question. */
function refreshAnswers(message) {
  const drawn = box().querySelector(`.row[data-seq="${Number(message.seq)}"] .choices`);
  if (drawn && drawn.dataset.answers !== JSON.stringify(answersOf(message))) refresh(message);
}

async function press(message, choice) {
  const chat = state.chat;
  const key = `${state.me}|${chat}|${message.id}`;
  const before = pressing.get(key);
  if (before?.busy) return;
  const pressed = { choice, busy: true, id: before?.choice === choice ? before.id : api.newId() }; // the same press tried again keeps its id
  pressing.set(key, pressed);
  refresh(message);
  try {
    const answer = await api.press({ chat, sender: state.me, message: message.id, choice, press_id: pressed.id });
    pressing.delete(key);
    ingestReplies(chat, answer.replies);
    markAnswered(chat, message.id, choice, answer.replies);
    emit("acted");
  } catch (error) {
    pressed.busy = false;
    if (error.status) pressing.delete(key);
    fail(error);
  }
  if (chat === state.chat) refresh(message);
}

// My own messages on their way

export function onItsWay(chat, sent) {
  pending.set(chat, [...(pending.get(chat) ?? []), sent]);
  if (chat === state.chat) { stuck = true; showTry = false; redrawAll(); }
}

export function arrived(chat, sent) {
  const waiting = pending.get(chat) ?? [];
  if (!waiting.includes(sent)) return;
  pending.set(chat, waiting.filter((item) => item !== sent));
  if (chat === state.chat) redrawAll();
}

/** A message of mine that the server shows is no longer on its way. */
function settle(chat, fresh) {
  const waiting = pending.get(chat);
  if (!waiting?.length) return;
  pending.set(chat, waiting.filter((sent) => !fresh.some((message) => message.id === sent.id || (String(message.sender) === sent.sender && (message.text ?? "") === sent.text && (message.images?.length ?? 0) === sent.images.length))));
}

function longPress() {
  let timer = 0;
  let heldAt = 0; // letting go may be followed by a click, which must not undo it
  const stop = () => clearTimeout(timer);
  box().addEventListener("touchstart", (event) => {
    const row = event.target.closest(".row");
    stop();
    if (row) timer = setTimeout(() => {
      box().querySelectorAll(".row.held").forEach((node) => node.classList.remove("held"));
      row.classList.add("held");
      heldAt = Date.now();
    }, 450);
  }, { passive: true });
  for (const name of ["touchend", "touchmove", "touchcancel"]) box().addEventListener(name, stop, { passive: true });
  box().addEventListener("click", (event) => { if (!event.target.closest(".reply") && Date.now() - heldAt > 900) box().querySelectorAll(".row.held").forEach((node) => node.classList.remove("held")); });
}

export function startTalk() {
  on("chat", open);
  on("view", () => { read(); if (stuck) toEnd(); });
  on("messages", take);
  on("cast label", () => { drawHead(); redrawAll(); });
  on("forgotten", (chat) => { if (chat === state.chat) open(); });
  document.addEventListener("visibilitychange", read);
  $("back").addEventListener("click", () => go({ view: "chats" }));
  $("try-open").addEventListener("click", () => { showTry = !showTry; stuck = true; redrawAll(); });
  $("newer").addEventListener("click", toEnd);
  box().addEventListener("scroll", () => {
    stuck = box().scrollHeight - box().scrollTop - box().clientHeight < 90;
    if (stuck) $("newer").hidden = true;
  }, { passive: true });
  new ResizeObserver(() => { if (stuck) toEnd(); }).observe(box());
  longPress();
  api.onReach((there) => { $("offline").hidden = there; });
}

export function showTryCard() {
  showTry = true;
  stuck = true;
  redrawAll();
}
