"""What names a home, a car, a mailbox or a chat account, and is hidden as a whole (reference: reliability.md B.3).

Of a place the building stays: 3栋2单元501 is 3栋***. Every pattern takes linear time; what it hides is its group `hide`,
or all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from core.personal_numbers import BETWEEN, HAN_FIGURES

_FIGURE = "(?:[0-9]{1,3}|[零〇一二三四五六七八九十百]{1,4})"
_GAP = r"[\s\-–—―_·•的里]{0,3}"
_LOOSE_GAP = r"[的里\s\-–—―_·•、，,/|()（）\[\]【】.。:：;；#]{0,3}(?:[那这]个)?"
# Behind a number these count or measure something; it is no room.
_UNITS = (
    r"(?![0-9]|[.:：][0-9]|-[0-9]|\s?(?:[年月日元块毛角万千百亿人个米平㎡m度路次分秒份多余来斤克公kKgGLl℃%瓦wWvV伏点件辆条只张套名]"
    r"|[位步台盏棵根吨升方倍届期批栋幢层岁毫厘头箱袋株项封户弄]|天(?!天)|家(?![的里门养漏装老人又])|号[楼线院]|线|楼(?![上下道])|小时"
    r"|(?:会议|活动|办公|教|诊|接待|阅览|棋牌|调解|值班)室?|包[间厢]|厅|左右|以[上下内]|[~～至到][0-9]))"
)
_ONE = "[一二三四五六七八九]"
_SAID = "[一二三四五六七八九幺]"  # as telephones and rooms are said, figure by figure
_ZERO_DOOR = rf"[零〇]{_SAID}"
_ANY = (
    rf"(?:[1-9]?[0-9]{{3}}|{_SAID}[零〇一二三四五六七八九幺]{{2,3}}|(?:二?十{_ONE}?|{_ONE}){_ZERO_DOOR}"
    rf"|{_ONE}百[零〇]?[一二三四五六七八九十]{{1,3}})"
)
# A floor, a zero and a door: surely a room, even without a word for it.
_SURE = rf"(?:[1-9]?[0-9]0[1-9]|[1-9][1-9]?1[0-9](?=[室房])|(?:{_SAID}{{1,2}}|二?十{_ONE}?){_ZERO_DOOR})"
_CALLED = "(?:室(?![内外])|房(?![屋间子价东产贷租源]))"
_ROOM_WORD = rf"\s*(?:{_CALLED}|号(?![楼线院]))"
_LAST = rf"(?:{_ROOM_WORD}|{_UNITS})"
_SURE_LAST = rf"(?:{_ROOM_WORD}|\s*户(?!\s?[,，、]\s?(?:约|[0-9]{{1,5}}(?![0-9:点月]))|都|共|居民)|{_UNITS})"  # 19栋607户，1433人 are no room
_UNIT = rf"(?:{_FIGURE}\s*(?:[单但丹][元园员]|[dD](?:[yY]|anyuan)(?![A-Za-z])|单(?=\s?[0-9]{{3,4}})|门洞|门|梯|号门)|[东西南北中甲乙丙丁A-Da-d]单元)"
_FLOOR = rf"(?:{_FIGURE}|顶|底)\s*[层楼]"
_WHO = "(?:那|的|这)?(?:一|第[一二三1-3])?(?:家|户|邻居|住户|人家)"
_SIDE = rf"靠?[东西南北中左右]{{1,2}}\s*(?:户|室|[边侧手面首]{_WHO}|{_WHO})"
_BUILDING = r"(?<=[栋幢座#楼院])(?<![0-9零〇一二三四五六七八九十]楼)"

# Where houses are numbered, not buildings; 里 is such a place in 永安里, and none in 这里 or 家里.
_NOT_LI = "这那哪家院区楼群屋车手心城村巷店公夜月年内场库园校厅间道房箱包水沟河"
_ALLEY = (
    r"(?:巷子?|胡同|(?<![0-9])弄堂?|[河江海湖溪]沿|坊|[村屯庄寨](?:[0-9一二三四五六七八九十]{1,3}[组队社])?|[0-9一二三四五六七八九十][组队]"
    rf"|(?<![大一中])街|(?<=[\u4e00-\u9fff])(?<![{_NOT_LI}])里)"
)
_NOT_A_HOUSE = r"(?![0-9楼栋幢线桌井灯杆机桩站口库车厅台窗柜桶公开停来去到起前后晚早上交以之]|下(?!周))"
# Before a dashed place: neither a longer number nor a code.
_APART = r"(?<![0-9A-Za-z.*\-–—/码])(?<!码[\s:是])"
_FREE = r"(?<![0-9A-Za-z.*\-–—/第¥])(?<![0-9]:)"
_DASH = r"\s?[-–—―_]{1,2}\s?"
_LIVING = "(?:楼上|楼下|对门|隔壁|对面|家住|我住|住在?|我家|我是)(?:是|的|那)?"
_LIVES = r"(?=\s?(?:的|那|这)?(?:住户|业主|邻居|租户|租客|房东|那家|这家|家的|人家|家里))"

_ROOMS = tuple(
    map(
        re.compile,
        (
            # 3栋2单元501, 3号楼-2-501, 3#501, 12号楼3楼301, B座1203
            rf"{_BUILDING}(?P<hide>{_GAP}(?:{_UNIT}{_GAP}|[0-9]{{1,2}}\s*[-–—/.]\s*)?(?:{_FLOOR}{_GAP})?[A-Za-z]?{_ANY}{_LAST})",
            rf"{_BUILDING}(?P<hide>{_LOOSE_GAP}(?:{_UNIT}{_LOOSE_GAP}|[0-9]{{1,2}}[-–—/.、])?(?:{_FLOOR}{_LOOSE_GAP})?"
            rf"{_SURE}{_SURE_LAST})",
            # 2单元501, 2单元11-4, 2单元五楼东户, 五楼左手那家, 5楼2号, 顶楼西户
            rf"{_UNIT}{_LOOSE_GAP}(?:{_FLOOR}{_LOOSE_GAP})?{_ANY}{_LAST}",
            rf"{_UNIT}{_GAP}[0-9]{{1,2}}\s?[-–—]\s?[0-9]{{1,2}}{_LAST}",
            rf"(?:{_UNIT}{_LOOSE_GAP})?{_FLOOR}{_GAP}(?:{_SIDE}|{_SURE}{_SURE_LAST}|[那的]一?(?:家|户|邻居))",
            rf"(?:{_UNIT}{_LOOSE_GAP}|(?<=[栋幢楼])){_FLOOR}\s?(?:[0-9]|{_ONE})\s?"
            rf"(?:号房|(?:号|室|户)(?![0-9房线院]|楼(?![上下])))",
            rf"{_UNIT}{_GAP}{_SIDE}",
            # 2单元3楼左边
            rf"{_UNIT}{_GAP}{_FLOOR}{_GAP}[东西南北中左右]{{1,2}}[边侧手面首]",
            # 8栋业主，603; 33座住户（1801）; 房号：102; 漏到101; 1803、104都停水
            rf"{_BUILDING}的?(?:住户|业主|邻居|租户|租客)[,，（(\s]{{0,2}}(?P<hide>{_ANY}{_LAST})",
            rf"(?:房间?号|室号|房门号)[码是为:：\s]{{0,3}}(?P<hide>{_ANY}{_LAST})",
            rf"[漏渗滴淹]到了?\s?(?P<hide>{_SURE}{_LAST})",
            rf"{_BUILDING}{_GAP}{_ANY}[、和与及](?P<hide>{_ANY}{_LAST})",
            rf"[0-9]#(?P<hide>[0-9]{{1,2}}#{_ANY}{_LAST})",
            # 163弄24号704
            rf"[0-9]弄\s?[0-9]{{1,4}}号(?P<hide>{_GAP}{_ANY}{_LAST})",
            # A座3C
            rf"{_BUILDING}{_GAP}(?P<hide>[0-9]{{1,2}}[A-Ha-h])(?![A-Za-z0-9])",
            # 3-2-501, 3.2.501, 3-501室
            rf"{_APART}[A-Za-z]?[0-9]{{1,2}}(?P<hide>{_DASH}[0-9]{{1,2}}{_DASH}(?!20[1-3][0-9])[0-9]{{3,4}}(?![0-9-])"
            rf"(?:{_ROOM_WORD})?)",
            rf"(?<![0-9A-Za-z.*\-–—/¥])(?<![0-9]:)[0-9]{{1,2}}(?P<hide>([./、·•,，\s])[0-9]\2(?!20[1-3][0-9])"
            rf"{_SURE}(?![0-9.]){_SURE_LAST})",
            rf"{_FREE}(?:(?![Bb][1-4]-)[A-Za-z])?[0-9]{{1,2}}(?P<hide>[-–—―]{_SURE}(?![0-9-]){_SURE_LAST})",
            # 501室, A1203室, 五零一室
            rf"(?<![0-9.第A-Za-z\-])[A-Za-z]?[1-9][0-9]{{2,3}}\s*{_CALLED}",
            rf"(?<!第){_ANY}\s*{_CALLED}",
            # 楼上501, 501的业主
            rf"{_LIVING}\s?(?P<hide>{_SURE}{_SURE_LAST})",
            rf"(?<![0-9.:\-A-Za-z]){_SURE}{_LIVES}",
            # 解放巷23号, 王家村3组45号
            rf"{_ALLEY}(?:里头|里面)?\s?(?P<hide>[甲乙丙丁]?(?:[0-9]{{1,4}}(?:[-–—][0-9]{{1,3}})?|[一二三四五六七八九十百]{{1,4}})\s?号"
            rf"(?:院[内里]?|附[0-9]{{1,2}}号?)?{_NOT_A_HOUSE})",
            r"[和与跟]\s?(?P<hide>[0-9]{1,4}号)(?=之间|中间)",
            r"门牌号?[码是为:：\s]*[0-9]{1,5}\s*号?",
        ),
    )
)

_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_WRITTEN_OUT = "江东南西北海庆疆夏古徽建肃州林军空沈兰济广成"  # the last of 浙江, 广东 ...; and of the forces
_PLATE_GAP = rf"(?:的|打头|开头)?{BETWEEN}{{0,3}}(?:后面是?)?"
_TAIL = "[A-Za-z0-9]"
_END = f"(?!{_TAIL})"
_SPECIAL = "[警挂学港澳领试超使]"
_HEAD = rf"(?<=[{_PROVINCE}]){_PLATE_GAP}[A-Za-z]{_PLATE_GAP}"
_PLATES = tuple(
    map(
        re.compile,
        (
            rf"{_HEAD}(?P<hide>(?:{_TAIL}(?:[\s·.\-]?{_TAIL}){{3}}|[0-9{HAN_FIGURES}]{{4}}){_PLATE_GAP}{_SPECIAL})",
            rf"{_HEAD}(?P<hide>{_TAIL}{{5,6}}){_END}",
            rf"{_HEAD}(?P<hide>{_TAIL}(?:[\s·.\-]?{_TAIL}){{4,5}}){_END}",
            rf"{_HEAD}(?P<hide>[A-Za-z0-9{HAN_FIGURES}]{{5,6}}){_END}",
            rf"(?<=[{_WRITTEN_OUT}])[A-Za-z][·•.\s-]?(?P<hide>{_TAIL}{{5,6}}){_END}",
            # without the province: 车牌A8K123, 僵尸车J8294警, B053J9的车灯
            rf"(?:车牌|牌照|车号|牌号|号牌)[号码是为:：\s]{{0,4}}(?P<hide>{_TAIL}{{5,7}}){_END}",
            rf"车(?P<hide>[A-Z](?:{_TAIL}{{4}}{_SPECIAL}|{_TAIL}{{4,5}}{_END}))",
            rf"(?<!{_TAIL})(?P<hide>[A-HJ-NP-Z]{_TAIL}{{5,6}})(?=的?(?:车|[尾大]?灯|后备箱|司机|挪))",
            rf"(?<=使){_PLATE_GAP}(?P<hide>[0-9]{{3}}[·.\s-]?[0-9]{{3}}){_END}",
        ),
    )
)

_AT = r"(?:\s?(?:@|[(（\[【]\s?(?:at|@|艾特)\s?[)）\]】]|艾特|圈a)\s?|\sat\s)"
_DOT = r"(?:\s?(?:\.|。|[(（\[]dot[)）\]]|\sdot\s|点)\s?)"
_LOCAL = r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++"
_TOP = "(?:com|cn|net|org|edu|gov|cc|io|me|co|hk|tw|top|xyz|vip|info|email|mail)"
_KNOWN = "(?:qq|163|126|139|189|sina|sohu|gmail|yeah|foxmail|outlook|hotmail)"
_MAILS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_LOCAL}@(?:[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)++|{_KNOWN}(?![A-Za-z0-9]))",
        rf"{_LOCAL}{_AT}[A-Za-z0-9-]++(?:{_DOT}[A-Za-z0-9-]++){{0,3}}{_DOT}{_TOP}(?![A-Za-z0-9])",
        rf"{_LOCAL}[#*&]\s?[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++){{0,3}}\.{_TOP}(?![A-Za-z0-9])",
    )
)

_CHAT = (
    r"(?:(?:[微薇威徽葳巍维]|(?<![A-Za-z])(?:wei|v))\s?(?:信|芯|心|xin|[❤💚💗💕]️?)|微\s?[❤💚]️?|[➕+加][卫威微薇维]星"
    r"|(?<![A-Za-z0-9])(?:wx|vx|weixin|we\s?chat|tg|telegram)|(?<![A-Za-z0-9])v(?=\s?我?[:：]|\s[a-z])"
    r"|[加➕+找]\s?我?的?\s?(?:[微薇❤]|[vwq](?![A-Za-z]))|抖音|快手|小红书|支付宝|钉钉|微博|陌陌|旺旺)"
)
_COLON = r"[\s号號码是为叫:：,，加+➕/\[【(（「“\"'=同步账帐户的搜我]{0,8}(?:id[\s:：是]{0,3})?"
_QQ = (
    r"(?:(?<![A-Za-z])qq|扣扣|企鹅|(?<![A-Za-z])q(?=\s?[:：/号])|[加➕+]\s?q)"
    r"[\s号码是为:：,，/\[【(（加+同账帐]{0,6}"
)
_MINE = r"(?=\s?(?:[(（,，]|这?是)?\s?我?的?\s?(?:[微薇]信|v信|(?:vx|wx|qq)(?![a-z])))"
_ACCOUNTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"wxid\s?[_-]\s?[A-Za-z0-9_-]++",
        # letters alone only where they are said to be one: 微信 Android is none
        rf"{_CHAT}{_COLON}(?:(?=[A-Za-z.-]{{0,40}}(?:[0-9_]|\s_|下划线))|(?<=[:是为号加])|(?<=[:号]\s))(?P<hide>[A-Za-z0-9](?:[A-Za-z0-9.-]|\s?_\s?|下划线){{4,40}})",
        rf"{_QQ}(?P<hide>[A-Za-z0-9][A-Za-z0-9_-]{{4,40}})",
        rf"{_QQ}(?P<hide>[0-9](?:[\s、.\-]?[0-9]){{4,11}}|[{HAN_FIGURES}](?:[\s、.\-]?[{HAN_FIGURES}]){{4,11}})",
        rf"(?<![A-Za-z0-9_])(?P<hide>[A-Za-z0-9][A-Za-z0-9_-]{{4,30}})(?![A-Za-z0-9_-]){_MINE}",
    )
)


def hidden_words(seen: str, figures: AbstractSet[int]) -> Iterator[tuple[int, int]]:
    """The stretches replaced as a whole. What is part of a number, whose places are `figures`, is no room."""
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
