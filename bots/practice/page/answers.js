// Which choice of a question was taken: told by what the bot said afterwards, whoever answered and in whatever way;
// where it says nothing of the kind, remembered in this browser.
import { keep, recall, state } from "./store.js";

// What the bot says when a choice was taken: which of the ids that is. "" closes the question with none chosen.
const RESULT = {
  accepted: () => "accept", sent_back: () => "send_back", escalated: () => "escalate", handed_on: () => "transfer",
  rated: (params) => String(params.stars), rated_public: (params) => String(params.stars), rated_low: (params) => String(params.stars),
  photos_allowed: () => "photos_yes", photos_denied: () => "photos_no", made_private: () => "private",
  reopened: () => "reopen", settled: () => "settle", kept_apart: () => "no",
  log_approved: () => "approve", log_refused: () => "refuse", log_withdrawn: () => "", log_preview_again: () => "", notice_preview_again: () => "", poster_preview_again: () => "", log_undone: () => "",
  redemption_cancelled: () => "cancel",
};
const ALSO = { approve: "checked" }; // what approves where photos were asked about first
const ASIDE = ["cover", "drop_photo"]; // what may be done to a log before it is decided upon
const OF_LOG = /^(log|notice|poster)_|^check_first/;
const ABOUT = ["log", "code", "serial"]; // a result belongs to a question about the same log, code or event

// What only asks further, shows something or refuses: the choice stays open.
const LEFT_OPEN = new Set(["not_asked", "not_yours", "step_impossible", "choice_gone", "own_handling", "staff_only", "try_again", "log_impossible",
  "whom", "whom_unknown", "reason_needed", "reason_needed_log", "words_needed", "change_how", "points_short", "out_of_stock", "shelf_empty",
  "catalogue", "catalogue_short", "review_list", "review_empty", "log_preview", "log_shown", "notice_preview", "poster_preview",
  "check_first", "which_photo", "no_photos", "log_redrawn", "log_minor", "own_words", "second_person", "log_confirmed", "log_gone_out"]);

/** Choices of one question that exclude each other: stars, pictures, each of a list, else all that are left. */
export function groupOf(id) {
  if (/^[1-5]$/.test(id)) return "stars";
  if (/^photos_/.test(id)) return "photos";
  if (id === "private" || ASIDE.includes(id) || /^(accept-|L\d)/.test(id)) return id;
  return "step";
}

const kept = recall("answered", {}); // chat|message|group -> the choice taken from this browser

/** Remember a choice unless the bot only asked further or refused; the newest 300 are kept. */
export function markAnswered(chat, message, choice, replies) {
  if (replies.some((reply) => LEFT_OPEN.has(reply.key))) return;
  kept[`${chat}|${message}|${groupOf(choice)}`] = choice;
  for (const old of Object.keys(kept).slice(0, -300)) delete kept[old];
  keep("answered", kept);
}

/** Group -> the choice taken, for one message with choices. */
export function answersOf(message) {
  const taken = {};
  const groups = new Set(message.choices.map((choice) => groupOf(choice.id)));
  for (const group of groups) {
    const mine = kept[`${message.chat}|${message.id}|${group}`];
    if (mine !== undefined) taken[group] = mine;
  }
  const about = ABOUT.find((name) => message.params?.[name] !== undefined);
  if (!about) return taken;
  const later = [...(state.messages.get(message.chat)?.values() ?? [])].filter((other) => other.seq > message.seq && other.sender === "bot" && RESULT[other.key] && other.params?.[about] === message.params[about]).sort((a, b) => a.seq - b.seq);
  for (const other of later) {
    const said = RESULT[other.key](other.params);
    const choice = message.choices.find((item) => item.id === said || item.id === ALSO[said])?.id ?? said;
    const group = choice ? groupOf(choice) : "step";
    const offered = choice === "" ? OF_LOG.test(other.key) && OF_LOG.test(message.key) : message.choices.some((item) => item.id === choice);
    if (!offered) continue;
    taken[group] ??= choice;
    if (group === "step") for (const aside of ASIDE) taken[aside] ??= ""; // decided upon, there is nothing more to mend
  }
  return taken;
}
