// Every label of the page itself, in Chinese and English. What people and the bot say comes from the server.

const ZH = {
  title: "呼应 · 平台替身", skip: "跳到输入框", brand: "呼应", room: "平台替身",
  note: "不用账号，也看得见两边：左边是大家的手机，右边是服务的每一次收发",
  left: "我是谁，在哪里聊", whoAmI: "我是谁", myChats: "我的聊天", talk: "对话", messages: "聊天记录", topics: "话题",
  tabs: "页面切换", tabChats: "聊天", tabWire: "线路", tabEnv: "环境", back: "返回聊天列表", more: "这个聊天还能做什么", close: "关闭",
  kind_private: "1:1", kind_group: "群", kind_supergroup: "超级群", kind_forum: "话题群", members: "{n} 人",
  bot_member: "", bot_left: "机器人不在群里", bot_kicked: "机器人已被移出", privacy: "隐私模式，只听命令和 @",
  unstarted: "没开始", blocked: "已屏蔽", unread: "{n} 条没看",
  noUsers: "这个替身里还没有人", noChats: "还没有聊天", loading: "正在打开…",
  emptyPrivate: "还没有说过话。发一句，右边就能看到它怎么送到服务那里。", emptyGroup: "群里还静悄悄的。说一句试试。",
  startHint: "机器人不能先开口。点“开始”，它才能给{name}发消息。", start: "开始", blockedHint: "{name}屏蔽了机器人，它发不进来。", gone: "机器人不在这个群里，听不到这里的话。",
  act_kick: "把机器人移出群", act_readmit: "请机器人回来", act_migrate: "升级为超级群", act_block: "屏蔽机器人", act_unblock: "解除屏蔽", act_start: "再点一次“开始”",
  note_kick: "服务会收到 my_chat_member", note_readmit: "服务会收到 my_chat_member", note_migrate: "群号会变，旧群号作废", note_block: "之后发来的都会被拒收", note_unblock: "又能收到消息了", note_start: "发出 /start",
  did_kick: "机器人已被移出", did_readmit: "机器人回来了", did_migrate: "已升级，群号变了", did_block: "已屏蔽机器人", did_unblock: "已解除屏蔽", did_start: "已发出 /start",
  newer: "有新消息", newerWire: "有新的收发", allTopics: "全部", thread: "话题 {n}",
  write: "说点什么…", send: "发送", addPhoto: "加照片（几张就是一组，也可以粘贴或拖进来）", otherKinds: "语音、位置、贴纸、样图", sample: "样图",
  kind_voice: "语音", kind_location: "位置", kind_sticker: "贴纸", kind_video: "视频", kind_document: "文件", kind_contact: "联系人", kind_poll: "投票", kind_photo: "照片",
  service_new_chat_members: "{value} 进群了", service_left_chat_member: "{value} 退群了", service_forum_topic_created: "开了话题“{value}”", service_migrate_to_chat_id: "本群已升级为超级群，新群号 {value}", service_migrate_from_chat_id: "由旧群 {value} 升级而来",
  previews: "要发的照片", removePhoto: "去掉第 {n} 张照片", photoLimit: "一次最多 10 张照片", photoBad: "这张图片打不开，换一张试试：{name}", photoBusy: "照片还在处理，稍等一下再发",
  reply: "回复", dropQuote: "不回复这条了", quoteGone: "较早的一条消息", onWire: "线路", toWire: "在线路上找到这条消息", edited: "已编辑",
  picture: "照片 {n}，点开看大图", pictureLost: "图片没有加载出来", lightbox: "看大图", albumOf: "{n} 张照片",
  openBot: "打开与机器人的对话", opensPage: "打开网页", pressing: "已按下，等机器人应答",
  wire: "线路", call: "调用", update: "更新", onlyChat: "只看哪个聊天", everyChat: "全部聊天", polls: "显示轮询",
  wireEmpty: "还没有收发。把服务接到这个替身上，或在左边说一句，这里就一条一条记下来。", wireNone: "这里没有符合的收发。", notOnWire: "线路上没有找到这条消息",
  delivered: "已送达", undelivered: "未送达", cutOff: "（共 {n} 字，后面略）",
  part_body: "内容", part_sent: "请求", part_answer: "应答", part_none: "没有应答", part_lost: "应答（没有到达服务）", unanswered: "无应答",
  env: "环境", faultTitle: "让下一次出错", faultKind: "怎么错", faultMethod: "哪个调用", faultAfter: "几秒后再来", seconds: "秒", faultAdd: "排上", anyMethod: "任何调用", queued: "排着的故障",
  fault_429: "429 太快了", fault_500: "500 平台故障", fault_502: "502 网关故障", fault_timeout: "超时", fault_cut: "断线",
  faultNote_429: "拒收，并叫服务过几秒再来。", faultNote_500: "平台拒收，消息没有送到。", faultNote_502: "网关回了一页网页，消息送没送到不一定。", faultNote_timeout: "消息送到了，应答却一直不来。", faultNote_cut: "没有应答就断开，消息送没送到不一定。",
  ratesTitle: "按概率出错", ratesOff: "没有开", ratesSet: "应用", ratesSaved: "概率已改好", rateOf: "{name}的百分比", ratesNone: "全部关掉",
  clock: "时钟", plusHour: "+1 小时", plusDay: "+1 天", clockCount: "拨多少", clockUnit: "单位", minutes: "分钟", hours: "小时", days: "天", clockGo: "往前拨", clockNow: "现在是 {when}", clockFixed: "这个替身跟着真实时间走，拨不动。",
  offline: "替身没有应答，正在重连…", err_network: "替身没有应答，等一下再试。", err_generic: "没做成（{n}）。", err_too_large: "照片太大了，少发几张或换小一点的。",
  err_not_member: "你不在这个群里，发不了。", err_migrated: "这个群已经升级，请到新群里说。", err_blocked: "你屏蔽了机器人，先解除屏蔽。", err_no_message: "那条消息已经不在了。", err_no_button: "这个按钮已经不在了。", err_no_topic: "这个话题已经不在了。", err_too_long: "这句太长了，平台发不出去，分几次发吧。",
  err_not_in: "机器人本来就不在群里。", err_in_already: "机器人已经在群里了。", err_no_group: "这个群已经作废了。", err_no_small_group: "它已经是超级群了。", err_cannot_block: "还没开始，或者已经屏蔽过了。", err_not_blocked: "并没有屏蔽机器人。", err_no_clock: "这个替身的时钟拨不动。",
  note_resident: "居民", note_volunteer: "志愿者", note_grid_worker: "网格员", note_community_staff: "社区工作人员", note_street_staff: "街道工作人员", note_district_staff: "区工作人员", note_city_staff: "市工作人员", note_partner: "共建单位",
  note_residents: "居民群", note_staff: "工作群", note_partners: "共建单位群",
  chatGone: "聊天 {id}", langName: "Read this page in English",
};

