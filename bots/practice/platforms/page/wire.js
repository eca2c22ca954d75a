// The wire as the service sees it: one line for each call and each update, opened to its JSON by a click.
import * as api from "./api.js";
import { $, day, dayNumber, h, said, second, toast } from "./dom.js";
import { chatOf, glimpse, isGood, isNews, isNotice, isPolling, messagesOf, nameOf, pretty } from "./facts.js";
import { chatName, emit, go, load, markRead, on, state } from "./store.js";
import { t, word } from "./words.js";

const KEPT = 600; // lines in the page; older ones are only left out of sight
const WORLD = /^(my_chat_member|chat_member|leaveChat)$/; // lines that change who is where
let entries = []; // {n, chat, ids, ...entry}
let stuck = true;
let opened = new Set(); // numbers of the open lines
let wanted = 0; // chat filter; 0: all

const list = () => $("entries");
const shown = (entry) => (!wanted || entry.chat === wanted) && (!isPolling(entry) || $("wire-polls").checked || entry.fault);

// Taking lines in

function take(answer, afresh) {
  if (afresh) { entries = []; opened = new Set(); state.unread.clear(); state.latest.clear(); }
  const known = new Map(entries.map((entry) => [entry.n, entry]));
  const fresh = (answer.entries ?? []).map((entry) => ({ ...entry, chat: chatOf(entry), ids: messagesOf(entry) }));
  const changed = fresh.some((entry) => known.has(entry.n));
  for (const entry of fresh) known.set(entry.n, entry);
  entries = [...known.values()].sort((a, b) => a.n - b.n);
  for (const entry of fresh) if (!afresh) note(entry);
  for (const entry of fresh) remember(entry);
  emit("unread");
  if (!fresh.length && !afresh) return entries.at(-1)?.n ?? 0;
  if (afresh || changed || list().querySelector(".quiet")) drawAll();
  else append(fresh.filter(shown));
  if (!afresh && fresh.some((entry) => WORLD.test(nameOf(entry)))) load().catch(() => {});
  emit("wire", { fresh, afresh });
  return entries.at(-1)?.n ?? 0;
}

/** What the bot has sent is news in every chat that is not in sight. */
function note(entry) {
  if (!isNews(entry) || !entry.chat) return;
  state.unread.set(entry.chat, (state.unread.get(entry.chat) ?? 0) + 1);
  markRead();
}

function remember(entry) {
  const spoken = isNews(entry) || (entry.direction === "update" && /message$/.test(nameOf(entry)));
  if (spoken && entry.chat && glimpse(entry) && !isNotice(entry)) state.latest.set(entry.chat, { text: glimpse(entry), at: entry.at });
}

// Drawing

function row(entry) {
  const bad = !isGood(entry);
  const details = h("div", { class: "parts", id: `entry-${entry.n}`, hidden: true });
  const button = h("button", { type: "button", class: "entry-line", "aria-expanded": "false", "aria-controls": details.id, onclick: () => toggle(entry, button, details) },
    h("time", { datetime: entry.at, text: second(entry.at) }),
    h("span", { class: `way ${entry.direction}`, text: t(entry.direction) }),
    h("span", { class: "entry-name", text: nameOf(entry) }),
    h("span", { class: "entry-what" }, entry.chat ? said(chatName(entry.chat), { class: "entry-chat" }) : null, said(glimpse(entry).slice(0, 120), { class: "entry-words" })),
    outcome(entry, bad));
  if (opened.has(entry.n)) toggle(entry, button, details);
  return h("li", { class: `entry${bad ? " bad" : ""}`, testid: "entry", "data-n": entry.n, "data-name": nameOf(entry) }, button, details);
}

function outcome(entry, bad) {
  const fault = entry.fault && h("span", { class: "fault", text: word("fault", entry.fault) });
  const status = h("span", { class: `status${bad ? " bad" : ""}`, text: entry.status || t("unanswered") });
  const fate = entry.fault && h("span", { class: "fate", text: t(entry.delivered ? "delivered" : "undelivered") });
  return h("span", { class: "outcome" }, fault, fate, status);
}

function toggle(entry, button, details) {
  const open = details.hidden;
  if (open && !details.hasChildNodes()) details.append(...parts(entry));
  details.hidden = !open;
  button.setAttribute("aria-expanded", String(open));
  opened[open ? "add" : "delete"](entry.n);
}

