"""The words people type: one table from a word to its spellings and to the shape of what follows it.

A word followed by ordinary prose is not a command: 投票箱坏了 is a report, 投票 3 is a vote. Whatever is not recognised
is free_text, and in a 1:1 chat free text is a report.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from core.characters import SPACE, view
from core.privacy import clean
from core.understanding import arguments as shape
from core.understanding.arguments import Arguments, Reader, Rest
from core.understanding.intent import small_talk
from core.understanding.spelling import nearest


class Word(StrEnum):
    # residents
    REPORT = "report"
    SUGGEST = "suggest"
    ASK = "ask"
    TRACK = "track"
    RATE = "rate"
    REOPEN = "reopen"
    ME_TOO = "me_too"
    WITHDRAW = "withdraw"
    MAKE_PRIVATE = "make_private"
    # points
    POINTS = "points"
    POINTS_DETAIL = "points_detail"
    POINTS_RANKING = "points_ranking"
    CATALOGUE = "catalogue"
    REDEEM = "redeem"
    MY_REDEMPTIONS = "my_redemptions"
    CANCEL_REDEMPTION = "cancel_redemption"
    GIVE_POINTS = "give_points"
    VOTE = "vote"
    # volunteers
    ACTIVITIES = "activities"
    SIGN_UP = "sign_up"
    CANCEL_SIGN_UP = "cancel_sign_up"
    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"
    # anyone
    HELP = "help"
    PRIVACY = "privacy"
    EXPORT_ME = "export_me"
    ERASE_ME = "erase_me"
    BIND = "bind"
    UNBIND = "unbind"
    LIVE = "live"
    # staff
    TODO = "todo"
    ACCEPT = "accept"
    PROGRESS = "progress"
    FINISH = "finish"
    TRANSFER = "transfer"
    SEND_BACK = "send_back"
    ESCALATE = "escalate"
    EXTEND = "extend"
    ASSIST = "assist"
    RECOMMEND = "recommend"
    REPORT_FOR = "report_for"
    REVIEW = "review"
    APPROVE = "approve"
    CHANGE = "change"
    REFUSE = "refuse"
    ADOPT = "adopt"
    REJECT = "reject"
    DISPATCH = "dispatch"
    NOTICE = "notice"
    PUBLISH_ACTIVITY = "publish_activity"
    CONFIRM = "confirm"
    HAND_OVER = "hand_over"
    SUPERVISION = "supervision"
    DUTY = "duty"
    HAND_SHIFT = "hand_shift"
    WORKBENCH = "workbench"
    UNDO_APPROVAL = "undo_approval"
    TAKE_DOWN = "take_down"
    DROP_PHOTO = "drop_photo"
    MONTH_POSTER = "month_poster"
    HONOURS_POSTER = "honours_poster"
    UNSENT = "unsent"
    ARRIVED = "arrived"
    RESEND = "resend"
    DROP_UNSENT = "drop_unsent"
    # partners
    PARTNER_LIST = "partner_list"
    PARTNER_ACCEPT = "partner_accept"
    PARTNER_DECLINE = "partner_decline"
    # what only choices say
    MERGE = "merge"
    NOT_SAME = "not_same"
    SETTLE = "settle"
    ALLOW_PHOTOS = "allow_photos"
    DENY_PHOTOS = "deny_photos"
    REFILE = "refile"
    # everything else
    GREETING = "greeting"
    THANKS = "thanks"
    OK = "ok"
    BARE_NUMBER = "bare_number"
    FREE_TEXT = "free_text"


@dataclass(frozen=True, slots=True)
class Command:
    """A word and what followed it. What a word does not take, or was not given, is None or empty.

    `number`: of the event, log, activity or vote. `second`: the other event of 同一件. `stars`: 1 to 5, else None.
    `count`: pieces, points, days or the edition of a log. `name`: a code (upper-cased), a reward, a person, a department or a category.
    `text`: what is left, as it was written; for free_text all of it.
    """

    word: Word
    number: int | None = None
    second: int | None = None
    stars: int | None = None
    count: int | None = None
    name: str = ""
    text: str = ""


# The first spelling of a word is the one to show. Longer spellings are tried first, then the order of this table.
TABLE: tuple[tuple[Word, Reader, str], ...] = (
    (Word.REPORT, shape.telling, "报事 投诉 反映 求助 反应一下 反应个 举报 上报 report complain complaint"),
    (Word.REPORT, shape.apart, "反应"),
    (Word.SUGGEST, shape.telling, "建议 提建议 suggest suggestion"),
    (Word.ASK, shape.telling, "咨询 ask"),
    (Word.TRACK, shape.number, "进度 催一下 催办 怎么还没来人 怎么还没人来 什么时候能修好 什么时候能弄好 啥时候能弄好 "
     "啥时候能修好 查进度 进度查询 查询进度 我的进度 查询 我的报事 我的事项 status track"),
    (Word.RATE, shape.number_and_stars, "评价 评分 打分 rate"),
    (Word.REOPEN, shape.number_and_text, "未解决 没解决 没有解决 还没解决 还没有解决 reopen"),
    (Word.ME_TOO, shape.number_and_text, "我也遇到 我也遇到了 我也是 我家也是 我们家也是 +1 加1 加一 me_too metoo"),
    (Word.WITHDRAW, shape.number, "撤回 撤销 撤诉 报错了 发错了 弄错了 取消报事 withdraw"),
    (Word.MAKE_PRIVATE, shape.number, "不公开 不要公开 private"),
    (Word.POINTS, shape.nothing, "积分 我的积分 查积分 查询积分 积分查询 积分余额 多少积分 points my_points"),
    (Word.POINTS, shape.nothing, "我有多少积分 有多少积分"),
    (Word.POINTS_DETAIL, shape.nothing, "积分明细 积分记录 明细 points_detail points_history"),
    (Word.POINTS_RANKING, shape.nothing, "积分排行 积分排行榜 积分排名 排行榜 排行 points_ranking ranking"),
    (Word.CATALOGUE, shape.nothing, "兑换 积分兑换 兑换商品 兑换礼品 兑换目录 能兑换什么 可以兑换什么 兑换什么 "
     "catalogue catalog rewards redeem"),
    (Word.REDEEM, shape.item, "兑换 积分兑换 redeem"),
    (Word.MY_REDEMPTIONS, shape.nothing, "我的兑换 兑换记录 我的兑换码 my_redemptions"),
    (Word.CANCEL_REDEMPTION, shape.code, "取消兑换 cancel_redemption"),
    (Word.GIVE_POINTS, shape.whom_and_count, "转赠 转赠积分 积分转赠 赠送积分 give"),
    (Word.VOTE, shape.number, "投票 vote"),
    (Word.ACTIVITIES, shape.nothing, "志愿活动 活动 志愿者活动 志愿服务 有什么活动 activities"),
    (Word.SIGN_UP, shape.number, "报名 sign_up signup"),
    (Word.CANCEL_SIGN_UP, shape.number, "取消报名 cancel_sign_up"),
    (Word.CHECK_IN, shape.code, "签到 check_in"),
    (Word.CHECK_OUT, shape.code, "签退 check_out"),
    (Word.HELP, shape.nothing, "帮助 菜单 功能 说明 使用说明 怎么用 你会什么 你能做什么 你能干什么 你能干啥 "
     "你是谁 你是机器人吗 人工 人工客服 转人工 找人工 help menu ?"),
    (Word.PRIVACY, shape.nothing, "隐私 隐私政策 隐私说明 privacy"),
    (Word.EXPORT_ME, shape.nothing, "导出我的信息 导出信息 导出我的数据 export_me export"),
    (Word.ERASE_ME, shape.apart, "删除我的信息 删除信息 删除我的数据 erase_me"),
    (Word.BIND, shape.code, "绑定 bind"),
    (Word.UNBIND, shape.apart, "解绑 解除绑定 取消绑定 unbind"),
    (Word.LIVE, shape.home, "住在 我住在 我家住在 我住"),
    (Word.LIVE, shape.home_alone, "live_in i_live_in"),
    (Word.TODO, shape.nothing, "待办 我的待办 待办事项 todo"),
    (Word.ACCEPT, shape.number_and_text, "接单 接了 签收 accept"),
    (Word.PROGRESS, shape.number_and_text, "进展 progress"),
    (Word.FINISH, shape.number_and_text, "办结 已办结 办结了 办完 finish"),
    (Word.TRANSFER, shape.number_and_name, "转办 transfer"),
    (Word.SEND_BACK, shape.number_and_text, "退回 send_back"),
    (Word.ESCALATE, shape.number_and_text, "升级 escalate"),
    (Word.EXTEND, shape.number_and_days, "延期 extend"),
    (Word.ASSIST, shape.number_and_name, "协办 assist"),
    (Word.RECOMMEND, shape.number_and_name, "推荐 recommend"),
    (Word.REPORT_FOR, shape.anything, "代报 report_for"),
    (Word.REVIEW, shape.log, "审核 review"),
    (Word.APPROVE, shape.approval, "通过 审核通过 approve"),
    (Word.UNDO_APPROVAL, shape.log, "撤销通过 取消通过 undo"),
    (Word.TAKE_DOWN, shape.log, "撤下 take_down"),
    (Word.DROP_PHOTO, shape.log_and_number, "去掉照片 drop_photo"),
    (Word.CHANGE, shape.log, "修改 change"),
    (Word.REFUSE, shape.log, "驳回 refuse"),
    (Word.ADOPT, shape.number_and_text, "采纳 adopt"),
    (Word.REJECT, shape.number_and_text, "不予受理 reject"),
    (Word.DISPATCH, shape.number_and_name, "派单 dispatch"),
    (Word.NOTICE, shape.apart, "通知 notice"),
    (Word.PUBLISH_ACTIVITY, shape.anything, "发布活动 publish_activity"),
    (Word.CONFIRM, shape.number, "确认 confirm"),
    (Word.HAND_OVER, shape.code, "核销 hand_over"),
    (Word.SUPERVISION, shape.number, "督办 supervision"),
    (Word.DUTY, shape.nothing, "值班 谁值班 值班表 duty"),
    (Word.HAND_SHIFT, shape.apart, "交班 hand_shift"),
    (Word.WORKBENCH, shape.log_alone, "工作台 workbench"),
    (Word.MONTH_POSTER, shape.month, "月报 社区月报 month"),
    (Word.HONOURS_POSTER, shape.month, "光荣榜 最美治理参与者 honours"),
    (Word.UNSENT, shape.nothing, "待发 发送情况 未送达 unsent"),
    (Word.ARRIVED, shape.sending, "已送达 arrived"),
    (Word.RESEND, shape.sending, "重发 resend"),
    (Word.DROP_UNSENT, shape.sending, "不发 drop"),
    (Word.PARTNER_LIST, shape.nothing, "可接事项 partner_list"),
    (Word.PARTNER_ACCEPT, shape.number_and_text, "接受 take"),
    (Word.PARTNER_DECLINE, shape.number_and_text, "婉拒 decline"),
    (Word.MERGE, shape.two_numbers, "同一件"),
    (Word.NOT_SAME, shape.two_numbers, "不是同一件"),
    (Word.SETTLE, shape.number, "就这样 就这样吧"),
    (Word.ALLOW_PHOTOS, shape.number, "可用照片"),
    (Word.DENY_PHOTOS, shape.number, "不用照片"),
    (Word.REFILE, shape.number_and_name, "改类"),
)  # fmt: skip

# The spelling to show; words without one (free_text, bare_number, small talk) are missing.
SPELLING = {word: spellings.split()[0].replace("_", " ") for word, _, spellings in reversed(TABLE)}
_BY_LENGTH = sorted(
    ((spelling.replace("_", " "), word, read) for word, read, spellings in TABLE for spelling in spellings.split()),
    key=lambda entry: -len(entry[0]),
)
_NEAR = tuple(
    dict.fromkeys(
        spelling for spelling, _, _ in _BY_LENGTH if spelling.replace(" ", "").isalpha() and spelling[:2] != "反应"
    )
)
_NUMBERED = (shape.number, shape.number_and_text, shape.number_and_stars, shape.number_and_name, shape.number_and_days)
_NUMBERED_BY_LENGTH = [entry for entry in _BY_LENGTH if entry[2] in _NUMBERED]
_POLITE = re.compile("(?:我(?:要|想|来)|请|麻烦|帮我|帮忙|查一下|看一下|看看|/)+")
_CHOSEN = re.compile(r"[(\[【]*(?:我?选(?:择)?|答案?是?|回复)?\s*")
_ONLY_LOG = re.compile(r"(?:log|l)\s?[-#.]?\s?(\d{1,7})\W*")
_BLANK = "\u200b\u200c\u200d\u2060\ufeff" + SPACE
_ALWAYS_OPENS = ("报事", "投诉")
_OPENS_APART = ("反映", "求助", "建议", "咨询")
_BINDS = re.compile(r"(?:绑定|bind)[\W_]*(?:[0-9a-z][\W_]*){6,10}", re.IGNORECASE)  # a code, also one mistyped


def parse(text: str, bot_name: str = "小应") -> Command:
    """What the message says. Never raises, whatever the text."""
    said = strip_mention(clean(text), bot_name).strip()
    seen = Rest(said)
    if talk := small_talk(said):
        return Command(Word(talk.value), text=said)
    return (
        _answer(seen) or _worded(seen) or _politely(seen) or _number_first(seen) or Command(Word.FREE_TEXT, text=said)
    )


def strip_mention(text: str, bot_name: str = "小应") -> str:
    """The text without @小应 (or @bot) anywhere, and without the name it opens with."""
    name = re.escape(bot_name)
    text = re.sub(rf"[@＠](?:{name}|bot(?![0-9A-Za-z_]))[{SPACE},，:：]*", "", text, flags=re.IGNORECASE)
    return re.sub(rf"^[{SPACE}]*(?:{name}[{SPACE},，:：、~～!！]+)+", "", text).lstrip(_BLANK)


def is_addressed(text: str, bot_name: str = "小应") -> bool:
    """Whether a message in a group is for the bot, by its text alone; a reply to the bot is the caller's to know."""
    plain = view(text).lstrip(_BLANK)
    if f"@{view(bot_name)}".lower() in plain.lower() or plain.startswith(_ALWAYS_OPENS) or _BINDS.fullmatch(plain):
        return True
    after = plain[2:]
    return plain.startswith(_OPENS_APART) and (after.startswith(("一下", "个")) or _is_mark(after[:1]))


