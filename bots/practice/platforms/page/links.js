// Addresses in what the bot says: the way to our own bot, a web page, or nothing that may be opened.
import * as api from "./api.js";
import { h, reason, toast } from "./dom.js";
import { act, go, state } from "./store.js";
import { t } from "./words.js";

/** {payload} for a deep link to our own bot, {page} for a web page, null for anything else. */
export function readLink(address) {
  let url;
  try { url = new URL(/^t\.me\//i.test(address) ? `https://${address}` : address); } catch { return null; }
  const own = (name) => Boolean(state.bot.username) && name?.toLowerCase() === state.bot.username.toLowerCase();
  const deep = ["t.me", "telegram.me"].includes(url.hostname) && own(url.pathname.slice(1));
  const app = url.protocol === "tg:" && url.href.includes("resolve") && own(url.searchParams.get("domain"));
  if ((deep || app) && !url.searchParams.has("startgroup")) return { payload: url.searchParams.get("start") ?? "" };
  return ["http:", "https:"].includes(url.protocol) ? { page: url.href } : null;
}

export async function startBot(payload = "") {
  const user = state.me;
  try {
    await act(api.start({ user, payload }));
    if (user === state.me) go({ chat: user, view: "talk", push: true });
  } catch (error) { toast(reason(error), true); }
}

export function pageLink(page, props, ...children) {
  return h("a", { ...props, href: page, target: "_blank", rel: "noopener noreferrer", title: `${t("opensPage")} ${page}` }, ...children);
}

/** A text with its addresses made into links; all else stays text. */
export function linked(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(/(?:https?:\/\/|tg:\/\/|\bt\.me\/)[^\s，。；、！？）)】》」”"'<>]+/gi)) {
    const link = readLink(found[0]);
    if (!link) continue;
    nodes.push(text.slice(from, found.index));
    from = found.index + found[0].length;
    nodes.push(link.page ? pageLink(link.page, {}, found[0]) : h("button", { type: "button", class: "inline-link", title: t("openBot"), text: found[0], onclick: () => startBot(link.payload) }));
  }
  return [...nodes, text.slice(from)];
}
