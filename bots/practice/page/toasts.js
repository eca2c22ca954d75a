// Short notices that leave by themselves, with at most one thing to do.
import { $, h, icon, said } from "./dom.js";
import { t } from "./words.js";

const SHOWN = 2;
const STAYS = 9000;

/** Notices about this chat have done their work once it is open. */
export function dropToasts(about) {
  for (const node of $("toasts").querySelectorAll("[data-about]")) if (node.dataset.about === about) node.remove();
}

/** `about`: the chat it is about; a newer notice about the same one takes its place. */
export function toast({ text, more = "", action = "", act, about = "" }) {
  if (about) dropToasts(about);
  const node = h("div", { class: "toast", testid: "toast", "data-about": about || false });
  let timer = 0;
  const leave = () => { clearTimeout(timer); node.remove(); };
  const wait = () => { clearTimeout(timer); timer = setTimeout(leave, STAYS); };
  node.append(
    h("div", { class: "toast-text" }, said(text, { class: "toast-line" }), more && said(more, { class: "toast-more" })),
    ...(act ? [h("button", { type: "button", class: "toast-go", text: action, onclick: () => { leave(); act(); } })] : []),
    h("button", { type: "button", class: "ghost", "aria-label": t("close"), onclick: leave }, icon("close")));
  for (const name of ["pointerenter", "focusin"]) node.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) node.addEventListener(name, wait);
  const shown = $("toasts");
  shown.append(node);
  while (shown.children.length > SHOWN) shown.firstElementChild.remove();
  wait();
}
