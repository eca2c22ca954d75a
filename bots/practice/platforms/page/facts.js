// What a line on the wire is about: its chat, its messages, a few words of it. Pure, apart from remembering whose press a query was.
import { t, word } from "./words.js";

const pressedIn = new Map(); // callback query id -> chat

/** The one part of an update that is not its number: [name, content]. */
const partOf = (entry) => Object.entries(entry.body ?? {}).find(([name]) => name !== "update_id") ?? ["", {}];
const params = (entry) => entry.body ?? {};
const result = (entry) => entry.answer?.result;
const messagesIn = (entry) => [result(entry)].flat().filter((item) => item?.message_id);

export const nameOf = (entry) => entry.name || partOf(entry)[0];
export const isPolling = (entry) => entry.name === "getUpdates";
export const isGood = (entry) => !entry.fault && entry.status >= 200 && entry.status < 300;
export const isNews = (entry) => entry.direction === "call" && /^(send|copy|forward)(?!ChatAction)/.test(entry.name) && entry.delivered;

/** The chat's id, or 0 where the line belongs to none. */
export function chatOf(entry) {
  if (entry.direction === "update") {
    const [name, part] = partOf(entry);
    const chat = part?.chat?.id ?? part?.message?.chat?.id ?? 0;
    if (name === "callback_query" && chat) pressedIn.set(String(part.id), chat);
    return chat;
  }
  const { chat_id: chat, scope, callback_query_id: query } = params(entry);
  if (query !== undefined) return pressedIn.get(String(query)) ?? 0;
  return Number(chat ?? scope?.chat_id) || messagesIn(entry)[0]?.chat?.id || 0;
}

/** The messages that this line brought or changed; a press only points at one. */
export function messagesOf(entry) {
  if (entry.direction === "call") return [...messagesIn(entry).map((message) => message.message_id), ...(/^(edit|delete)/.test(entry.name) ? [Number(params(entry).message_id)] : [])];
  const [name, part] = partOf(entry);
  return name.endsWith("message") ? [part.message_id] : [];
}

const NOTICES = ["new_chat_members", "left_chat_member", "forum_topic_created", "migrate_to_chat_id", "migrate_from_chat_id"];
const KINDS = ["photo", "voice", "video", "sticker", "location", "document", "contact", "poll"];

function wordsOf(message) {
  const kind = KINDS.find((name) => message[name]);
  const text = message.text ?? message.caption ?? NOTICES.find((name) => name in message) ?? "";
  return [kind && `[${word("kind", kind)}]`, text].filter(Boolean).join(" ");
}

/** A few words of it, for the line. */
export function glimpse(entry) {
  if (entry.direction === "update") {
    const [, part] = partOf(entry);
    if (part?.new_chat_member) return `${part.old_chat_member?.status ?? ""} → ${part.new_chat_member.status}`;
    return part?.data ?? wordsOf(part ?? {});
  }
  const asked = params(entry);
  const media = /Photo|MediaGroup/.test(entry.name) ? `[${word("kind", "photo")}]` : "";
  const text = asked.text ?? asked.caption ?? messagesIn(entry).map(wordsOf).find(Boolean) ?? entry.answer?.description ?? "";
  return [media && !text.startsWith("[") && media, text].filter(Boolean).join(" ");
}

/** Whether it only tells that something happened in the chat. */
export const isNotice = (entry) => NOTICES.includes(glimpse(entry));

const LONG = 4000;
/** JSON to read: long strings (pictures) are cut, JSON within a form field is opened up. */
export function pretty(value) {
  const open = (item) => {
    if (typeof item !== "string") return item;
    if (/^\s*[[{]/.test(item)) try { return JSON.parse(item); } catch { /* only looks like JSON */ }
    return item.length > LONG ? item.slice(0, LONG) + t("cutOff", { n: item.length }) : item;
  };
  return JSON.stringify(value, (_, item) => open(item), 2);
}
