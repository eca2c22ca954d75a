// Every word of the screen itself, in Chinese and English. What it shows comes from the server.

const WORDS = {
  zh: {
    html: "zh-CN", title: "{name} · 呼应", motto: "民呼我应 · 治理日志", open: "在办", closed: "已办结",
    log: "治理日志", notice: "通知", honours: "光荣榜", how: "怎么报事", howText: "群里说一声：报事 + 内容，小应马上登记",
    call: "身边有事，群里说一声", say: "报事", what: "内容", example: "例如：报事 3号楼门口的垃圾两天没人清理",
    promise: "小应马上登记，办到哪一步都告诉您，办好了在这里给大家看。",
    away: "网络断开 · {at} 的内容", day: "{month}月{day}日", days: "周日 周一 周二 周三 周四 周五 周六",
  },
  en: {
    html: "en", title: "{name} · Huying", motto: "You call, we answer", open: "open", closed: "solved",
    log: "How it was handled", notice: "Notice", honours: "Honours", how: "How to report", howText: "Say in the group: report + what is wrong",
    call: "Something wrong nearby? Say it in the group", say: "report", what: "what is wrong", example: "For example: report the rubbish at building 3 has been there for two days",
    promise: "It is noted at once, you are told of every step, and what was done is shown here.",
    away: "Offline · as of {at}", day: "{month}/{day}", days: "Sun Mon Tue Wed Thu Fri Sat",
  },
};

let words = WORDS.zh;

export const t = (key, params = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => params[name] ?? "");

/** Speak that language from now on, the page's own words included. */
export function speak(language) {
  words = WORDS[language] ?? WORDS.zh;
  document.documentElement.lang = words.html;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = words[node.dataset.word];
}
