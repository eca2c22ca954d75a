// Every label of the page itself, in Chinese and English. What people and the bot say comes from the server.

const ZH = {
  title: "呼应 · 实训室", skip: "跳到输入框", room: "实训室", note: "练习环境，不会惊动真实部门",
  clock: "模拟时间", clockNote: "把时间往前拨，看到期、催办和发布", plusHour: "+1小时", plusDay: "+1天", plusWeek: "+8天",
  clockBusy: "拨时间…", clockNow: "现在是 {when}", clockFailed: "时间没拨动：{why}",
  left: "我和我的聊天", cast: "常用角色，一点就换", myChats: "我的聊天", talk: "对话", messages: "聊天记录", side: "事件和大屏",
  tabs: "页面切换", tabChats: "聊天", tabEvents: "事件", tabScreen: "大屏", tabPeople: "换人",
  back: "返回聊天列表", tryThis: "试一试", offline: "连接断开，正在重连…", newer: "有新消息", earlier: "看更早的消息",
  chips: "常用的话", write: "说点什么…（发“帮助”看看能做什么）", writeShort: "说点什么…", send: "发送", sending: "发送中…",
  addPhoto: "加照片（也可以粘贴或拖进来）", sample: "样例照片", sampleBefore: "处置前", sampleAfter: "处置后",
  previews: "要发的照片", removePhoto: "去掉第 {n} 张照片", photoLimit: "一次最多 9 张照片", photoBad: "这张图片打不开，换一张试试：{name}",
  photoBusy: "照片还在处理，稍等一下再发", tooLong: "一次最多 4000 字，请分两次发",
  mention: "@小应", mentionOn: "这句话会 @小应", mentionOff: "点一下，这句话就 @小应",
  notAddressed: "群里的闲话小应不插嘴。要它办事：点“@小应”，或者用“报事”开头。",
  reply: "回复", dropQuote: "不回复这条了", quoteGone: "较早的一条消息", photoWord: "[图片]", bot: "小应",
  become: "换成{name}说话", switchTitle: "换一个人说话", switchHint: "换一个人说话", search: "搜姓名、角色或网格", nobody: "没有找到这个人",
  moreHere: "还有 {n} 位，搜一下名字", close: "关闭", elsewhere: "其他",
  noChats: "这个人还没有聊天", direct: "1:1", members: "（{n}）", pickChat: "选一个聊天开始", loading: "正在打开…",
  bigPicture: "点开看大图", picture: "图片 {n}", pictureLost: "图片没有加载出来", lightbox: "看大图", previous: "上一张", next: "下一张", original: "打开原图",
  events: "事件", othersHere: "其他事件", noEvents: "还没有看得到的事件", noEventsHint: "在群里说“报事 + 内容”，这里会出现它走到了哪一步。",
  serial: "编号{n}", handler: "办理人", nobodyYet: "还没分办", deadline: "时限", people: "反映人", peopleCount: "{n} 位", grid: "网格", stars: "评价", starsOf: "{n} 星",
  left_days: "还有 {n} 天", left_hours: "还有 {n} 小时", left_minutes: "还有 {n} 分钟", late_days: "已超 {n} 天", late_hours: "已超 {n} 小时", late_minutes: "已超 {n} 分钟", late: "已超时",
  status_new: "待分办", status_assigned: "待接单", status_in_progress: "处置中", status_awaiting_feedback: "待评价", status_closed: "已办结", status_rejected: "未受理", status_withdrawn: "已撤回", status_merged: "已合并",
  tier_general: "一般事件", tier_difficult: "疑难事件", tier_major: "重大事件",
  step_collect: "收集", step_assign: "分办", step_handle: "处置", step_feedback: "反馈", step_evaluate: "测评", state_done: "已完成", state_current: "进行中", state_todo: "未到",
  screen: "社区终端屏", openScreen: "打开大屏", open: "在办", closed: "已办结", noLogs: "审核通过的治理日志会在这里轮播", screenAway: "大屏暂时没有连上",
  role_resident: "居民", role_volunteer: "志愿者", role_grid_worker: "网格员", role_community_staff: "社区", role_street_staff: "街道", role_district_staff: "区级", role_city_staff: "市级", role_partner: "共建单位", castPartner: "共建",
  group_residents: "群", group_staff: "工", group_partners: "建",
  guide: "新手引导", guideClose: "收起新手引导", guideOpen: "新手引导", guideNow: "现在：",
  guide_1: "居民报事", guide_2: "网格员接单办结", guide_3: "居民评价", guide_4: "社区审核", guide_5: "群里和大屏看日志", guide_6: "兑换",
  hint_1: "在居民群里发“报事 + 内容”，带一张“样例照片·处置前”",
  hint_2: "换成{name}：先接单，再发“办结 {n} …”，带上“处置后”照片", hint_3: "换成{name}：给这次办理打个分", hint_4: "换成{name}：看治理日志草稿，点通过", hint_5: "回居民群看日志（08:00–21:00 发出；没到点就拨时间）", hint_6: "和小应 1:1 发“兑换”，点想换的东西，凭领取码到社区领", hint_7: "一圈走完了！再报一件事，或换个人试试。",
  toastTask: "{name}有新的待办", toastNews: "{name}收到小应的消息", toastGroup: "“{chat}”里有事等着处理", go: "去看看",
  tryTitle: "第一次来？点一句试试", tryPhoto: "手边没有照片？用一张样例：", tryDirect: "这里是你和小应的 1:1，直接说就行。", tryGroup: "群里说“报事”或 @小应，它才会答应。",
  err_network: "没发出去，网络好像断了。字和照片都留着，稍后再按一次发送。", err_server: "服务暂时没有应答（{n}）。字和照片都留着，稍后再试。", err_413: "照片太大了，少发几张或换小一点的。", err_generic: "没发出去（{n}）",
  startFailed: "实训室还没有准备好，正在重试…", today: "今天", yesterday: "昨天", langName: "Switch the labels to English",
};

