"""The title of an event: the first clause that says something, masked and short."""

from __future__ import annotations

import re

from core.characters import HAN
from core.privacy import clean, mask
from core.understanding.intent import small_talk

TITLE_LIMIT = 24  # characters
_READ = 400  # characters
_CLAUSES = re.compile(r"[。！？!?；;，,\n…]+|\.(?=\s|$)|\s{2,}")
_OPENING = re.compile(
    r"^(?:[\W_]|@\S+\s|小应|尊敬的|敬爱的|(?:各位|领导|书记|市长|区长|县长|局长|主任|社区|物业|业委会|邻居|们)+(?=[,，:：\s]|$|[你您大]?家?好)|(?:你|您|大家|领导)们?好|早上好|下午好|晚上好|报事|投诉|举报|求助|"
    r"反映(?!的)|反应(?=\W|一下|个|一个|$)|(?:建议|咨询)(?=\W|一下|个|$)|report\b|suggest\b|ask\b|complaint\b|一下|请问(?:一下)?|"
    r"(?:我|我们)?(?:想|要)(?:请?问|投诉|反[映应]|举报|咨询|报)(?:一下)?|(?:一个|个)(?:问题|情况|事情|事)(?=\W|$)|(?:问题|情况)(?=[:：]))+",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"^(?:我们?|本人|我家)?(?:是|住在?|家住|来自).{0,24}(?:业主|居民|住户|市民|村民|租户|家长|老百姓|群众|的人|[栋楼室])$|^(?:情况|问题|事情)(?:如下|是这样的?)$|^(?:我的?|本人)?(?:联系)?(?:电话|手机|号码|微信|姓名|方式)"
)
_SAYS = re.compile(f"[{HAN}A-Za-z0-9]")
_ENDS = " \t\n，,。.、；;：:！!？?~～…-—_（(【[《“\"'‘"


def title_of(text: str) -> str:
    """At most 24 characters, masked, without greeting, opening word or closing mark; empty when nothing is said."""
    masked = mask(clean(text[:_READ]))
    clauses = [clause for part in _CLAUSES.split(masked) if (clause := _OPENING.sub("", part.strip()).strip(_ENDS))]
    telling = [
        clause
        for clause in clauses
        if len(_SAYS.findall(clause)) >= 2 and not small_talk(clause) and not _WHO.match(clause)
    ]
    if not telling:
        return next(iter(clauses), "")[:TITLE_LIMIT].strip(_ENDS)
    title = telling[0]
    for clause in telling[1:]:
        if len(title) >= 8 or len(title) + 1 + len(clause) > TITLE_LIMIT:
            break
        title = f"{title}，{clause}"
    return title[:TITLE_LIMIT].rstrip(_ENDS)
