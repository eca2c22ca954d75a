"""Names that the words around them give away: 我叫张伟, 联系人：李建国, 张伟先生 (reference: reliability.md B.3).

A surname alone, as in 陈先生 and 老王, tells nobody; without such words nothing is taken for a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

DOUBLE_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 端木 南宫 夏侯 独孤 长孙 宇文 轩辕 澹台 闻人 百里 呼延 "
    "公冶 申屠 淳于 单于 太史 仲孙 钟离 司空 濮阳 赫连 万俟 东郭 西门 南门".split()
)
# The commonest; 路, 来, 公 and others that are words oftener than names are left out.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎"
    "贺顾毛郝龚邵钱严覃武戴莫孔汤温康施文牛樊葛邢齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿焦俞柳祝阮柯万金付常赖褚涂骆洪梅尚包宁左关甘成苗盛游辛柴蓝冉管瞿裴霍童凌毕季纪佟尤时车卜舒丛"
)
_DOUBLE = "|".join(sorted(DOUBLE_SURNAMES))
_LONG_TITLE = (
    "先生|女士|小姐|太太|阿姨|大[爷妈叔娘姐哥]|叔叔|伯伯|爷爷|奶奶|师傅|老师|主任|书记|经理|医生|大夫|[队站组科]长|同志|同学|老人"
    "|老板|律师|警官|护士|网格员"
)
_TITLE = f"(?:{_LONG_TITLE}|[叔婶伯爷奶姨哥姐总工])"  # 张工 has no given name; 凌晨施工 is nobody
# No given name has these behind a surname; there the name is over.
_OVER = (
    "的了吗呢吧啊呀住在是有和与及跟同说要想来去到从给把被让请打拨电手微身男女联性证卡号楼室单家户反报投申签收送也都还就又很"
    "已今昨因再不没这那后上下并或但将曾做办先们您你我他她它本某等层边区期"
)
_GIVEN = rf"[^\W\d_A-Za-z{_OVER}]"
_HAN = r"[\u4e00-\u9fff]"
_OPEN = r"\s:：“\"‘「【\[(（"
_GAP = rf"[{_OPEN}是为叫作]{{0,4}}"
_CLOSE = r"[\s”\"’」】\])）]{0,2}"
_SURNAME = rf"(?:{_DOUBLE}|[{SURNAMES}])"
_NAME = rf"{_SURNAME}(?!{_TITLE}){_GIVEN}{{1,2}}(?!\*)"
_SHORTEST = rf"{_SURNAME}(?!{_TITLE}){_GIVEN}{{1,2}}?(?!\*)"
_SPACED = rf"(?:[欧司上诸慕皇夏]\s[阳徒马官葛容甫侯]|{_SURNAME})\s{_GIVEN}(?:\s?{_GIVEN})?"
_FOREIGN = rf"{_HAN}{{2,6}}[·•・.]{_HAN}{{2,8}}"
# After these a name follows; after the others it may.
_SURE = (
    "(?:[我俺]叫|名叫|名字叫?做?|姓\\s?名|户名|联系人|处理人|收件人(?:写的)?|收款人|付款人|申请人|投诉人|报修人|报事人|当事人|代办人|签名|署名|签字|持卡人"
    "|(?<=[公婆妈爸女儿子孩妻夫])叫)"
)
_LIKELY = (
    "(?:户主|反映人|负责人|经办人|业主|住户|租客|租户|房东|失主|车主|本人|居民|网格员|来电人|来访人|志愿者|残疾人|独居老人|孤寡老人|党员"
    "|楼长|楼栋长|物业经理|维修工|社工|值班员|社区书记|业委会主任|保安|低保对象|走失(?:儿童|老人)|双方)"
)
_END = (
    r"(?=[\W\d]|$|同意|反映|反应|住(?!户)|家住|电话|手机|身份|申请|要求|报|来电|投诉|的|在|提|当面"
    r"|沟通|本人|家|也|不|没|拒|未|已|于|把|说|服务|今[天年]|昨天|明天|来电|称|帮忙|态度|跟进|骂|半夜|与|和|因|来看)"
)
_NOT_BEFORE_A_TITLE = "(?<![王李张刘陈赵黄周吴徐孙朱胡郭何罗郑谢韩唐冯工修装洁安卫递厨])"  # 路王先生, 高层电工师傅
_PATTERNS = tuple(
    map(
        re.compile,
        (
            rf"(?:{_SURE}|{_LIKELY}|我是){_GAP}(?P<name>{_FOREIGN})",
            rf"(?P<name>{_FOREIGN}){_CLOSE}(?:{_LONG_TITLE})",
            rf"(?<!{_HAN})(?P<name>{_NAME})[\s,，、(（]{{1,3}}[男女](?![儿人士友孩生性厕])",
            rf"(?P<name>{_SPACED})(?:{_LONG_TITLE})",
            rf"(?:{_SURE}|{_LIKELY}|我是){_GAP}(?P<name>{_SPACED})(?:{_TITLE}|{_END})",
            rf"{_SURE}{_GAP}(?P<name>{_NAME})",
            rf"{_LIKELY}[{_OPEN}]{{1,4}}(?P<name>{_NAME})",
            rf"{_LIKELY}[{_OPEN}是为]{{0,4}}(?P<name>{_SHORTEST})(?!{_TITLE}){_END}",
            rf"[我俺](?:妈妈?|爸爸?|爱人|老[公婆伴]|儿子|女儿|母亲|父亲|奶奶|爷爷)叫?(?P<name>{_SHORTEST}){_END}",
            rf"我是[{_OPEN}]{{0,4}}(?P<name>{_NAME})(?=[\W\d]|$|住(?!户)|家住|电话|手机)",
            rf"(?P<name>{_NAME}){_NOT_BEFORE_A_TITLE}{_CLOSE}(?:{_LONG_TITLE})",
        ),
    )
)


def told_names(seen: str) -> Iterator[tuple[int, int]]:
    """Where a name stands that the words around it give away."""
    for pattern in _PATTERNS:
        for found in pattern.finditer(seen):
            yield found.span("name")