const EN = {
  title: "Huying · practice room", skip: "Skip to the message box", room: "Practice room", note: "For training: nobody outside is notified",
  clock: "Practice time", clockNote: "Move time on to see deadlines, reminders and posts", plusHour: "+1 hour", plusDay: "+1 day", plusWeek: "+8 days",
  clockBusy: "Moving…", clockNow: "It is now {when}", clockFailed: "The clock did not move: {why}",
  left: "Me and my chats", cast: "Main roles, one click to change", myChats: "My chats", talk: "Conversation", messages: "Messages", side: "Events and screen",
  tabs: "Views", tabChats: "Chats", tabEvents: "Events", tabScreen: "Screen", tabPeople: "Person",
  back: "Back to the chats", tryThis: "Try this", offline: "Connection lost, trying again…", newer: "New messages", earlier: "Earlier messages",
  chips: "Common words", write: "Say something… (send 帮助 to see what is possible)", writeShort: "Say something…", send: "Send", sending: "Sending…",
  addPhoto: "Add photos (or paste, or drop them here)", sample: "Sample photo", sampleBefore: "Before", sampleAfter: "After",
  previews: "Photos to send", removePhoto: "Remove photo {n}", photoLimit: "9 photos at most", photoBad: "This picture cannot be opened, try another: {name}",
  photoBusy: "A photo is still being prepared, one moment", tooLong: "4000 characters at most, please send it in two parts",
  mention: "@小应", mentionOn: "This message mentions the bot", mentionOff: "Click to mention the bot",
  notAddressed: "In a group the bot answers only when addressed: use “@小应”, or begin with 报事 (report).",
  reply: "Reply", dropQuote: "Do not reply to this", quoteGone: "an earlier message", photoWord: "[photo]", bot: "小应",
  become: "Speak as {name}", switchTitle: "Speak as somebody else", switchHint: "Change person", search: "Name, role or grid", nobody: "Nobody found",
  moreHere: "{n} more, search for the name", close: "Close", elsewhere: "Others",
  noChats: "No chats yet", direct: "1:1", members: "({n})", pickChat: "Choose a chat", loading: "Opening…",
  bigPicture: "Open the full picture", picture: "Picture {n}", pictureLost: "The picture did not load", lightbox: "Picture", previous: "Previous", next: "Next", original: "Open the original",
  events: "Events", othersHere: "Other events", noEvents: "No events to see yet", noEventsHint: "Say 报事 + what happened in a group: its progress appears here.",
  serial: "No. {n}", handler: "Handler", nobodyYet: "not assigned yet", deadline: "Due", people: "People", peopleCount: "{n}", grid: "Grid", stars: "Rating", starsOf: "{n} stars",
  left_days: "{n} days left", left_hours: "{n} hours left", left_minutes: "{n} minutes left", late_days: "{n} days late", late_hours: "{n} hours late", late_minutes: "{n} minutes late", late: "late",
  status_new: "new", status_assigned: "assigned", status_in_progress: "in progress", status_awaiting_feedback: "awaiting rating", status_closed: "closed", status_rejected: "rejected", status_withdrawn: "withdrawn", status_merged: "merged",
  tier_general: "general", tier_difficult: "difficult", tier_major: "major",
  step_collect: "Collect", step_assign: "Assign", step_handle: "Handle", step_feedback: "Feedback", step_evaluate: "Rate", state_done: "done", state_current: "now", state_todo: "to come",
  screen: "Community screen", openScreen: "Open", open: "Open", closed: "Closed", noLogs: "Approved logs will be shown here in turn", screenAway: "The screen cannot be reached just now",
  role_resident: "Resident", role_volunteer: "Volunteer", role_grid_worker: "Grid worker", role_community_staff: "Community", role_street_staff: "Street", role_district_staff: "District", role_city_staff: "City", role_partner: "Partner", castPartner: "Partner",
  group_residents: "群", group_staff: "工", group_partners: "建",
  guide: "First steps", guideClose: "Put the first steps away", guideOpen: "First steps", guideNow: "Now: ",
  guide_1: "Report", guide_2: "Grid worker handles", guide_3: "Rate", guide_4: "Approve", guide_5: "See the log", guide_6: "Redeem",
  hint_1: "send 报事 + what happened in the residents' group, with the “before” sample photo",
  hint_2: "as {name}: take it, then send 办结 {n} … with the “after” photo", hint_3: "as {name}: rate how it was handled", hint_4: "as {name}: read the draft log and approve it", hint_5: "see the log in the group (posted 08:00–21:00; move the clock if needed)", hint_6: "send 兑换 to the bot 1:1, choose a reward, collect it with the code", hint_7: "A full round! Report something else, or be somebody else.",
  toastTask: "{name} has something to do", toastNews: "{name} has a message from the bot", toastGroup: "Something waits in “{chat}”", go: "Go there",
  tryTitle: "New here? Click a line", tryPhoto: "No photo at hand? Use a sample:", tryDirect: "This is your 1:1 with the bot: simply say it.", tryGroup: "In a group the bot answers to 报事 or @小应.",
  err_network: "Not sent, the connection seems to be down. Your words and photos are kept: press send again later.", err_server: "The service did not answer ({n}). Your words and photos are kept.", err_413: "The photos are too large: send fewer or smaller ones.", err_generic: "Not sent ({n})",
  startFailed: "The practice room is not ready yet, trying again…", today: "today", yesterday: "Yesterday", langName: "把页面标签换成中文",
};

