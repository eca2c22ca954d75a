// One bubble of the conversation: words, photos, buttons, what it replies to, and where to find it on the wire.
import { $, face, h, hour, icon, said } from "./dom.js";
import { linked, pageLink, readLink, startBot } from "./links.js";
import { isDirect, state } from "./store.js";
import { t, word } from "./words.js";

const ICONS = new Set(["voice", "location", "sticker", "video", "document", "contact", "poll"]);
const SPOKEN = new Set(["", "text", "photo", ...ICONS]); // any other kind is the platform's own notice

export const excerpt = (message) => `${message.photos?.length ? `[${t("kind_photo")}]` : ICONS.has(message.kind) ? `[${word("kind", message.kind)}]` : ""}${message.text ?? ""}`;

/** `parts`: one message, or the several of an album. `doing`: reply, wire, press, isPressed, find, topicName. */
export function bubble(parts, chat, doing) {
  const [first] = parts;
  const { sender } = first;
  if (!SPOKEN.has(first.kind ?? "") && !first.photos?.length) return notice(first);
  const mine = sender.id === state.me && !sender.bot;
  const text = parts.map((part) => part.text).find(Boolean) ?? "";
  const photos = parts.flatMap((part) => part.photos ?? []);
  const edited = parts.some((part) => part.edited);
  const replied = first.reply_to && doing.find(first.reply_to);
  const topic = state.thread || !first.thread ? "" : doing.topicName(first.thread);
  return h("div", { class: `row${mine ? " mine" : ""}`, testid: "message", "data-id": first.message_id, "data-sender": sender.id, "data-bot": sender.bot ? "true" : false },
    face(sender.name, sender.id, sender.bot),
    h("div", { class: "stack" },
      isDirect(chat) || mine ? h("span", { class: "unseen", text: `${sender.name}：` }) : h("p", { class: "name" }, said(sender.name), Boolean(topic) && h("span", { class: "name-topic" }, "# ", said(topic))),
      h("div", { class: "bubble" },
        first.reply_to ? h("button", { type: "button", class: "quoted", onclick: () => doing.goTo(first.reply_to) }, said(replied ? `${replied.sender.name}：${excerpt(replied).slice(0, 90)}` : t("quoteGone"))) : null,
        photos.length ? pictures(photos) : null,
        ICONS.has(first.kind) ? h("p", { class: `kind${first.kind === "sticker" ? " large" : ""}` }, icon(first.kind), h("span", { text: word("kind", first.kind) })) : null,
        text ? h("p", { class: "words", dir: "auto" }, linked(text)) : null),
      buttons(first, doing),
      h("p", { class: "foot" },
        h("time", { datetime: first.at, text: hour(first.at) }), edited && h("span", { text: t("edited") }), photos.length > 1 && h("span", { text: t("albumOf", { n: photos.length }) }),
        h("button", { type: "button", class: "foot-do", testid: "reply", "aria-label": `${t("reply")} ${sender.name}`, onclick: () => doing.reply(first) }, icon("reply"), t("reply")),
        h("button", { type: "button", class: "foot-do", testid: "to-wire", "aria-label": t("toWire"), title: t("toWire"), onclick: () => doing.wire(parts) }, icon("wire"), t("onWire")))));
}

/** "migrate_to_chat_id: -100…" in the reader's words, where there are some. */
function notice({ text = "", kind, message_id: id }) {
  const [, name, value] = /^(\w+): (.*)$/s.exec(text) ?? [];
  return h("p", { class: "notice", testid: "notice", "data-id": id }, said(name ? word("service", name, text).replace("{value}", () => value) : text || word("kind", kind)));
}

/** Pictures come from this server only. */
const own = (url) => typeof url === "string" && /^\/(?!\/)/.test(url);

function pictures(photos) {
  const all = photos.filter(own);
  return h("div", { class: `pictures count-${Math.min(all.length, 3)}` }, all.map((url, i) => {
    const image = h("img", { alt: "", src: url, decoding: "async" });
    const frame = h("button", { type: "button", class: "picture", testid: "photo", "aria-label": t("picture", { n: i + 1 }), onclick: () => enlarge(url, t("picture", { n: i + 1 })) }, image);
    image.addEventListener("error", () => { frame.disabled = true; frame.classList.add("lost"); frame.replaceChildren(t("pictureLost")); });
    return frame;
  }));
}

function enlarge(url, alt) {
  Object.assign($("lightbox-image"), { src: url, alt });
  $("lightbox").showModal();
}

function buttons(message, doing) {
  if (!message.buttons?.length) return null;
  return h("div", { class: "keys", role: "group" }, message.buttons.map((row) => h("div", { class: "keys-row" }, row.map((key) => button(message, key, doing)))));
}

function button(message, { text, data, url }, doing) {
  const link = url ? readLink(url) : null;
  if (link?.page) return pageLink(link.page, { class: "key", testid: "key" }, said(text), icon("open"));
  if (link) return h("button", { type: "button", class: "key two", testid: "key", onclick: () => startBot(link.payload) }, said(text), h("small", { text: t("openBot") }));
  const busy = doing.isPressed(message, data);
  return h("button", { type: "button", class: `key${busy ? " busy" : ""}`, testid: "key", "data-focus": `key-${message.message_id}-${data}`, disabled: !data, "aria-busy": busy ? "true" : false, title: busy ? t("pressing") : false, onclick: () => doing.press(message, data) }, said(text));
}

export function startLightbox() {
  const box = $("lightbox");
  for (const id of ["lightbox", "lightbox-close"]) $(id).addEventListener("click", () => box.close());
  box.addEventListener("close", () => $("lightbox-image").removeAttribute("src"));
}
