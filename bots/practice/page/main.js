// The practice room's page: the parts are started here, and what is asked of the server in the background.
import * as api from "./api.js";
import { startChats } from "./chats.js";
import { startClock, syncClock } from "./clock.js";
import { startComposer } from "./composer.js";
import { $ } from "./dom.js";
import { followGuide, startGuide } from "./guide.js";
import { startLightbox } from "./lightbox.js";
import { startPeople } from "./people.js";
import { startSide } from "./side.js";
import { communityName, communityNow, emit, go, loadCast, loadEvents, loadLatest, loadScreen, me, on, readAddress, recall, state } from "./store.js";
import { startTalk } from "./talk.js";
import { label, language, setLanguage, t } from "./words.js";

const LATEST = 3e3;
const SLOW = 10e3;

function drawView() {
  $("columns").dataset.view = state.view;
  document.body.dataset.view = state.view;
  for (const tab of $("tabs").querySelectorAll("[data-view]")) {
    if (tab.dataset.view === state.view || (tab.dataset.view === "chats" && state.view === "talk")) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}

function drawArea() {
  const area = communityNow();
  $("community").textContent = communityName(area) || me()?.area_name || "";
}

function drawLanguage() {
  label();
  $("lang").textContent = language() === "en" ? "中文" : "EN";
  $("lang").lang = language() === "en" ? "zh-CN" : "en";
  $("lang").setAttribute("aria-label", t("langName"));
  emit("label");
}

const quietly = (promise) => promise.catch(() => {});

/** What the right column and the guide show: asked again when something happened, and now and then. */
let refreshing = false;
let again = false;
async function refresh() {
  again = true;
  if (refreshing) return;
  refreshing = true;
  while (again) {
    again = false;
    await Promise.allSettled([loadEvents(), loadScreen()]);
    await quietly(followGuide());
  }
  refreshing = false;
}

function every(milliseconds, work) {
  const turn = async () => {
    if (document.visibilityState === "visible") await quietly(work());
    setTimeout(turn, milliseconds);
  };
  setTimeout(turn, milliseconds);
}

async function begin() {
  for (let wait = 1000; ; wait = Math.min(8000, wait * 2)) {
    try {
      await Promise.all([loadCast(), syncClock()]);
      await loadLatest();
      break;
    } catch {
      $("offline").hidden = false;
      $("offline").textContent = t("startFailed");
      await new Promise((resolve) => { setTimeout(resolve, wait); });
    }
  }
  $("offline").hidden = true;
  $("offline").textContent = t("offline");
  const asked = readAddress();
  go({ person: asked.person || recall("me", ""), chat: asked.chat, view: asked.view || "chats" });
  refresh();
  every(LATEST, loadLatest);
  every(SLOW, refresh);
  every(30e3, syncClock);
}

function start() {
  for (const part of [startChats, startPeople, startTalk, startComposer, startSide, startClock, startGuide, startLightbox]) part();
  $("tabs").addEventListener("click", (event) => {
    const view = event.target.closest("[data-view]")?.dataset.view;
    if (view) go({ view });
  });
  $("lang").addEventListener("click", () => { setLanguage(language() === "en" ? "zh" : "en"); drawLanguage(); });
  addEventListener("popstate", () => { const asked = readAddress(); go({ ...asked, view: asked.view || "chats", fromHistory: true }); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible" && state.me) { quietly(loadLatest()); refresh(); } });
  on("view", drawView);
  on("chat cast screen", drawArea);
  on("person chat acted latest", refresh);
  on("acted", () => quietly(loadLatest()));
  api.onReach((there) => { if (there && state.me) { quietly(loadLatest()); refresh(); } });
  drawLanguage();
  begin();
}

start();
