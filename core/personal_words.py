"""What names a home, a car, a mailbox or a chat account, and is hidden as a whole (reference: reliability.md B.3).

Of a place the building stays: 3栋2单元501 is 3栋***. Every pattern takes linear time; what it hides is its group `hide`,
or all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from core.personal_numbers import HAN_FIGURES

_FIGURE = "(?:[0-9]{1,3}|[零〇一二三四五六七八九十百]{1,4})"
_GAP = r"[\s\-–—―_·•]{0,3}"
_LOOSE_GAP = r"[\s\-–—―_·•、，,/|()（）\[\]【】.。:：;；#]{0,3}"
# Behind a number these count or measure something; it is no room.
_UNITS = (
    r"(?![0-9]|[.:：][0-9]|-[0-9]|\s?(?:[年月日元块毛角万千百亿人个米平㎡m度路次分秒份多余来斤克公kKgGLl℃%瓦wWvV伏点件辆条只张套名位步台盏棵根吨升方倍届期批栋幢层岁毫厘名头箱袋株项封"
    r"户]|天(?!天)|家(?![的里门养漏装老人又])|号[楼线院]|线|小时|左右|以[上下内]|[~～至到][0-9]))"
)
_ANY = r"(?:[1-9]?[0-9]{3}|[一二三四五六七八九幺][零〇一二三四五六七八九幺]{2,3}|(?:二?十[一二三四五六七八九]?|[一二三四五六七八九])[零〇][一二三四五六七八九幺]|[一二三四五六七八九]百[零〇]?[一二三四五六七八九十]{1,3})"
# A floor, a zero and a door: surely a room, even without a word for it.
_SURE = r"(?:[1-9]?[0-9]0[1-9]|[1-9][1-9]?1[0-9](?=[室房])|(?:[一二三四五六七八九幺]{1,2}|二?十[一二三四五六七八九]?)[零〇][一二三四五六七八九幺])"
_ROOM_WORD = r"\s*(?:室(?![内外])|房(?![屋间子价东产贷租源])|号(?![楼线院]))"
_LAST = rf"(?:{_ROOM_WORD}|{_UNITS})"
_SURE_LAST = rf"(?:\s*(?:室(?![内外])|房(?![屋间子价东产贷租源])|号(?![楼线院])|户)|{_UNITS})"
_UNIT = rf"(?:{_FIGURE}\s*(?:单元|门洞|门|梯|号门)|[东西南北中甲乙丙丁A-Da-d]单元)"
_FLOOR = rf"(?:{_FIGURE}|顶|底)\s*[层楼]"
_WHO = "(?:那|的|这)?(?:一|第[一二三1-3])?(?:家|户|邻居|住户|人家)"
_SIDE = rf"[东西南北中左右]{{1,2}}\s*(?:户|室|[边侧手面首]{_WHO}|{_WHO})"
_BUILDING = r"(?<=[栋幢座#楼院])(?<![0-9零〇一二三四五六七八九十]楼)"

_ALLEY = r"(?:巷子?|胡同|弄堂|[河江海湖溪]沿|坊|[村屯庄寨](?:[0-9一二三四五六七八九十]{1,3}[组队社])?|[0-9一二三四五六七八九十][组队]|(?<![大一中])街|(?<=[\u4e00-\u9fff])(?<![这那哪家院区楼群屋车手心城村巷店公夜月年内场库园校厅间道房箱包水沟河])里)"
_NOT_A_HOUSE = r"(?![0-9楼栋幢线桌井灯杆机桩站口库车厅台窗柜桶公开停来去到起前后晚早上下交以之])"

_ROOMS = tuple(
    map(
        re.compile,
        (
            # 3栋2单元501, 3号楼-2-501, 3#501, 12号楼3楼301, B座1203
            rf"{_BUILDING}(?P<hide>{_GAP}(?:{_UNIT}{_GAP}|[0-9]{{1,2}}\s*[-–—/.]\s*)?(?:{_FLOOR}{_GAP})?{_ANY}{_LAST})",
            rf"{_BUILDING}(?P<hide>{_LOOSE_GAP}(?:{_UNIT}{_LOOSE_GAP}|[0-9]{{1,2}}[-–—/.、])?(?:{_FLOOR}{_LOOSE_GAP})?{_SURE}{_SURE_LAST})",
            # 2单元501, 2单元五楼东户, 五楼左手那家, 5楼2号, 顶楼西户
            rf"(?:{_UNIT}){_LOOSE_GAP}(?:{_FLOOR}{_LOOSE_GAP})?{_ANY}{_LAST}",
            rf"(?:{_UNIT}{_LOOSE_GAP})?{_FLOOR}{_GAP}(?:{_SIDE}|{_SURE}{_SURE_LAST}|(?:那|的)(?:一)?(?:家|户|邻居))",
            rf"(?:{_UNIT}{_LOOSE_GAP}|(?<=[栋幢楼])){_FLOOR}\s?[0-9一二三四五六七八九]\s?[号室户](?![0-9楼线院])",
            rf"{_UNIT}{_GAP}{_SIDE}",
            # 3-2-501, 3-501室
            rf"(?<![0-9A-Za-z.\-–—/码])(?<![0-9]:)(?<!码[\s:是])[A-Za-z]?[0-9]{{1,2}}(?P<hide>\s?[-–—―_]{{1,2}}\s?[0-9]{{1,2}}\s?[-–—―_]{{1,2}}\s?(?!20[1-3][0-9])[0-9]{{3,4}}(?![0-9-])(?:{_ROOM_WORD})?)",
            rf"(?<![0-9A-Za-z.\-–—/¥])(?<![0-9]:)[0-9]{{1,2}}(?P<hide>([./、·•,，\s])[0-9]\2(?!20[0-3][0-9]){_SURE}(?![0-9.]){_SURE_LAST})",
            rf"(?<![0-9A-Za-z.\-–—/第¥])(?<![0-9]:)[A-Za-z]?[0-9]{{1,2}}(?P<hide>[-–—―]{_SURE}(?![0-9-]){_SURE_LAST})",
            # 501室, A1203室, 五零一室
            rf"(?<![0-9.第])(?:(?<![A-Za-z-])|(?<=[A-Za-z]))(?P<hide>[1-9][0-9]{{2,3}}\s*(?:室(?![内外])|房(?![屋间子价东产贷租源])))",
            rf"(?<!第){_ANY}\s*(?:室(?![内外])|房(?![屋间子价东产贷租源]))",
            # 楼上501, 501的业主
            rf"(?:楼上|楼下|对门|隔壁|对面|家住|我住|住在?|我家|我是)(?:是|的|那)?\s?(?P<hide>{_SURE}{_SURE_LAST})",
            rf"(?<![0-9.:\-A-Za-z]){_SURE}(?=\s?(?:的|那|这)?(?:住户|业主|邻居|租户|租客|房东|那家|这家|家的|人家|家里))",
            # 解放巷23号, 王家村3组45号
            rf"{_ALLEY}\s?(?P<hide>[甲乙丙丁]?(?:[0-9]{{1,4}}|[一二三四五六七八九十百]{{1,4}})\s?号(?:院(?:内|里)?|附[0-9]{{1,2}}号?)?{_NOT_A_HOUSE})",
            r"门牌号?[码是为:：\s]*[0-9]{1,5}\s*号?",
        ),
    )
)

_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_WRITTEN_OUT = "江东南西北海庆疆夏古徽建肃州林军空沈兰济广成"  # the last of 浙江, 广东 ...; and of the forces
_PLATE_GAP = r"[\s·•.\-–—/／、，,()（）_]{0,3}"
_TAIL = "[A-Za-z0-9]"
_END = f"(?!{_TAIL})"
_SPECIAL = "[警挂学港澳领试超使]"
_PLATES = tuple(
    map(
        re.compile,
        (
            rf"(?<=[{_PROVINCE}]){_PLATE_GAP}[A-Za-z]{_PLATE_GAP}(?P<hide>{_TAIL}{{4}}{_PLATE_GAP}{_SPECIAL})",
            rf"(?<=[{_PROVINCE}]){_PLATE_GAP}[A-Za-z]{_PLATE_GAP}(?P<hide>{_TAIL}{{5,6}}){_END}",
            rf"(?<=[{_PROVINCE}]){_PLATE_GAP}[A-Za-z]{_PLATE_GAP}(?P<hide>{_TAIL}(?:[\s·.\-]?{_TAIL}){{4,5}}){_END}",
            rf"(?<=[{_PROVINCE}]){_PLATE_GAP}[A-Za-z]{_PLATE_GAP}(?P<hide>[A-Za-z0-9{HAN_FIGURES}]{{5,6}}){_END}",
            rf"(?<=[{_WRITTEN_OUT}])[A-Za-z][·•.\s-]?(?P<hide>{_TAIL}{{5,6}}){_END}",
            rf"(?:车牌|牌照|车号|牌号|号牌)[号码是为:：\s]{{0,4}}(?P<hide>{_TAIL}{{5,7}}){_END}",
            rf"(?<=使){_PLATE_GAP}(?P<hide>[0-9]{{3}}[·.\s-]?[0-9]{{3}}){_END}",
        ),
    )
)

_AT = r"(?:\s?(?:@|[(（\[【]\s?(?:at|@|艾特)\s?[)）\]】]|艾特|圈a)\s?|\sat\s)"
_DOT = r"(?:\s?(?:\.|。|[(（\[]dot[)）\]]|\sdot\s|点)\s?)"
_HOST = rf"[A-Za-z0-9-]++(?:{_DOT}[A-Za-z0-9-]++){{1,4}}"
_LOCAL = r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++"
_TOP = "(?:com|cn|net|org|edu|gov|cc|io|me|co|hk|tw|top|xyz|vip|info|email|mail)"
_MAILS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_LOCAL}@(?:[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)++|(?:qq|163|126|139|189|sina|sohu|gmail|yeah|foxmail|outlook|hotmail)(?![A-Za-z0-9]))",
        rf"{_LOCAL}{_AT}[A-Za-z0-9-]++(?:{_DOT}[A-Za-z0-9-]++){{0,3}}{_DOT}{_TOP}(?![A-Za-z0-9])",
        rf"{_LOCAL}[#*&]\s?[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++){{0,3}}\.{_TOP}(?![A-Za-z0-9])",
    )
)

_CHAT = (
    r"(?:(?:[微薇威徽葳巍维]|(?<![A-Za-z])(?:wei|v))\s?(?:信|芯|心|xin|❤️?|[💚💗💕])|微\s?[❤💚]️?|(?<![A-Za-z0-9])(?:wx|vx|weixin|wechat|we\s?chat|tg|telegram)|(?<![A-Za-z0-9])v(?=\s?[:：])"
    r"|[加➕+找]\s?我?的?\s?[vwq微薇❤](?![A-Za-z])|(?<![A-Za-z0-9])v(?=\s[a-z])|[+＋➕]\s?[微薇]|抖音|快手|小红书|支付宝|钉钉|微博|陌陌|旺旺)"
)
_COLON = r"[\s号號码是为叫:：,，加+➕/\[【(（「“\"'=同账帐户的搜我]{0,8}(?:id[\s:：是]{0,3})?"
_QQ = rf"(?:(?<![A-Za-z])qq|扣扣|企鹅|(?<![A-Za-z])q(?=\s?[:：/号])|[加➕+]\s?q)[\s号码是为:：,，/\[【(（加+同账帐]{{0,6}}"
_ACCOUNTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"wxid\s?[_-]\s?[A-Za-z0-9_-]++",
        rf"{_CHAT}{_COLON}(?P<hide>[A-Za-z0-9][A-Za-z0-9_.-]{{4,40}})",
        rf"{_QQ}(?P<hide>[A-Za-z0-9][A-Za-z0-9_-]{{4,40}})",
        rf"{_QQ}(?P<hide>[0-9](?:[\s、.\-]?[0-9]){{4,11}}|[{HAN_FIGURES}](?:[\s、.\-]?[{HAN_FIGURES}]){{4,11}})",
        r"(?<![A-Za-z0-9_])(?P<hide>[A-Za-z0-9][A-Za-z0-9_-]{4,30})(?![A-Za-z0-9_-])(?=\s?(?:[(（]|这?是|，|,)?\s?我?的?\s?(?:微信|薇信|vx(?![a-z])|v信|wx(?![a-z])|qq(?![a-z])))",
    )
)


def hidden_words(seen: str, figures: AbstractSet[int]) -> Iterator[tuple[int, int]]:
    """The stretches replaced as a whole. A part of a longer number, hidden already as `figures`, is no room."""
    for pattern in _ROOMS:
        for found in pattern.finditer(seen):
            start, end = _hide(found)
            if figures.isdisjoint(range(found.start(), end)):
                yield start, end
    for pattern in (*_MAILS, *_ACCOUNTS):
        yield from map(_hide, pattern.finditer(seen))
    for pattern in _PLATES:
        for found in pattern.finditer(seen):
            start, end = _hide(found)
            tail = found["hide"]
            if any(character.isdigit() or character in HAN_FIGURES for character in tail):
                yield start, end - 2


def _hide(found: re.Match[str]) -> tuple[int, int]:
    return found.span("hide") if "hide" in found.re.groupindex else found.span()
