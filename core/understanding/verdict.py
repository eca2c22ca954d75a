"""What a few words said after a question for stars mean: so many stars, not solved, or nothing to do with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.characters import view
from core.understanding.arguments import Rest, read_stars


@dataclass(frozen=True, slots=True)
class Verdict:
    """`stars` is None when the words say that it is not solved, or are too vague to count (`unsolved` False)."""

    stars: int | None
    unsolved: bool = False
    comment: str = ""


_LIMIT = 30  # characters; whoever writes more tells of something
_MARKS = ",，。.!！~～、… "
_ENDING = r"[吧啊呀呢哦的了嘛哈滴]*[\s,，。.!！~～、…]*"
_WORDS = (  # stars, the whole text
    (5, r"很好|挺好|非常好|太好|真好|真不错|真棒|很棒|棒|赞|点赞|好极|完美|太感谢|很快|👍+|💯|(?:100|一百|满)分"),
    (4, r"不错|还不错|还可以|挺可以|比较好"),
    (3, r"还行|一般般|一般|马马虎虎|凑合着|凑合|就那样"),
    (2, r"不好|不太好|不咋地|不怎么样|很差|差评|差|不行"),
)
_PRAISED = tuple((stars, re.compile(f"(?:{words}){_ENDING}(?P<more>.*)", re.S)) for stars, words in _WORDS)
_FIGURE = re.compile(r"([1-5])\s*(?:星|分|颗星)?[\s,，。.!！、]+(?P<more>.+)", re.S)
_UNSOLVED = re.compile(
    r"(?:唉|哎|可是|但是|不|根本|到现在|现在)*[\s,，]*(?:还是|还没|还在|还|仍然|仍|又|没有?|未|根本没|不是)\s*"
    r"(?:修|弄|办|清|解决|处理|好|通|亮|行|来|啊|呢|呀|漏|堵|坏|臭|吵|老样子|那样|不|没|完|干净|动静).{0,12}",
    re.S,
)
_VAGUE = re.compile(rf"(?:好|可以|行|嗯|收到|知道|ok|okay|没事){_ENDING}", re.I)


def verdict_of(text: str) -> Verdict | None:
    """The verdict in the words, None when they are none. Only to be asked after a question for stars."""
    written = text.strip()
    plain = view(written)  # of the same length, so that what was found there is quoted as it was written
    if not plain or len(plain) > _LIMIT:
        return None
    if found := _FIGURE.fullmatch(plain):
        return Verdict(int(found[1]), comment=written[found.start("more") :].strip())
    stars, left = read_stars(Rest("".join(c for c, seen in zip(written, plain, strict=True) if seen != " ")))
    if stars is not None and not plain[:1].isdigit() and (not left.text or view(left.text[0]) in _MARKS + "谢"):
        return Verdict(stars, comment=_comment(left.text))
    for stars, words in _PRAISED:
        if (found := words.match(plain)) and (not found["more"] or plain[found.start("more") - 1] in _MARKS):
            return Verdict(stars, comment=_comment(written[found.start("more") :]))
    if _UNSOLVED.fullmatch(plain):
        return Verdict(None, unsolved=True)
    return Verdict(None) if _VAGUE.fullmatch(plain) else None


def _comment(text: str) -> str:
    return text.strip(_MARKS).removeprefix("谢谢").strip(_MARKS)
