// What the page knows: who I am, which chat is open, what was read. Parts listen by name; nothing here draws.
import * as api from "./api.js";

const listeners = new Map();
export function on(names, listener) {
  for (const name of names.split(" ")) listeners.set(name, [...(listeners.get(name) ?? []), listener]);
}
export function emit(name, detail) {
  for (const listener of listeners.get(name) ?? []) listener(detail);
}

export function recall(name, otherwise) {
  try { return JSON.parse(localStorage.getItem(`huying.${name}`)) ?? otherwise; } catch { return otherwise; }
}
export function keep(name, value) {
  try { localStorage.setItem(`huying.${name}`, JSON.stringify(value)); } catch { /* full or forbidden: not remembered */ }
}

export const state = {
  people: new Map(), // id -> person
  chats: new Map(), // id -> chat
  latest: {}, // chat id -> {seq, message}
  messages: new Map(), // chat id -> Map(seq -> message)
  me: "", chat: "", view: "chats", // view matters on a phone only
  events: [], // the ones I may see
  selected: recall("selected", ""), // number of the event shown large
  screen: null, screenArea: "",
  offset: 0, clockKnown: false, // practice clock = Date.now() + offset
  reader: recall("reader", ""), // the resident whom the guide follows
};

const names = new Map(); // community -> name
export const communityName = (area) => names.get(area) ?? "";

const lastChat = recall("lastChat", {});

const seen = recall("seen", {}); // person -> chat -> seq
let baseline = recall("baseline", null); // chat -> seq at the first visit: what is older is not news

export const now = () => Date.now() + state.offset;
export const me = () => state.people.get(state.me);
export const directOf = (person) => `direct:${person}`;
export const isDirect = (chat) => chat?.kind === "direct";

export function nameOf(sender, botName) {
  return sender === "bot" ? botName : state.people.get(String(sender))?.name ?? String(sender ?? "");
}

const TONES = { resident: "resident", volunteer: "volunteer", grid_worker: "grid", partner: "partner" };
export const toneOf = (role) => TONES[role] ?? "staff";
export const initialOf = (name) => [...String(name || "?").trim()][0] ?? "?";

/** The chats a person is in: their own 1:1 with the bot and their groups, newest first. */
export function chatsOf(person) {
  const mine = [...state.chats.values()].filter((chat) => (isDirect(chat) ? chat.id === directOf(person) : chat.members.includes(person)));
  const time = (chat) => Date.parse(state.latest[chat.id]?.message?.at ?? 0) || 0;
  return mine.map((chat, place) => ({ chat, place })).sort((a, b) => time(b.chat) - time(a.chat) || a.place - b.place).map((item) => item.chat);
}

export function communityOf(person) {
  const own = state.chats.get(directOf(person))?.community;
  if (own) return own;
  for (const chat of state.chats.values()) if (chat.community && chat.members.includes(person)) return chat.community;
  return "";
}

/** The community whose screen and name are shown: the open chat's, else mine, else the first there is. */
export function communityNow() {
  const fromChat = state.chats.get(state.chat)?.community;
  if (fromChat) return fromChat;
  const mine = communityOf(state.me);
  if (mine) return mine;
  for (const chat of state.chats.values()) if (chat.community) return chat.community;
  return me()?.area ?? "";
}

export function unread(person, chat) {
  const last = state.latest[chat]?.seq ?? 0;
  const read = seen[person]?.[chat] ?? baseline?.[chat] ?? 0;
  return Math.max(0, last - Math.min(read, last));
}

export function markRead(person, chat) {
  const known = Math.max(state.latest[chat]?.seq ?? 0, lastSeq(chat));
  if (!person || !chat || seen[person]?.[chat] === known) return;
  (seen[person] ??= {})[chat] = known;
  keep("seen", seen);
  emit("read");
}

export function lastSeq(chat) {
  let last = 0;
  for (const seq of state.messages.get(chat)?.keys() ?? []) if (seq > last) last = seq;
  return last;
}

/** Take messages in; gives the ones that are new or changed. The same seq twice is one message. */
export function ingest(chat, list) {
  const known = state.messages.get(chat) ?? new Map();
  state.messages.set(chat, known);
  const fresh = [];
  for (const message of list) {
    if (!message || typeof message.seq !== "number" || (message.chat && message.chat !== chat)) continue;
    const before = known.get(message.seq);
    if (before && JSON.stringify(before) === JSON.stringify(message)) continue;
    known.set(message.seq, message);
    fresh.push(message);
    const last = state.latest[chat];
    if (!last || last.seq <= message.seq) state.latest[chat] = { seq: message.seq, message };
  }
  if (fresh.length) emit("messages", { chat, fresh });
  return fresh;
}

