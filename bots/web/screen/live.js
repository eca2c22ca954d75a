// What the screen is told, as it happens: by server-sent events, and where they fail by asking from time to time.

const POLL = 10e3;
const SILENCE = 50e3; // the server says every 20 s that it is there
const AGAIN = 10e3;

/**
 * Follow the screen whose address is `home`. `told(state)`: a state, maybe the same again. `ticked(now)`: the server's time.
 * `away(yes)`: whether nothing of it can be reached.
 */
export function follow(home, { told, ticked, away }) {
  let source = null;
  let watchdog = 0;
  let polling = 0; // a timer while the stream is down, else 0
  let reopening = 0;

  function open() {
    clearTimeout(reopening);
    reopening = 0;
    source?.close();
    source = new EventSource(`${home}/events`);
    source.onmessage = (event) => { heard(); told(JSON.parse(event.data)); };
    source.addEventListener("clock", (event) => { heard(); ticked(event.data); });
    source.onerror = lost;
    watch();
  }

  function watch() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => { open(); poll(); }, SILENCE); // a line that was cut says nothing at all
  }

  function heard() {
    clearTimeout(polling);
    polling = 0;
    watch();
    away(false);
  }

  function lost() { // the browser connects again by itself, except where it was refused
    if (source.readyState === EventSource.CLOSED && !reopening) reopening = setTimeout(open, AGAIN);
    if (!polling) poll();
  }

  async function poll() {
    clearTimeout(polling);
    const mine = polling = setTimeout(poll, POLL);
    try {
      const answer = await fetch(`${home}/state`, { cache: "no-store", signal: AbortSignal.timeout(8e3) });
      if (!answer.ok) throw new Error(String(answer.status));
      const { now, ...state } = await answer.json();
      if (polling !== mine) return; // the stream was faster
      ticked(now);
      told(state);
      away(false);
    } catch {
      if (polling === mine) away(true);
    }
  }

  addEventListener("offline", () => away(true));
  addEventListener("online", () => { open(); poll(); });
  open();
}
