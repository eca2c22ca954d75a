// Who I am, and becoming somebody else: the card, the main roles in one row, and everybody in a searchable list.
import { $, avatar, h, icon, redraw, said } from "./dom.js";
import { chatsOf, communityName, communityNow, communityOf, directOf, go, initialOf, me, on, state, toneOf, unread } from "./store.js";
import { t, word } from "./words.js";

const ROLES = ["resident", "volunteer", "grid_worker", "community_staff", "street_staff", "district_staff", "city_staff", "partner"];
const SHOWN = 60; // of one group in the list; the rest is found by searching

export const become = (person, chat) => go({ person, chat, push: true, view: chat && state.view !== "chats" ? "talk" : state.view });

const place = (person) => person.area_name || person.area || "";

/** One of each role in this community, the first of them; what stays is me if I am one of them. */
function cast() {
  const here = communityNow();
  const near = [...state.people.values()].filter((person) => !here || communityOf(person.id) === here);
  const pool = near.length ? near : [...state.people.values()];
  const chosen = [];
  for (const role of ROLES) {
    const ofRole = pool.filter((person) => person.role === role);
    chosen.push(...ofRole.slice(0, role === "resident" ? 2 : 1));
  }
  return chosen.slice(0, 7);
}

function drawMe() {
  const mine = me();
  if (!mine) return;
  redraw($("me"), [mine, t("switchHint")], () => [
    avatar(initialOf(mine.name), toneOf(mine.role)),
    h("span", { class: "me-text" },
      h("span", { class: "me-line" }, said(mine.name, { class: "me-name" }), h("span", { class: "me-role", text: [word("role", mine.role), place(mine)].filter(Boolean).join(" · ") })),
      h("span", { class: "me-swap" }, icon("swap"), h("span", { text: t("switchHint") }))),
  ]);
  redraw($("talk-me"), [mine, t("switchHint")], () => avatar(initialOf(mine.name), toneOf(mine.role)));
  $("talk-me").setAttribute("aria-label", `${mine.name}，${t("switchHint")}`);
  const others = cast();
  const news = others.map((person) => person.id !== state.me && unread(person.id, directOf(person.id)) > 0);
  redraw($("cast"), [others, news, state.me, t("role_resident")], () => others.map((person, i) => h("button",
    { type: "button", class: "cast-one", testid: `quick-${person.id}`, "data-focus": person.id, "aria-pressed": String(person.id === state.me), title: t("become", { name: person.name }), onclick: () => become(person.id) },
    avatar(initialOf(person.name), toneOf(person.role)), news[i] && h("span", { class: "dot" }),
    h("span", { class: "cast-name", text: person.role === "partner" ? t("castPartner") : word("role", person.role) }), h("span", { class: "unseen", text: person.name }))));
}

function drawList() {
  if (!$("switcher").open) return;
  const words = $("switcher-search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...state.people.values()].filter((person) => {
    const all = [person.name, place(person), person.area, word("role", person.role), communityName(communityOf(person.id))].join(" ").toLowerCase();
    return words.every((part) => all.includes(part));
  });
  const communities = new Map();
  for (const person of found) {
    const area = communityOf(person.id);
    if (!communities.has(area)) communities.set(area, []);
    communities.get(area).push(person);
  }
  const here = communityNow();
  const order = [...communities.keys()].sort((a, b) => (b === here) - (a === here) || (a === "") - (b === "") || a.localeCompare(b));
  const nodes = [];
  for (const area of order) {
    if (order.length > 1 || area) nodes.push(h("h3", { class: "switcher-area", text: area ? communityName(area) || area : t("elsewhere") }));
    for (const role of ROLES) {
      const group = communities.get(area).filter((person) => person.role === role);
      if (!group.length) continue;
      nodes.push(h("h4", { class: "switcher-role", text: word("role", role) }), h("ul", {}, group.slice(0, SHOWN).map(row)));
      if (group.length > SHOWN) nodes.push(h("p", { class: "quiet", text: t("moreHere", { n: group.length - SHOWN }) }));
    }
  }
  if (!found.length) nodes.push(h("p", { class: "quiet", text: t("nobody") }));
  $("switcher-list").replaceChildren(...nodes);
}

function row(person) {
  const news = chatsOf(person.id).filter((chat) => chat.kind === "direct").reduce((sum, chat) => sum + unread(person.id, chat.id), 0);
  const mine = person.id === state.me;
  return h("li", {}, h("button",
    { type: "button", class: "person", testid: `person-${person.id}`, "aria-current": mine ? "true" : false, onclick: () => { $("switcher").close(); become(person.id); } },
    avatar(initialOf(person.name), toneOf(person.role)),
    said(person.name, { class: "person-name" }), h("span", { class: "person-place", text: place(person) }),
    mine ? icon("check") : news > 0 && h("span", { class: "badge", text: news > 99 ? "99+" : String(news) })));
}

export function openSwitcher() {
  $("switcher").showModal();
  $("switcher-search").value = "";
  drawList();
  $("switcher-list").scrollTop = 0;
  if (matchMedia("(hover: hover)").matches) $("switcher-search").focus();
}

export function startPeople() {
  for (const id of ["me", "talk-me", "tab-people"]) $(id).addEventListener("click", openSwitcher);
  $("switcher-close").addEventListener("click", () => $("switcher").close());
  $("switcher-search").addEventListener("input", drawList);
  $("switcher-search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // else the key would press what has the focus next
    $("switcher-list").querySelector(".person")?.click();
  });
  $("switcher").addEventListener("click", (event) => { if (event.target === $("switcher")) $("switcher").close(); });
  on("person chat cast latest read label", drawMe);
  on("cast label", drawList);
}
