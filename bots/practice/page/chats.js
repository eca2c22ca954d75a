// My chats: last line, time, unread.
import { $, avatar, chatTime, h, redraw, said } from "./dom.js";
import { chatsOf, go, isDirect, nameOf, now, on, state, unread } from "./store.js";
import { t } from "./words.js";

export const titleOf = (chat) => (isDirect(chat) ? t("bot") : chat.title || chat.id);

export function lineOf(chat, message) {
  if (!message) return "";
  const text = `${message.images?.length ? t("photoWord") : ""}${(message.text ?? "").replace(/\s+/g, " ").slice(0, 80)}`;
  return isDirect(chat) ? text : `${nameOf(message.sender, t("bot"))}：${text}`;
}

const many = (n) => (n > 99 ? "99+" : String(n));

function draw() {
  const chats = chatsOf(state.me);
  const shown = chats.map((chat) => {
    const last = state.latest[chat.id]?.message;
    return { chat, line: lineOf(chat, last), time: last?.at ? chatTime(last.at, now(), true) : "", news: chat.id === state.chat ? 0 : unread(state.me, chat.id), open: chat.id === state.chat };
  });
  redraw($("chats"), [shown, t("direct")], () => (shown.length ? shown.map(row) : h("li", { class: "quiet", text: t("noChats") })));
  const total = chats.filter((chat) => chat.id !== state.chat).reduce((sum, chat) => sum + unread(state.me, chat.id), 0);
  for (const id of ["tab-badge", "back-badge"]) {
    $(id).hidden = !total;
    $(id).textContent = many(total);
  }
}

function row({ chat, line, time, news, open }) {
  const direct = isDirect(chat);
  return h("li", {}, h("button",
    { type: "button", class: "chat", testid: `chat-${chat.id}`, "data-focus": chat.id, "aria-current": open ? "true" : false, onclick: () => go({ chat: chat.id, view: "talk", push: true }) },
    avatar(direct ? "应" : t(`group_${chat.audience}`), direct ? "bot" : chat.audience === "staff" ? "staff" : chat.audience === "partners" ? "partner" : "resident"),
    h("span", { class: "chat-text" },
      h("span", { class: "chat-line" }, said(titleOf(chat), { class: "chat-title" }), direct && h("span", { class: "chat-kind", text: t("direct") }), h("span", { class: "chat-time", text: time })),
      h("span", { class: "chat-line" }, said(line, { class: "chat-last" }), news > 0 && h("span", { class: "badge", text: many(news), "aria-label": `${news}` })))));
}

export function startChats() {
  on("person chat cast latest messages read label", draw);
}
