// A picture at full size: wide ones fit the window, tall ones (the illustrated logs) fill the width and scroll.
import { $ } from "./dom.js";
import { t } from "./words.js";

let pictures = [];
let place = 0;

export function openLightbox(list, at = 0) {
  pictures = list;
  show(at);
  if (!$("lightbox").open) $("lightbox").showModal();
  $("lightbox-stage").focus();
}

function show(at) {
  place = (at + pictures.length) % pictures.length;
  const image = $("lightbox-image");
  image.className = "";
  image.src = pictures[place].url;
  image.alt = pictures[place].alt;
  $("lightbox-open").href = pictures[place].url;
  $("lightbox-count").textContent = pictures.length > 1 ? `${place + 1} / ${pictures.length}` : "";
  for (const id of ["lightbox-prev", "lightbox-next"]) $(id).hidden = pictures.length < 2;
  $("lightbox-stage").scrollTop = 0;
}

export function startLightbox() {
  const box = $("lightbox");
  const image = $("lightbox-image");
  image.addEventListener("load", () => image.classList.toggle("tall", image.naturalHeight > image.naturalWidth * 1.5));
  image.addEventListener("error", () => { if (image.getAttribute("src")) image.alt = t("pictureLost"); });
  image.addEventListener("click", (event) => { event.stopPropagation(); image.classList.toggle("zoomed"); });
  $("lightbox-close").addEventListener("click", () => box.close());
  $("lightbox-prev").addEventListener("click", () => show(place - 1));
  $("lightbox-next").addEventListener("click", () => show(place + 1));
  $("lightbox-stage").addEventListener("click", () => box.close());
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft" && pictures.length > 1) show(place - 1);
    if (event.key === "ArrowRight" && pictures.length > 1) show(place + 1);
  });
  box.addEventListener("close", () => image.removeAttribute("src"));
}
