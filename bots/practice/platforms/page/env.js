// The world around: faults that are queued or come at random, and the clock.
import * as api from "./api.js";
import { $, h, reason, redraw, toast, when } from "./dom.js";
import { now, on, setClock } from "./store.js";
import { t, word } from "./words.js";

const FAULTS = ["429", "500", "502", "timeout", "cut"];
const METHODS = ["sendMessage", "sendPhoto", "sendMediaGroup", "sendDocument", "editMessageText", "editMessageReplyMarkup", "answerCallbackQuery", "getFile", "getUpdates", "setMyCommands"];
const fieldOf = (name) => `rate-${name}`;

async function faults(body, done) {
  try {
    show(await api.faults(body));
    if (done) toast(done);
  } catch (error) { if (body) toast(reason(error), true); }
}

function show({ rates = {}, next = [] }) {
  const line = (item) => [word("fault", item.fault), item.method || t("anyMethod"), item.fault === "429" && item.retry_after ? `${item.retry_after} ${t("seconds")}` : ""].filter(Boolean).join(" · ");
  redraw($("queued"), next, () => next.map((item) => h("li", { class: "queued-one", text: line(item) })));
  const on_ = FAULTS.filter((name) => rates[name] > 0);
  $("rates-now").textContent = on_.length ? on_.map((name) => `${word("fault", name)} ${Math.round(rates[name] * 1000) / 10}%`).join("，") : t("ratesOff");
  for (const name of FAULTS) {
    const field = $(fieldOf(name));
    if (document.activeElement !== field) field.value = Math.round((rates[name] ?? 0) * 1000) / 10;
  }
}

function drawKind() {
  const kind = $("fault-kind").value;
  $("fault-note").textContent = t(`faultNote_${kind}`);
  $("fault-after-box").hidden = kind !== "429";
}

function queue(event) {
  event.preventDefault();
  const fault = $("fault-kind").value;
  const method = $("fault-method").value;
  const one = { fault, ...(method && { method }), ...(fault === "429" && { retry_after: Math.max(1, Number($("fault-after").value) || 1) }) };
  faults({ next: [one] });
}

const setRates = (rates) => faults({ rates }, t("ratesSaved"));

function drawClock() {
  for (const id of ["now", "clock-now"]) {
    $(id).textContent = when(now());
    $(id).dateTime = new Date(now()).toISOString();
  }
}

async function advance(by) {
  const buttons = $("clock").querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  $("clock-line").setAttribute("aria-busy", "true");
  try {
    setClock((await api.clock({ advance: by })).now);
    toast(t("clockNow", { when: when(now()) }));
  } catch (error) {
    toast(reason(error), true);
  }
  for (const button of buttons) button.disabled = false;
  $("clock-line").removeAttribute("aria-busy");
}

/** A clock that nobody can move is only shown. */
function fix(fixed) {
  $("clock-note").hidden = !fixed;
  for (const field of $("clock").querySelectorAll("button, input, select")) field.disabled = fixed;
}

export function startEnv() {
  $("fault-kind").append(...FAULTS.map((name) => h("option", { value: name, text: word("fault", name) })));
  $("fault-method").append(h("option", { value: "", text: t("anyMethod") }), ...METHODS.map((name) => h("option", { value: name, text: name })));
  $("rates-form").append(...FAULTS.map((name) => h("label", { class: "field rate" }, h("span", { text: /\d/.test(name) ? name : word("fault", name) }), h("input", { id: fieldOf(name), type: "number", min: 0, max: 100, step: 1, value: 0, inputmode: "numeric", "aria-label": t("rateOf", { name: word("fault", name) }) }), h("span", { text: "%" }))),
    h("button", { type: "submit", class: "soft", testid: "rates-set", text: t("ratesSet") }),
    h("button", { type: "button", class: "soft", text: t("ratesNone"), onclick: () => setRates(Object.fromEntries(FAULTS.map((name) => [name, 0]))) }));
  drawKind();
  $("fault-kind").addEventListener("change", drawKind);
  $("fault-form").addEventListener("submit", queue);
  $("rates-form").addEventListener("submit", (event) => {
    event.preventDefault();
    setRates(Object.fromEntries(FAULTS.map((name) => [name, Math.min(100, Math.max(0, Number($(fieldOf(name)).value) || 0)) / 100])));
  });
  for (const button of $("clock").querySelectorAll("[data-advance]")) button.addEventListener("click", () => advance(button.dataset.advance));
  $("clock-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const count = Math.floor(Number($("clock-count").value));
    const unit = $("clock-unit").value;
    if (count > 0) advance(unit === "D" ? `P${count}D` : `PT${count}${unit}`);
  });
  on("clock", drawClock);
  on("wire", ({ afresh }) => { if (afresh) api.clock().then(({ moves }) => fix(moves === false)).catch(() => {}); });
  on("wire", ({ fresh, afresh }) => { if (afresh || fresh.some((entry) => entry.fault)) faults(); }); // one of the queue was used up
  setInterval(drawClock, 5000);
}
