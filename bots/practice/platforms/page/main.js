// The page of a platform's stand-in: the phones on the left, the wire on the right. This puts the parts together.
import * as api from "./api.js";
import { startLightbox } from "./bubble.js";
import { startComposer } from "./composer.js";
import { $ } from "./dom.js";
import { startEnv } from "./env.js";
import { startPeople } from "./people.js";
import { go, load, on, readAddress, state } from "./store.js";
import { startTalk } from "./talk.js";
import { startWire } from "./wire.js";
import { label, language, t } from "./words.js";

const LOOK_AGAIN = 20_000; // ms: who is where may change without a line on the wire

function drawView() {
  document.body.dataset.view = state.view;
  for (const tab of $("tabs").querySelectorAll("[data-view]")) {
    const current = tab.dataset.view === state.view || (tab.dataset.view === "chats" && state.view === "talk");
    if (current) tab.setAttribute("aria-current", "page"); else tab.removeAttribute("aria-current");
  }
}

function drawNames() {
  $("platform").textContent = state.platform;
  document.title = [t("title"), state.platform].filter(Boolean).join(" · ");
}

function drawReach(there) {
  $("offline").hidden = there;
  $("offline").textContent = there ? "" : t("offline");
  if (there) load().catch(() => {});
}

function start() {
  label();
  const other = language === "en" ? "zh" : "en";
  Object.assign($("lang"), { href: `?lang=${other}`, lang: other === "en" ? "en" : "zh-CN", textContent: other === "en" ? "EN" : "中文" });
  $("lang").setAttribute("aria-label", t("langName"));
  $("lang").addEventListener("click", () => { $("lang").href = `?lang=${other}${location.hash}`; });
  document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); go({ view: "talk" }); $("text").focus(); });
  $("tabs").addEventListener("click", (event) => {
    const view = event.target.closest("[data-view]")?.dataset.view;
    if (view) go({ view, push: true });
  });
  addEventListener("popstate", () => go({ ...readAddress(), fromHistory: true }));
  on("view", drawView);
  on("state", drawNames);
  for (const part of [startPeople, startTalk, startComposer, startEnv, startLightbox, startWire]) part();
  api.onReach(drawReach);
  state.view = readAddress().view;
  drawView();
  load().catch(() => {}); // when the server comes back it is asked again
  setInterval(() => { if (document.visibilityState === "visible") load().catch(() => {}); }, LOOK_AGAIN);
}

start();
