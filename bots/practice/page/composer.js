// The message box: text, photos, the mention, a quoted message; one draft for each person in each chat.
import * as api from "./api.js";
import { $, h, icon, said } from "./dom.js";
import { sample, shrink } from "./photos.js";
import { emit, ingestReplies, isDirect, keep, me, nameOf, now, on, recall, state } from "./store.js";
import { arrived, onItsWay } from "./talk.js";
import { sampleButtons } from "./trythis.js";
import { t, WORDS_OF_ROLE } from "./words.js";

const LIMIT = 9;
const MENTION = "@小应";
const ADDRESSED = /@小应|^\s*(报事|投诉|(反映|求助|建议|咨询)([\s，。,.:：！!、]|一下|个))/;

const drafts = new Map(); // "person|chat" -> {text, photos, quote, mention, id}
const texts = recall("drafts", {}); // the words alone survive a reload
const queues = new Map(); // "person|chat" -> the last sending, so that messages leave in their order
let busyPhotos = 0;

const keyNow = () => `${state.me}|${state.chat}`;
function draftOf(key) {
  if (!drafts.has(key)) drafts.set(key, { text: texts[key] ?? "", photos: [], quote: null, mention: false, id: null, error: "" });
  return drafts.get(key);
}
const draft = () => draftOf(keyNow());

function keepText(key) {
  const { text } = draftOf(key);
  if (text) texts[key] = text; else delete texts[key];
  keep("drafts", texts);
}

// Drawing

function drawAll() {
  const { text } = draft();
  $("composer-text").value = text;
  grow();
  drawChips();
  drawPhotos();
  drawQuote();
  drawTip();
  drawError();
}

const narrow = matchMedia("(max-width: 899px)");
function drawPlaceholder() {
  $("composer-text").placeholder = t(narrow.matches ? "writeShort" : "write");
}

