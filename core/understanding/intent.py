"""What somebody wants: to complain, to suggest, to ask, or only to be friendly."""

from __future__ import annotations

import re
from enum import StrEnum

from core.characters import view
from core.events import Kind


class SmallTalk(StrEnum):
    GREETING = "greeting"
    THANKS = "thanks"
    OK = "ok"


_SMALL_TALK = {
    SmallTalk.THANKS: "谢谢|多谢|感谢|谢了|谢啦|谢|辛苦|麻烦你了|麻烦您了|感恩|thank you|thanks|thx|🙏|🌹",
    SmallTalk.GREETING: "你好|您好|大家好|早上好|上午好|中午好|下午好|晚上好|晚安|早安|早|嗨|哈喽|哈啰|在吗|在不在|有人吗|"
    "新年好|新年快乐|节日快乐|good morning|good evening|hello|hi|hey|start|👋",
    SmallTalk.OK: "好的|好滴|好嘞|好吧|好|收到|知道|明白|了解|嗯|恩|哦|噢|行|可以|没事|不用|没问题|再见|拜拜|"
    "okay|ok|bye|👌|👍",
}  # fmt: skip
_FILLER = (
    "小应|你们|您们|大家|各位|邻居|师傅|同志|社区|网格员|工作人员|你|您|太|很|非常|十分|真|了|啦|啊|呀|哈|哦|嘛|呢|吧|的|滴|"
    "so much"
)
_MARKS = "[\\s,.。，、!！?？~～…:;；'\"-]"
_ONLY_SMALL_TALK = re.compile(f"(?:{'|'.join(_SMALL_TALK.values())}|{_FILLER}|{_MARKS})++", re.IGNORECASE)
_WHICH = tuple((talk, re.compile(pattern, re.IGNORECASE)) for talk, pattern in _SMALL_TALK.items())
_PRAISE = re.compile("(?:非常|十分|真的|真心|特别|很|太|衷心)?(?:感谢|谢谢|多谢|点赞|表扬)")
_BUT = re.compile("但|不过|可是|然而|希望|还是|还没|还有|仍|又|请|麻烦|能不能|能否|什么时候|何时|[?？]|再|吗")
_SMALL_TALK_LIMIT = 40  # characters; nobody greets for longer

_TROUBLE = re.compile(
    "坏|漏|堵|臭|吵|脏|乱|扰民|没人|无人|垃圾|不亮|停水|停电|没水|没电|没气|拖欠|欠薪|违|占用|占道|投诉|破损|隐患|太慢|"
    "不管|不给|不退|拒绝|为什么不|怎么还|怎么没|怎么老|怎么总|何时能修|何时修|什么时候修|被骗|举报|噪音|噪声|受不了"
)
_SUGGESTS = re.compile(
    "(?:我|我们)?(?:想|有个|提个|有一个|提一个|强烈|再次|一点|几点)*建议|(?:能不能|能否|可否|可不可以)(?:在|给|增|加|设|装|多)|倡议"
)
_SUGGESTS_SOFTLY = re.compile("建议|希望(?:能|可以|社区|物业|政府|在|增|加)|增设|加装|最好能|不如")
_ASKS = re.compile(
    "(?:我|我们)?(?:想|要)?(?:咨询|请问|问一下|问问|想问|打听|了解一下|请教|询问)|(?:how|what|where|when|who|can i)\\b",
    re.IGNORECASE,
)
_ASKS_SOFTLY = re.compile(
    r"怎么办理|如何办理|怎么申请|如何申请|怎么办(?:[?？]|[^\W的呢啊吧])|怎么(?:报名|领|交|缴|预约|开证明)|什么材料|哪些材料|什么条件|什么手续|几点|多少钱|电话是多少|在哪里?办|"
    "能不能办|可以办|需要(?:带|准备)|[吗么呢]?[?？]\\s*$|[吗呢]$|在哪里?$|是什么$"
)
_QUESTION_LIMIT = 120  # characters; a long petition that ends in a question is not asking for a fact


def small_talk(text: str) -> SmallTalk | None:
    """Which friendly word the whole text is, None when it says anything more."""
    if not text or len(text) > _SMALL_TALK_LIMIT:
        return None
    plain = view(text)
    if _ONLY_SMALL_TALK.fullmatch(plain):
        return next((talk for talk, pattern in _WHICH if pattern.search(plain)), None)
    if _PRAISE.match(plain) and not _BUT.search(plain):
        return SmallTalk.THANKS
    return None


def kind_of(text: str) -> Kind:
    """Complaint, suggestion or question, by wording. A complaint in the form of a question stays a complaint."""
    plain = view(text[:600]).strip()
    if _SUGGESTS.match(plain):
        return Kind.SUGGESTION
    troubled = _TROUBLE.search(plain) is not None
    if _ASKS.match(plain) and (not troubled or plain.startswith("咨询")):
        return Kind.QUESTION
    if troubled:
        return Kind.COMPLAINT
    if len(plain) <= _QUESTION_LIMIT and _ASKS_SOFTLY.search(plain):
        return Kind.QUESTION
    return Kind.SUGGESTION if _SUGGESTS_SOFTLY.search(plain) else Kind.COMPLAINT