def nearest_word(text: str) -> str | None:
    """The right spelling for a short wrong word (积份, 兑环, 带办), None when nothing is near."""
    return nearest(clean(text), _NEAR)


def _is_mark(character: str) -> bool:
    return character.isspace() or character == "~" or unicodedata.category(character or "a").startswith("P")


def _found(word: Word, read: Arguments) -> Command:
    return Command(word, read.number, read.second, read.stars, read.count, read.name, read.text)


def _answer(seen: Rest) -> Command | None:
    """A bare number (7, 编号7, 选1, EV-20261123-0007), bare stars (五星, 满意) or a bare log (L3)."""
    chosen = _CHOSEN.match(seen.view)
    value, left = shape.take_number(seen.after(chosen.end()) if chosen else seen)
    if value is not None and shape.is_only_marks(left):
        return Command(Word.BARE_NUMBER, number=value, text=seen.text)
    stars, left = shape.read_stars(seen)
    if stars is not None and shape.is_only_marks(left):
        return Command(Word.RATE, stars=stars, text="")
    if log := _ONLY_LOG.fullmatch(seen.view):
        return Command(Word.REVIEW, number=int(log[1]))
    return None


def _worded(seen: Rest) -> Command | None:
    for spelling, word, reader in _BY_LENGTH:
        if seen.view.startswith(spelling):
            rest = seen.after(len(spelling))
            glued = spelling[-1].isascii() and spelling[-1].isalpha() and rest.view[:1].isalpha()
            if not glued and (read := reader(rest)) is not None:
                return _found(word, read)
    return None


def _politely(seen: Rest) -> Command | None:
    """我要报名3, 请帮我查一下积分, /help."""
    polite = _POLITE.match(seen.view)
    return _worded(seen.after(polite.end()).past_gap()) if polite else None


def _number_first(seen: Rest) -> Command | None:
    """7 办结 已清运, 7号进度."""
    value, left = shape.take_number(seen)
    if value is None:
        return None
    left = left.after(1) if left.view.startswith("的") else left.past_gap()
    for spelling, word, reader in _NUMBERED_BY_LENGTH:
        rest = left.after(len(spelling))
        if left.view.startswith(spelling) and rest.is_apart:
            read = reader(Rest(f" {value} {rest.text}"))
            return _found(word, read) if read else None
    return None
