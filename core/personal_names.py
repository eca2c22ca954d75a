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
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵钱严覃武戴莫孔汤温康施文牛樊葛邢齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿焦俞柳祝阮柯万金洪梅尚包宁左申关甘成苗盛游辛柴骆蓝冉管瞿裴霍涂童凌毕季纪佟尤时车卜舒丛明华国" # x
_DOUBLE = "|".join(sorted(DOUBLE_SURNAMES))
_TITLE = (
    "(?:先生|女士|小姐|太太|阿姨|大爷|大妈|大叔|大娘|大姐|大哥|叔叔?|婶|伯伯?|爷爷|奶奶|爷|奶|姨|哥|姐|师傅|老师|主任|书记|经理|医生|大夫|队长|站长|组长|科长|总|工|同志|同学|老人|老板|律师|警官|护士|网格员)"
)
# No given name has these behind a surname; there the name is over.
_OVER = "的了吗呢吧啊呀住在是有和与及跟同说要想来去到从给把被让请打拨电手微身男女，联性证卡号楼栋室房单家户反报投申签收送也都还就又很已今昨再不没这那后上下并或但将曾做办先们您你我他她它本某等,"
_GIVEN = rf"[^\W\d_A-Za-z{_OVER}]"
_GAP = r"[\s是为:：叫作“\"‘「【\[(（]{0,4}"
_NAME = rf"(?:(?:{_DOUBLE})(?!{_TITLE}){_GIVEN}{{1,2}}|[{_SURNAMES}](?!{_TITLE})(?:\s{_GIVEN}(?:\s{_GIVEN})?(?![\u4e00-\u9fff])|{_GIVEN}{{1,2}}))"
_MINORITY = r"[\u4e00-\u9fff]{2,6}[·•・.][\u4e00-\u9fff]{2,8}"
_SPACED = rf"(?:[欧司上诸慕皇夏]\s[阳徒马官葛容甫侯]|{_DOUBLE}|[{_SURNAMES}])\s{_GIVEN}(?:\s{_GIVEN})?"
_LAZY = rf"(?:{_DOUBLE}|[{_SURNAMES}])(?!{_TITLE}){_GIVEN}{{1,2}}?"
_SURE = "(?:我叫|名叫|名字叫?|姓名|户名|联系人|收件人|收款人|付款人|申请人|投诉人|报修人|报事人|当事人|代办人|签名|署名|签字|持卡人|(?<=[公婆妈爸女儿子孩妻夫])叫)"
_LIKELY = "(?:户主|反映人|负责人|经办人|业主|住户|租客|租户|房东|失主|车主|本人|居民|网格员)"
_END = r"(?=[\W\d]|$|同意|反映|反应|住|家住|电话|手机|身份|申请|要求|报|说|来电|投诉|的|在|提)"
_CLOSE = r"[\s”\"’」】\])）]{0,2}"
_PATTERNS = tuple(
    map(
        re.compile,
        (
            rf"(?:{_SURE}|{_LIKELY}|我是){_GAP}(?P<name>{_MINORITY})",
            rf"(?P<name>{_MINORITY}){_CLOSE}{_TITLE}",
            rf"(?P<name>[{_SURNAMES}]\s{_GIVEN}(?:\s{_GIVEN})?){_TITLE}",
            rf"(?:{_SURE}|{_LIKELY}|我是){_GAP}(?P<name>{_SPACED})(?:{_TITLE}|{_END})",
            rf"{_SURE}{_GAP}(?P<name>{_NAME})",
            rf"{_LIKELY}[\s:：“\"‘「【\[(（]{{1,4}}(?P<name>{_NAME})",
            rf"(?:{_LIKELY}|我是)[\s是为:：“\"‘「【\[(（]{{0,4}}(?P<name>{_LAZY})(?!{_TITLE}){_END}",
            rf"(?P<name>{_NAME})(?<![王李张刘陈赵黄周吴徐孙朱胡郭何罗郑谢韩唐冯工修装洁安卫递厨]){_CLOSE}{_TITLE}",
        ),
    )
)


def told_names(seen: str) -> Iterator[tuple[int, int]]:
    """Where a name stands that the words around it give away."""
    for pattern in _PATTERNS:
        for found in pattern.finditer(seen):
            yield found.span("name")