function grow() {
  const field = $("composer-text");
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 168)}px`;
}

/** The role's own words, before them what the events that wait for me ask for. */
function words() {
  const role = me()?.role;
  const mine = [];
  const here = state.events.filter((event) => event.serial !== undefined);
  if (role === "grid_worker" || role === "community_staff" || role === "street_staff" || role === "partner") {
    const event = here.find((item) => item.status === "assigned" && handles(item)) ?? here.find((item) => item.status === "in_progress" && handles(item));
    if (event?.status === "assigned") mine.push(`接单 ${event.serial}`);
    if (event?.status === "in_progress") mine.push(`进展 ${event.serial} `, `办结 ${event.serial} `);
  } else {
    const event = here.find((item) => item.status === "awaiting_feedback");
    if (event) mine.push(`评价 ${event.serial} `);
  }
  return [...mine, ...(WORDS_OF_ROLE[role] ?? ["帮助"])];
}

const handles = (event) => !event.handler || !me()?.name || String(event.handler).includes(me().name) || me().name.includes(String(event.handler));

function drawChips() {
  const chat = state.chats.get(state.chat);
  if (!chat) return;
  const on = draft().mention;
  const nodes = [];
  if (!isDirect(chat)) nodes.push(h("button", { type: "button", class: "chip mention", testid: "mention", "aria-pressed": String(on), title: t(on ? "mentionOn" : "mentionOff"), onclick: toggleMention }, h("span", { text: t("mention") })));
  for (const text of words()) nodes.push(h("button", { type: "button", class: "chip", onclick: () => fill(text) }, h("span", { text: text.trim() })));
  const signature = JSON.stringify([nodes.map((node) => node.textContent), on, keyNow(), t("reply")]);
  if ($("chips").drawn === signature) return;
  $("chips").drawn = signature;
  const focused = $("chips").contains(document.activeElement);
  $("chips").replaceChildren(...nodes);
  if (focused) $("chips").firstElementChild?.focus();
}

function drawPhotos() {
  const { photos } = draft();
  $("previews").hidden = !photos.length;
  $("previews").replaceChildren(...photos.map((photo, i) => h("li", { class: "preview-photo" }, h("img", { src: photo.url, alt: photo.name }),
    h("button", { type: "button", class: "remove", testid: "remove-photo", "aria-label": t("removePhoto", { n: i + 1 }), onclick: () => removePhoto(i) }, icon("close")))));
}

function drawQuote() {
  const { quote: message } = draft();
  $("quoting").hidden = !message;
  if (message) $("quoting-text").textContent = `${t("reply")} ${nameOf(message.sender, t("bot"))}：${message.images?.length ? t("photoWord") : ""}${(message.text ?? "").slice(0, 80)}`;
}

function drawTip() {
  const chat = state.chats.get(state.chat);
  const { text, mention, quote: message } = draft();
  const show = chat && !isDirect(chat) && text.trim().length > 3 && !mention && message?.sender !== "bot" && !ADDRESSED.test(text);
  $("composer-tip").hidden = !show;
  $("composer-tip").textContent = show ? t("notAddressed") : "";
}

function drawError() {
  const { error } = draft();
  $("composer-error").hidden = !error;
  $("composer-error").textContent = error;
}

// Changing the draft

/** Put a word or a line into the box, ready to go on writing. */
export function fill(text) {
  draft().text = text;
  draft().error = "";
  keepText(keyNow());
  drawAll();
  const field = $("composer-text");
  field.focus();
  field.setSelectionRange(text.length, text.length);
}

export function quote(message) {
  draft().quote = message;
  drawQuote();
  drawTip();
  $("composer-text").focus();
}

function toggleMention() {
  draft().mention = !draft().mention;
  drawChips();
  drawTip();
  $("composer-text").focus();
}

function complain(key, text) {
  draftOf(key).error = text;
  if (key === keyNow()) drawError();
}

function explain(error) {
  if (error.text) return error.text;
  if (error.status === 413) return t("err_413");
  if (!error.status) return t("err_network");
  return t(error.status >= 500 ? "err_server" : "err_generic", { n: error.status });
}

export const fail = (error) => complain(keyNow(), explain(error));

async function addPhotos(makers) {
  const key = keyNow();
  const free = LIMIT - draftOf(key).photos.length;
  complain(key, makers.length > free ? t("photoLimit") : "");
  busyPhotos += 1;
  $("composer").classList.add("preparing");
  for (const { name, make } of makers.slice(0, Math.max(0, free))) {
    try {
      draftOf(key).photos.push(await make());
      draftOf(key).id = null;
    } catch { complain(key, t("photoBad", { name })); }
    if (key === keyNow()) drawPhotos();
  }
  busyPhotos -= 1;
  if (!busyPhotos) $("composer").classList.remove("preparing");
}

const addFiles = (files) => addPhotos([...files].filter((file) => file.type.startsWith("image/") || !file.type).map((file) => ({ name: file.name, make: () => shrink(file) })));
export const addSample = (kind) => addPhotos([{ name: kind, make: () => sample(kind) }]).then(() => $("composer-text").focus());

function removePhoto(i) {
  const [gone] = draft().photos.splice(i, 1);
  draft().id = null;
  URL.revokeObjectURL(gone.url);
  drawPhotos();
  $("composer-text").focus();
}

// Sending

function send() {
  const key = keyNow();
  const { me: sender, chat } = state;
  const now_ = draftOf(key);
  if (busyPhotos) return complain(key, t("photoBusy"));
  const typed = now_.text.trim();
  if (!chat || (!typed && !now_.photos.length)) return undefined;
  const text = now_.mention && !typed.includes(MENTION) ? `${MENTION} ${typed}`.trim() : typed;
  if ([...text].length > 4000) return complain(key, t("tooLong"));
  const sent = { id: now_.id ?? api.newId(), sender, text, images: now_.photos.map((photo) => photo.url), choices: [], at: new Date(now()).toISOString(), reply_to: now_.quote?.id, waiting: true };
  const before = { text: now_.text, photos: now_.photos, quote: now_.quote, mention: now_.mention, id: sent.id };
  Object.assign(now_, { text: "", photos: [], quote: null, id: null, error: "" });
  keepText(key);
  drawAll();
  onItsWay(chat, sent);
  const last = (queues.get(key) ?? Promise.resolve()).then(() => deliver(key, chat, sent, before));
  queues.set(key, last);
  return last;
}

async function deliver(key, chat, sent, before) {
  const body = { chat, sender: sent.sender, text: sent.text, photos: before.photos.map((photo) => photo.data), message_id: sent.id };
  if (sent.reply_to) body.reply_to = sent.reply_to;
  try {
    const answer = await api.say(body);
    ingestReplies(chat, answer.replies);
    setTimeout(() => { arrived(chat, sent); before.photos.forEach((photo) => URL.revokeObjectURL(photo.url)); }, 2500); // the long poll brings it sooner
    emit("acted");
  } catch (error) {
    restore(key, before, error);
    arrived(chat, sent);
    if (key !== keyNow()) emit("unsent", { chat, why: explain(error) });
  }
}

/** What could not be sent comes back to its box; the same words sent again keep their id, so that they count once. */
function restore(key, before, error) {
  const draftNow = draftOf(key);
  const untouched = !draftNow.text && !draftNow.photos.length;
  draftNow.text = [before.text, draftNow.text].filter(Boolean).join("\n");
  draftNow.photos = [...before.photos, ...draftNow.photos].slice(0, LIMIT);
  draftNow.quote ??= before.quote;
  draftNow.id = untouched && !error.status ? before.id : null;
  draftNow.error = explain(error);
  keepText(key);
  if (key === keyNow()) drawAll();
}

function typed() {
  const now_ = draft();
  now_.text = $("composer-text").value;
  now_.id = null;
  now_.error = "";
  keepText(keyNow());
  grow();
  drawTip();
  drawError();
}

function dropping() {
  const zone = $("talk");
  const withFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  zone.addEventListener("dragover", (event) => { if (withFiles(event)) { event.preventDefault(); zone.classList.add("dropping"); } });
  zone.addEventListener("dragleave", (event) => { if (!zone.contains(event.relatedTarget)) zone.classList.remove("dropping"); });
  zone.addEventListener("drop", (event) => {
    zone.classList.remove("dropping");
    if (!withFiles(event)) return;
    event.preventDefault();
    addFiles(event.dataTransfer.files);
  });
}

function sampler() {
  const shut = () => { $("samples").hidden = true; $("sample-open").setAttribute("aria-expanded", "false"); };
  $("sample-open").addEventListener("click", () => {
    if (!$("samples").hidden) return shut();
    $("samples").replaceChildren(said(t("sample"), { class: "samples-title" }), h("div", { class: "sample-row" }, sampleButtons(shut)));
    $("samples").hidden = false;
    return $("sample-open").setAttribute("aria-expanded", "true");
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".sampler")) shut(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") shut(); });
}

export function startComposer() {
  const field = $("composer-text");
  field.addEventListener("input", typed);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return; // 229: an input method is at work
    event.preventDefault();
    send();
  });
  field.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (files.length) { event.preventDefault(); addFiles(files); }
  });
  $("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  $("photo-input").addEventListener("change", (event) => { addFiles(event.target.files).finally(() => { event.target.value = ""; }); });
  $("photo-label").addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); $("photo-input").click(); } });
  $("quoting-drop").addEventListener("click", () => { draft().quote = null; drawQuote(); drawTip(); });
  dropping();
  sampler();
  narrow.addEventListener("change", drawPlaceholder);
  on("chat label", drawAll);
  on("chat label", drawPlaceholder);
  on("events cast", drawChips);
}