/** Answers to a message may belong to several chats. */
export function ingestReplies(chat, replies) {
  const byChat = Map.groupBy ? Map.groupBy(replies ?? [], (m) => m.chat ?? chat) : group(replies ?? [], chat);
  for (const [id, list] of byChat) ingest(id, list);
}
function group(replies, chat) {
  const byChat = new Map();
  for (const message of replies) byChat.set(message.chat ?? chat, [...(byChat.get(message.chat ?? chat) ?? []), message]);
  return byChat;
}

export async function loadCast() {
  const [people, chats, areas] = await Promise.all([api.people(), api.chats(), api.areas()]);
  const known = new Map(areas.map((area) => [area.code, area]));
  state.people = new Map(people.map((person) => [person.id, { ...person, area_name: known.get(person.area)?.name ?? "" }]));
  state.chats = new Map(chats.map((chat) => [chat.id, { ...chat, community: known.get(chat.area)?.community ?? "" }]));
  for (const area of areas) if (area.level === "community") names.set(area.code, area.name);
  emit("cast");
}

let castAsked = 0;
/** Somebody or some chat unknown turned up (a replay adds people): ask again, but not more than every 5 seconds. */
export function castChanged() {
  if (Date.now() - castAsked < 5000) return;
  castAsked = Date.now();
  loadCast().catch(() => {});
}

export async function loadLatest() {
  const { chats } = await api.latest();
  const before = state.latest;
  const first = Object.keys(before).length === 0;
  state.latest = { ...chats };
  for (const [chat, known] of state.messages) {
    const last = chats[chat]?.seq ?? 0;
    if (known.size && last < lastSeq(chat) && last < (before[chat]?.seq ?? 0)) {
      state.messages.delete(chat); // the server began afresh
      emit("forgotten", chat);
    }
  }
  if (!baseline) {
    baseline = Object.fromEntries(Object.entries(chats).map(([id, item]) => [id, item.seq]));
    keep("baseline", baseline);
  }
  const changed = Object.keys(chats).filter((id) => chats[id].seq !== (before[id]?.seq ?? 0));
  if (Object.keys(chats).some((id) => !state.chats.has(id))) castChanged();
  if (first || changed.length) emit("latest", { changed: first ? [] : changed, before });
}

let eventsAsked = 0;
export async function loadEvents() {
  const person = state.me;
  const turn = ++eventsAsked;
  if (!person) return;
  const answer = await api.events(person);
  if (turn !== eventsAsked || person !== state.me) return;
  state.events = answer;
  emit("events");
}

export async function loadScreen() {
  const area = communityNow();
  if (!area) return;
  try {
    const answer = await api.screen(area);
    if (area !== communityNow()) return;
    state.screen = answer;
    state.screenArea = area;
  } catch {
    if (state.screenArea !== area) state.screen = null;
  }
  emit("screen");
}


// Where am I: kept in the address, so that reload, back and a link work.

export function readAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  return { person: asked.get("person") ?? "", chat: asked.get("chat") ?? "", view: asked.get("view") ?? "" };
}

const RESIDENTIAL = new Set(["resident", "volunteer"]);

/** Become a person, open a chat, show a view: any of them. */
export function go({ person = state.me, chat, view = state.view, push = false, fromHistory = false } = {}) {
  if (!state.people.has(person)) person = [...state.people.values()].find((p) => p.role === "resident")?.id ?? state.people.keys().next().value ?? "";
  const mine = chatsOf(person);
  const can = (id) => id && mine.some((item) => item.id === id);
  const usual = mine.find((item) => isDirect(item) !== RESIDENTIAL.has(state.people.get(person)?.role)) ?? mine[0]; // staff begin in their 1:1
  const next = [chat, person === state.me ? state.chat : "", lastChat[person]].find(can) ?? usual?.id ?? "";
  const personChanged = person !== state.me;
  const chatChanged = next !== state.chat;
  if (personChanged || chatChanged) emit("leaving");
  Object.assign(state, { me: person, chat: next, view });
  lastChat[person] = next;
  keep("lastChat", lastChat);
  keep("me", person);
  if (me()?.role === "resident") { state.reader = person; keep("reader", person); }
  if (!fromHistory) {
    const hash = `#${new URLSearchParams({ person, chat: next, view })}`;
    if (hash !== location.hash) history[push ? "pushState" : "replaceState"](null, "", hash);
  }
  if (personChanged) { state.events = []; emit("person"); }
  if (personChanged || chatChanged) emit("chat");
  emit("view");
}