function parts(entry) {
  const part = (title, value) => [h("h3", { class: "part-title", text: title }), h("pre", { class: "json", tabindex: "0", "aria-label": title, text: value })];
  if (entry.direction === "update") return part(t("part_body"), pretty(entry.body));
  return [...part(t("part_sent"), pretty(entry.body)), ...part(t(entry.status ? "part_answer" : "part_lost"), entry.answer ? pretty(entry.answer) : t("part_none"))];
}

function append(fresh) {
  if (!fresh.length) return;
  const before = list().querySelector(".entry:last-child");
  list().append(...withDays(fresh, before && entries.find((entry) => entry.n === Number(before.dataset.n))));
  while (list().children.length > KEPT) list().firstElementChild.remove();
  if (stuck) toEnd(); else $("wire-newer").hidden = false;
}

function withDays(some, before) {
  return some.flatMap((entry) => {
    const next = before && dayNumber(before.at) === dayNumber(entry.at) ? [] : [h("li", { class: "wire-day", text: day(entry.at) })];
    before = entry;
    return [...next, row(entry)];
  });
}

function drawAll() {
  const some = entries.filter(shown).slice(-KEPT);
  list().replaceChildren(...(some.length ? withDays(some) : [h("li", { class: "quiet center", text: t(entries.length ? "wireNone" : "wireEmpty") })]));
  if (stuck) toEnd();
}

function toEnd() {
  list().scrollTop = list().scrollHeight;
  $("wire-newer").hidden = true;
}

function drawFilter() {
  const ids = [...new Set([...state.chats.keys(), ...entries.map((entry) => entry.chat)])].filter(Boolean);
  const kind = (id) => word("kind", state.chats.get(id)?.kind ?? "private");
  const label = (id) => (state.chats.has(id) || state.users.has(id) ? `${chatName(id)} · ${kind(id)}` : chatName(id));
  const options = [[0, t("everyChat")], ...ids.map((id) => [id, label(id)])];
  const signature = JSON.stringify(options);
  if ($("wire-chat").drawn === signature) return;
  $("wire-chat").drawn = signature;
  $("wire-chat").replaceChildren(...options.map(([id, text]) => h("option", { value: id, text })));
  $("wire-chat").value = String(wanted);
  if ($("wire-chat").selectedIndex < 0) filter(0);
}

function filter(chat) {
  wanted = chat;
  stuck = true;
  $("wire-chat").value = String(chat);
  drawAll();
}

/** Show the line that brought a message (or changed it last), opened. */
export function showOnWire(chat, ids) {
  const entry = entries.findLast((item) => item.chat === chat && item.ids.some((id) => ids.includes(id)));
  if (!entry) return toast(t("notOnWire"), true);
  opened.add(entry.n);
  stuck = false;
  if (wanted && wanted !== chat) filter(0);
  stuck = false;
  drawAll();
  go({ view: "wire", push: true });
  const node = list().querySelector(`[data-n="${Number(entry.n)}"]`);
  node?.classList.add("found");
  node?.scrollIntoView({ block: "nearest" });
  return node?.querySelector("button").focus({ preventScroll: true });
}

/** Names on the lines follow the names of people and chats. */
let names = "";
function named() {
  const known = JSON.stringify([[...state.chats.values()].map(({ id, title }) => [id, title]), [...state.users.values()].map(({ id, name }) => [id, name])]);
  if (known !== names) { names = known; drawAll(); }
  drawFilter();
}

export function startWire() {
  $("wire-chat").addEventListener("change", (event) => filter(Number(event.target.value)));
  $("wire-polls").addEventListener("change", drawAll);
  $("wire-newer").addEventListener("click", () => { stuck = true; toEnd(); });
  list().addEventListener("scroll", () => {
    stuck = list().scrollHeight - list().scrollTop - list().clientHeight < 60;
    if (stuck) $("wire-newer").hidden = true;
  });
  new ResizeObserver(() => { if (stuck) toEnd(); }).observe(list());
  on("state", named);
  on("wire", drawFilter);
  drawFilter();
  api.followWire(take, new AbortController().signal);
}
