// Asks whether the pictures are drawn, and shows the page anew once they are: until then nothing moves under the reader's finger.
// Without scripts the page asks by refreshing itself.

const box = document.getElementById("redrawing");
let looks = Number(box.dataset.looks);

async function look() {
  try {
    const answer = await fetch(box.dataset.state, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.type === "opaqueredirect" || (answer.ok && (await answer.json()).state !== "drawing")) return location.reload();
  } catch {
    // no network just now: ask again
  }
  looks -= 1;
  if (looks > 0) setTimeout(look, Number(box.dataset.every) * 1000);
  else location.replace(box.dataset.slow);
}

setTimeout(look, Number(box.dataset.every) * 1000);
