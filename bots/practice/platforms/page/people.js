// The left side's lists: who I am among the users, and the chats that are mine.
import { $, face, h, hour, redraw, said } from "./dom.js";
import { chatsOf, go, isDirect, on, state } from "./store.js";
import { t, word } from "./words.js";

const unreadOf = (user) => chatsOf(user).filter(isDirect).reduce((sum, chat) => sum + (state.unread.get(chat.id) ?? 0), 0);
const badge = (n) => n > 0 && h("span", { class: "badge", "aria-label": t("unread", { n }), text: n > 99 ? "99+" : n });

function user({ id, name, note, started, blocked }) {
  const condition = blocked ? t("blocked") : started ? "" : t("unstarted");
  return h("li", {}, h("button", { type: "button", class: "user", testid: `user-${id}`, "data-focus": `user-${id}`, "aria-pressed": String(id === state.me), onclick: () => go({ user: id }) },
    face(name, id),
    h("span", { class: "two-lines" }, said(name, { class: "first" }), (note || condition) && h("span", { class: "second" }, note && said(word("note", note)), condition && h("span", { class: blocked ? "sign bad" : "sign", text: condition }))),
    badge(unreadOf(id))));
}

export const kindOf = (chat) => word("kind", chat.topics.length ? "forum" : chat.kind);

function chat(item) {
  const last = state.latest.get(item.id);
  const absent = item.bot !== "member" && word("bot", item.bot);
  return h("li", {}, h("button", { type: "button", class: "chat", testid: `chat-${item.id}`, "data-focus": `chat-${item.id}`, "aria-current": item.id === state.chat ? "true" : false, onclick: () => go({ chat: item.id, view: "talk", push: true }) },
    face(item.title, item.id, isDirect(item)),
    h("span", { class: "two-lines" },
      h("span", { class: "first" }, said(item.title, { class: "chat-title" }), last && h("time", { class: "chat-time", text: hour(last.at) })),
      h("span", { class: "second" }, absent ? h("span", { class: "sign bad", text: absent }) : last ? said(last.text.slice(0, 60)) : h("span", { text: [kindOf(item), word("note", item.note)].filter(Boolean).join(" · ") }))),
    badge(state.unread.get(item.id) ?? 0)));
}

function draw() {
  if (!state.known) return;
  const users = [...state.users.values()];
  const chats = chatsOf(state.me);
  const news = chats.map((item) => [state.unread.get(item.id) ?? 0, state.latest.get(item.id)]);
  redraw($("users"), [users, state.me, users.map(({ id }) => unreadOf(id))], () => (users.length ? users.map(user) : h("li", { class: "quiet center", text: t("noUsers") })));
  redraw($("chats"), [chats, state.chat, state.bot.name, news], () => (chats.length ? chats.map(chat) : h("li", { class: "quiet center", text: t("noChats") })));
  const waiting = [...state.unread.values()].reduce((sum, n) => sum + n, 0);
  $("tab-badge").hidden = !waiting;
  $("tab-badge").textContent = waiting > 99 ? "99+" : waiting;
  $("tab-badge").setAttribute("aria-label", t("unread", { n: waiting }));
}

export function startPeople() {
  on("state chat unread wire", draw);
  on("chat", () => $("users").querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: "nearest" }));
}
