// What the page knows: who I am, which chat is open, who is there. Parts listen by name; nothing here draws.
import * as api from "./api.js";
import { t } from "./words.js";

const listeners = new Map();
export function on(names, listener) {
  for (const name of names.split(" ")) listeners.set(name, [...(listeners.get(name) ?? []), listener]);
}
export function emit(name, detail) {
  for (const listener of listeners.get(name) ?? []) listener(detail);
}

export const state = {
  known: false, // the server has answered once
  platform: "", bot: { id: 0, username: "", name: "" },
  users: new Map(), // id -> user
  chats: new Map(), // id -> chat
  me: 0, chat: 0, thread: 0, // thread 0: every topic
  view: "chats", // chats, talk, wire, env; matters on a phone only
  titles: new Map(), // chat -> its title, also of groups that are gone
  offset: 0, // the stand-in's clock = Date.now() + offset
  latest: new Map(), // chat -> {text, at}, as the wire told
  unread: new Map(), // chat -> how many the bot has sent since it was open
};

export const now = () => Date.now() + state.offset;
export const me = () => state.users.get(state.me);

/** A person's own chat with the bot has the person's id, and is offered before it has begun. */
const direct = (user) => ({ topics: [], members: [user], bot: "member", note: "", ...state.chats.get(user), id: user, kind: "private", title: state.bot.name });

export function chatsOf(user) {
  const groups = [...state.chats.values()].filter((chat) => chat.kind !== "private" && chat.members.includes(user));
  return user ? [direct(user), ...groups] : [];
}
export const chatNow = () => chatsOf(state.me).find((chat) => chat.id === state.chat);
export const isDirect = (chat) => chat?.kind === "private";

/** A chat as somebody on the wire side would call it. */
export function chatName(id) {
  return state.users.get(id)?.name ?? state.titles.get(id) ?? t("chatGone", { id });
}

let asked = 0;
export async function load() {
  const turn = ++asked;
  const told = await api.getState();
  if (turn !== asked) return;
  const first = !state.known;
  const before = new Map(state.chats);
  Object.assign(state, { known: true, platform: told.platform ?? "", bot: told.bot ?? state.bot });
  state.users = new Map((told.users ?? []).map((user) => [user.id, user]));
  state.chats = new Map((told.chats ?? []).map((chat) => [chat.id, { members: [], topics: [], note: "", ...chat }]));
  for (const chat of state.chats.values()) state.titles.set(chat.id, chat.title);
  setClock(told.now);
  emit("state");
  const next = successor(before.get(state.chat), before);
  if (first) go({ ...readAddress(), fromHistory: true });
  else if (next || !state.users.has(state.me) || !chatNow()) go({ chat: next });
}

/** The supergroup that took the place of a small group: of the same title, and not there before. */
const successor = (group, before) => (group?.kind === "group" ? [...state.chats.values()].find((chat) => chat.title === group.title && !before.has(chat.id))?.id : undefined);

export function setClock(at) {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return;
  state.offset = time - Date.now();
  emit("clock");
}

/** Do what the server is asked, then look at the world anew; a refusal goes to the caller. */
export async function act(promise) {
  try {
    return await promise;
  } finally {
    await load().catch(() => {}); // away: the long polls say so
  }
}

// Where am I: kept in the address, so that reload, back and a link work.

export function readAddress() {
  const asked_ = new URLSearchParams(location.hash.slice(1));
  return { user: Number(asked_.get("user")) || 0, chat: Number(asked_.get("chat")) || 0, view: asked_.get("view") || "chats" };
}

/** Become a person, open a chat, show a view: any of them. */
export function go({ user = state.me, chat, view = state.view, push = false, fromHistory = false } = {}) {
  if (!state.users.has(user)) user = state.users.keys().next().value ?? 0;
  const mine = chatsOf(user);
  const next = [chat, state.chat].find((id) => mine.some((item) => item.id === id)) ?? mine[0]?.id ?? 0;
  const changed = user !== state.me || next !== state.chat;
  Object.assign(state, { me: user, chat: next, view, thread: next === state.chat ? state.thread : 0 });
  if (!fromHistory) {
    const hash = `#${new URLSearchParams({ user, chat: next, view })}`;
    if (hash !== location.hash) history[push ? "pushState" : "replaceState"](null, "", hash);
  }
  if (changed) emit("chat");
  emit("view");
}

/** Whether the open chat is really in sight: on a phone one thing is shown at a time. */
export const inSight = () => document.visibilityState === "visible" && (state.view === "talk" || !matchMedia("(max-width: 899px)").matches);
export function markRead() {
  if (inSight() && state.unread.delete(state.chat)) emit("unread");
}