const KEPT = "huying.lang";
let lang = "zh";
try { lang = localStorage.getItem(KEPT) === "en" ? "en" : "zh"; } catch { /* private mode: not remembered */ }

export const language = () => lang;

export function setLanguage(next) {
  lang = next;
  try { localStorage.setItem(KEPT, next); } catch { /* not remembered */ }
}

export function t(key, values = {}) {
  const text = (lang === "en" ? EN : ZH)[key] ?? ZH[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** The label of a code the server sent, or the server's own word where there is no such code. */
export function word(prefix, code) {
  const key = `${prefix}_${code}`;
  return key in ZH ? t(key) : String(code ?? "");
}

/** Put the labels of the present language on everything the HTML names. */
export function label(root = document) {
  document.documentElement.lang = lang === "en" ? "en" : "zh-CN";
  document.title = t("title");
  for (const node of root.querySelectorAll("[data-label]")) node.textContent = t(node.dataset.label);
  for (const node of root.querySelectorAll("[data-label-aria]")) node.setAttribute("aria-label", t(node.dataset.labelAria));
  for (const node of root.querySelectorAll("[data-label-title]")) node.title = t(node.dataset.labelTitle);
  for (const node of root.querySelectorAll("[data-label-placeholder]")) node.placeholder = t(node.dataset.labelPlaceholder);
}

// The words of each role, as chips under the conversation. A word ending in a blank waits for what follows it.
const RESIDENT_WORDS = ["报事 ", "进度", "积分", "兑换", "帮助"];
export const WORDS_OF_ROLE = {
  resident: RESIDENT_WORDS,
  volunteer: RESIDENT_WORDS,
  grid_worker: ["待办", "报事 ", "帮助"],
  community_staff: ["审核", "工作台", "待办", "核销 ", "帮助"],
  street_staff: ["待办", "帮助"],
  district_staff: ["帮助"],
  city_staff: ["帮助"],
  partner: ["帮助"],
};

// Three lines a newcomer can click, by role; {n} is the number of an event that waits for them, where there is one.
export const LINES_OF_ROLE = {
  resident: {
    group: ["报事 3号楼单元门口的垃圾堆了两天没人清理，味道很大", "报事 二单元楼道灯坏了，老人晚上下楼看不清", "@小应 帮助"],
    direct: ["3号楼单元门口的垃圾堆了两天没人清理，味道很大", "进度", "积分"],
  },
  grid_worker: { group: ["@小应 待办", "@小应 帮助", "报事 河边护栏松了，有小孩在旁边玩"], direct: ["待办", "接单 {n}", "办结 {n} 已清运，补放分类垃圾桶 2 个"] },
  community_staff: { group: ["@小应 审核", "@小应 待办", "@小应 帮助"], direct: ["审核", "工作台", "通知 明天 9 点到 12 点 3号楼停水检修，请提前接水"] },
  street_staff: { group: ["@小应 待办", "@小应 帮助"], direct: ["待办", "帮助"] },
  partner: { group: ["@小应 帮助", "周六上午我们店可以出两个人帮忙", "报事 店门口的地砖翘起来了"], direct: ["帮助", "店门口的地砖翘起来了，容易绊人", "进度"] },
};