const EN = {
  title: "Huying · Stand-in", skip: "Go to the message box", brand: "Huying", room: "Stand-in",
  note: "Both sides, without an account: people's phones on the left, what the service sends and receives on the right",
  left: "Who I am and where I talk", whoAmI: "Who I am", myChats: "My chats", talk: "Conversation", messages: "Messages", topics: "Topics",
  tabs: "Views", tabChats: "Chats", tabWire: "Wire", tabEnv: "World", back: "Back to the chats", more: "What else this chat can do", close: "Close",
  kind_private: "1:1", kind_group: "group", kind_supergroup: "supergroup", kind_forum: "forum", members: "{n} people",
  bot_member: "", bot_left: "the bot is not in this group", bot_kicked: "the bot was removed", privacy: "privacy mode: hears commands and mentions",
  unstarted: "not started", blocked: "blocked", unread: "{n} unread",
  noUsers: "Nobody lives in this stand-in yet", noChats: "No chats yet", loading: "Opening…",
  emptyPrivate: "Nothing said yet. Say something, and see on the right how it reaches the service.", emptyGroup: "All quiet here. Say something.",
  startHint: "A bot cannot speak first. Press Start, and it may write to {name}.", start: "Start", blockedHint: "{name} has blocked the bot, so nothing comes in.", gone: "The bot is not in this group and hears nothing here.",
  act_kick: "Remove the bot", act_readmit: "Let the bot back in", act_migrate: "Make it a supergroup", act_block: "Block the bot", act_unblock: "Unblock the bot", act_start: "Press Start again",
  note_kick: "the service gets my_chat_member", note_readmit: "the service gets my_chat_member", note_migrate: "the id changes, the old one is void", note_block: "what it sends is refused from now on", note_unblock: "messages come in again", note_start: "sends /start",
  did_kick: "The bot was removed", did_readmit: "The bot is back", did_migrate: "A supergroup now, with a new id", did_block: "Blocked", did_unblock: "Unblocked", did_start: "Sent /start",
  newer: "New messages", newerWire: "More on the wire", allTopics: "All", thread: "Topic {n}",
  write: "Say something…", send: "Send", addPhoto: "Add photos (several make an album; paste and drop work too)", otherKinds: "Voice, location, sticker, sample picture", sample: "Sample picture",
  kind_voice: "Voice", kind_location: "Location", kind_sticker: "Sticker", kind_video: "Video", kind_document: "File", kind_contact: "Contact", kind_poll: "Poll", kind_photo: "Photo",
  service_new_chat_members: "{value} joined", service_left_chat_member: "{value} left", service_forum_topic_created: "Topic “{value}” was opened", service_migrate_to_chat_id: "Now a supergroup, with the id {value}", service_migrate_from_chat_id: "Grown out of the group {value}",
  previews: "Photos to send", removePhoto: "Remove photo {n}", photoLimit: "At most 10 photos at once", photoBad: "This picture does not open, try another: {name}", photoBusy: "Still working on the photos, one moment",
  reply: "Reply", dropQuote: "Do not reply to it", quoteGone: "An earlier message", onWire: "Wire", toWire: "Find this message on the wire", edited: "edited",
  picture: "Photo {n}, open it large", pictureLost: "The picture did not load", lightbox: "Large picture", albumOf: "{n} photos",
  openBot: "Opens the chat with the bot", opensPage: "Opens a web page", pressing: "Pressed, waiting for the bot",
  wire: "Wire", call: "call", update: "update", onlyChat: "Only this chat", everyChat: "All chats", polls: "Show polling",
  wireEmpty: "Nothing yet. Connect the service to this stand-in, or say something on the left: each step is noted here.", wireNone: "Nothing here matches.", notOnWire: "This message was not found on the wire",
  delivered: "delivered", undelivered: "not delivered", cutOff: " ({n} characters, the rest left out)",
  part_body: "Content", part_sent: "Request", part_answer: "Answer", part_none: "No answer", part_lost: "Answer (never reached the service)", unanswered: "no answer",
  env: "World", faultTitle: "Make the next one fail", faultKind: "How", faultMethod: "Which call", faultAfter: "Retry after, seconds", seconds: "s", faultAdd: "Queue", anyMethod: "any call", queued: "Queued faults",
  fault_429: "429 too fast", fault_500: "500 platform error", fault_502: "502 gateway error", fault_timeout: "timeout", fault_cut: "cut off",
  faultNote_429: "Refused; the service is told to come back later.", faultNote_500: "Refused by the platform, not delivered.", faultNote_502: "A gateway answers with a web page; delivered or not, nobody knows.", faultNote_timeout: "Delivered, but the answer never comes.", faultNote_cut: "The connection closes without an answer; delivered or not, nobody knows.",
  ratesTitle: "Fail at random", ratesOff: "off", ratesSet: "Apply", ratesSaved: "Rates changed", rateOf: "{name}, percent", ratesNone: "All off",
  clock: "Clock", plusHour: "+1 hour", plusDay: "+1 day", clockCount: "How much", clockUnit: "Unit", minutes: "minutes", hours: "hours", days: "days", clockGo: "Go", clockNow: "Now {when}", clockFixed: "This stand-in follows the real time and cannot be moved.",
  offline: "The stand-in does not answer, trying again…", err_network: "The stand-in does not answer, try again later.", err_generic: "That did not work ({n}).", err_too_large: "The photos are too large: fewer, or smaller ones.", err_too_long: "Too long for the platform, send it in parts.",
  note_resident: "resident", note_volunteer: "volunteer", note_grid_worker: "grid worker", note_community_staff: "community worker", note_street_staff: "street officer", note_district_staff: "district officer", note_city_staff: "city officer", note_partner: "partner",
  note_residents: "residents", note_staff: "staff", note_partners: "partners",
  chatGone: "chat {id}", langName: "用中文看这个页面",
};

const asked = new URLSearchParams(location.search).get("lang") ?? navigator.language ?? "";
export const language = asked.toLowerCase().startsWith("en") ? "en" : "zh";
const words = language === "en" ? EN : ZH;

/** The text of a key, with {name} filled in. */
export const t = (key, values = {}) => (words[key] ?? ZH[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** The text of a code the server sent, or the code itself (or `otherwise`) where there is none. */
export const word = (prefix, code, otherwise = String(code ?? "")) => words[`${prefix}_${code}`] ?? otherwise;

/** Put the texts on everything the HTML names. */
export function label() {
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  for (const node of document.querySelectorAll("[data-label]")) node.textContent = t(node.dataset.label);
  for (const node of document.querySelectorAll("[data-label-aria]")) node.setAttribute("aria-label", t(node.dataset.labelAria));
  for (const node of document.querySelectorAll("[data-label-title]")) node.title = t(node.dataset.labelTitle);
  for (const node of document.querySelectorAll("[data-label-placeholder]")) node.placeholder = t(node.dataset.labelPlaceholder);
}
