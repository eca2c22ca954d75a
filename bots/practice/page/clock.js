// The practice clock: it runs on like any other, and can be moved forward.
import * as api from "./api.js";
import { $, fullTime, weekTime } from "./dom.js";
import { emit, now, on, state } from "./store.js";
import { toast } from "./toasts.js";
import { t } from "./words.js";

function set(answer) {
  const at = Date.parse(answer?.now);
  if (Number.isNaN(at)) return;
  state.offset = at - Date.now();
  state.clockKnown = true;
  draw();
}

function draw() {
  if (!state.clockKnown) return;
  $("clock-time").textContent = weekTime(now());
  $("clock-time").dateTime = new Date(now()).toISOString();
  $("clock-now").title = fullTime(now());
}

export const syncClock = () => api.clock().then(set);

async function advance(by, button) {
  const group = $("clock");
  if (group.getAttribute("aria-busy") === "true") return;
  group.setAttribute("aria-busy", "true");
  for (const other of $("clock-buttons").querySelectorAll("button")) other.disabled = true;
  button.classList.add("busy");
  button.textContent = t("clockBusy");
  try {
    set(await api.advance(by));
    toast({ text: t("clockNow", { when: fullTime(now()) }) });
    emit("acted");
  } catch (error) {
    toast({ text: t("clockFailed", { why: error.text || t("offline") }) });
  } finally {
    group.setAttribute("aria-busy", "false");
    for (const other of $("clock-buttons").querySelectorAll("button")) other.disabled = false;
    button.classList.remove("busy");
    button.textContent = t(button.dataset.label);
    shut();
  }
}

function shut() {
  $("clock").classList.remove("open");
  $("clock-now").setAttribute("aria-expanded", "false");
}

export function startClock() {
  for (const button of $("clock-buttons").querySelectorAll("button")) button.addEventListener("click", () => advance(button.dataset.advance, button));
  $("clock-now").addEventListener("click", () => {
    const open = $("clock").classList.toggle("open");
    $("clock-now").setAttribute("aria-expanded", String(open));
  });
  document.addEventListener("click", (event) => { if (!event.target.closest("#clock")) shut(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") shut(); });
  on("label", draw);
  setInterval(draw, 5e3);
}
