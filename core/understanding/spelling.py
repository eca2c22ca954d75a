"""The nearest right word for a wrong one: typed by sound (积份), turned round (分积) or with a slip (pionts)."""

from __future__ import annotations

import string
from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.characters import word_view

# Characters that an input method offers for the same or nearly the same sound, or that look alike; the first of each
# group stands for all.
_SOUNDS = (
    "积级极及急集几机基记计 分份粉奋纷芬 兑对队堆 换环唤焕还欢 进近尽劲今紧金 度渡肚读毒督都 评平凭瓶苹屏 价加家架假佳介 "
    "帮绑邦棒 助住主注祝 隐引印饮银 私思司丝斯 投头偷 票飘漂 报抱爆暴包宝保 事是市式试世视示 名明命鸣 签千迁牵前钱铅 "
    "到道倒刀 退推腿 待带代戴袋贷 办班半伴扮般 接街节结借杰 单丹担 展站占 转传专赚 升生声 延严言沿烟 期其七起齐 "
    "协写斜谐鞋 审深神身 核合河和盒 通同痛 过国果郭 采彩菜才 纳那拿 派拍排 撤车彻扯 回会汇 定订顶 值直职 赠增 销消小 "
    "确却 认任 诉素速拆 咨资姿滋 询寻讯巡 建见件健 议意义易 映应英 驳博 改该"
).split()
_SOUND = str.maketrans({character: line[0] for line in reversed(_SOUNDS) for character in line})
_FEW = 6  # letters after the head; more than these are prose: a report, whatever its opening looks like
LONGEST = 10  # characters of a head that may still be a word


def nearest(text: str, words: Sequence[str]) -> str | None:
    """The word among `words` that the opening of `text` was probably meant to be; None when nothing is near enough.

    Two characters must sound alike or be turned round, for 报警 must not become 报事; longer words may have one slip.
    """
    head, rest = _head(word_view(text.strip()))
    if rest.lstrip(string.punctuation + "，。：；、！？ ")[:1].isalpha() or sum(map(str.isalpha, rest)) > _FEW:
        return None
    if not 2 <= len(head) <= LONGEST:
        return None
    sound = head.translate(_SOUND)
    sounds = [word.translate(_SOUND) for word in words]
    slips = 0 if len(head) == 2 else 2 if head.isascii() and len(head) > 6 else 1
    if head.isascii() and len(head) < 4:
        return None
    if found := process.extractOne(sound, sounds, scorer=OSA.distance, score_cutoff=slips):
        near = words[found[2]]
        return near if slips == 0 or len(near) > 2 else None
    turned = head[::-1]
    return turned if len(head) == 2 and turned in words else None


def _head(text: str) -> tuple[str, str]:
    """What stands before the first digit or mark (in Chinese: or space), and the rest."""
    spaced = text.isascii()
    end = next((at for at, c in enumerate(text) if not (c.isalpha() or (spaced and c == " "))), len(text))
    return text[:end].strip(), text[end:]
