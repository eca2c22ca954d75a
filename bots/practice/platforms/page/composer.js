// The message box: words, photos, a quoted message, other kinds; one draft for each person in each chat.
import * as api from "./api.js";
import { excerpt } from "./bubble.js";
import { $, h, icon, menu, reason } from "./dom.js";
import { sample, shrink } from "./photos.js";
import { act, on, state } from "./store.js";
import { t, word } from "./words.js";

const ALBUM = 10;
const KINDS = ["voice", "location", "sticker"];

const drafts = new Map(); // "person|chat" -> {text, photos, quote, error, busy}
let samples = 0;

function draft() {
  const key = `${state.me}|${state.chat}`;
  if (!drafts.has(key)) drafts.set(key, { text: "", photos: [], quote: null, error: "", busy: 0 });
  return drafts.get(key);
}

function draw(mine = draft()) {
  if (mine !== draft()) return; // somebody else's turn by now
  const { text, photos, quote: message, error, busy } = mine;
  if ($("text").value !== text) $("text").value = text;
  grow();
  $("error").hidden = !error;
  $("error").textContent = error;
  $("quoting").hidden = !message;
  $("quoting-text").textContent = message ? `${t("reply")} ${message.sender.name}：${excerpt(message).slice(0, 80)}` : "";
  $("previews").hidden = !photos.length;
  $("previews").replaceChildren(...photos.map((photo, i) => h("li", { class: "preview" }, h("img", { src: photo.url, alt: photo.name }),
    h("button", { type: "button", class: "remove", "aria-label": t("removePhoto", { n: i + 1 }), onclick: () => remove(photo) }, icon("close")))));
  $("composer").classList.toggle("busy", busy > 0);
}

function grow() {
  const field = $("text");
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 150)}px`;
}

export function quote(message) {
  draft().quote = message;
  draw();
  $("text").focus();
}

// Photos

async function add(makers) {
  const mine = draft();
  const free = Math.max(0, ALBUM - mine.photos.length);
  mine.error = makers.length > free ? t("photoLimit") : "";
  mine.busy += 1;
  draw(mine);
  for (const { name, make } of makers.slice(0, free)) {
    try { mine.photos.push(await make()); } catch { mine.error = t("photoBad", { name }); }
    draw(mine);
  }
  mine.busy -= 1;
  draw(mine);
}

const addFiles = (files) => add([...files].map((file) => ({ name: file.name, make: () => shrink(file) })));
const addSample = () => add([{ name: t("sample"), make: () => sample(t("sample"), ++samples) }]);

function remove(photo) {
  draft().photos = draft().photos.filter((item) => item !== photo);
  URL.revokeObjectURL(photo.url);
  draw();
  $("text").focus();
}

// Sending

async function send(kind = "") {
  const mine = draft();
  if (mine.busy) { mine.error = t("photoBusy"); return draw(mine); }
  const { me: user, chat, thread } = state;
  const { text, photos, quote: message } = mine;
  if (!chat || (!kind && !text.trim() && !photos.length)) return undefined;
  const body = { chat, user, text: kind ? "" : text.trim(), photos: kind ? [] : photos.map((photo) => photo.data), kind };
  if (message) body.reply_to = message.message_id;
  if (thread || message?.thread) body.thread = thread || message.thread;
  mine.busy += 1;
  draw(mine);
  try {
    await (state.chats.has(chat) ? api.say(body) : act(api.say(body))); // the first words open a 1:1 chat
    if (!kind) for (const photo of photos) URL.revokeObjectURL(photo.url);
    Object.assign(mine, { quote: null, error: "" }, kind ? {} : { text: mine.text === text ? "" : mine.text, photos: mine.photos.filter((photo) => !photos.includes(photo)) });
  } catch (error) {
    mine.error = reason(error);
  }
  mine.busy -= 1;
  return draw(mine);
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

export function startComposer() {
  const field = $("text");
  field.addEventListener("input", () => { Object.assign(draft(), { text: field.value, error: "" }); draw(); });
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
  $("photo-open").addEventListener("click", () => $("photo-input").click());
  $("photo-input").addEventListener("change", (event) => { addFiles(event.target.files).finally(() => { event.target.value = ""; }); });
  $("quoting-drop").addEventListener("click", () => { draft().quote = null; draw(); field.focus(); });
  const item = (name, text, work, shut) => h("button", { type: "button", class: "panel-item flat", testid: `kind-${name}`, onclick: () => { shut(); work(); } }, icon(name), h("span", { text }));
  menu($("kinds-open"), $("kinds"), (shut) => [...KINDS.map((kind) => item(kind, word("kind", kind), () => send(kind), shut)), item("sample", t("sample"), addSample, shut)]);
  dropping();
  on("chat", () => draw());
}
