"""Whether a text is about one child: someone under 18 (under 14 is sensitive by art. 28 of the PIPL).

It tells the individual child from children in general: 我8岁的孙女 is one, 小学门口堵车 and 3岁以上儿童 are none. Nothing
about an individual child is published. It errs on the safe side: a person may take the phrase out and try again.
"""

from __future__ import annotations

import re

from core.characters import HAN, word_view
from core.personal_names import SURNAMES

# Who is young whatever else is said, who may be grown up, and who goes to school.
_YOUNG = "小?孙[子女儿]|外孙女?|囡囡|娃娃?|宝宝|宝贝|小孩子?|孩子|小朋友"
_KIN = "女儿|儿子|闺女|丫头|侄[子女儿]|外甥女?|弟弟|妹妹|[大二小]宝|老[大二三]"
_PUPIL = "小学生|初中生|高中生|中学生|男童|女童|男婴|女婴"
_CHILD = (
    f"(?:{_YOUNG}|{_KIN}|{_PUPIL}|学生|小?[男女]孩子?|[男女]生|婴儿|幼儿|小伙子|少年|少女|小家伙|小姑娘|小子"
    "|儿童(?=走|摔|被|在|独|受|失|溺|从|掉|撞))"
)
# Under eighteen years, or three years in months, in figures or written.
_YEARS = r"(?<![0-9.一二三四五六七八九十百])(?:[0-9]|1[0-7]|[一二两三四五六七八九]|十[一二三四五六七]?)\s?"
_MONTHS = r"(?<![0-9.])(?:[1-9]|[12][0-9]|3[0-5]|[一二两三四五六七八九十]|十[一二三四五六七八九])\s?"
_OLD = "(?:周岁|岁半?|岁多|来岁)"
# What makes of an age a rule for everybody: 3岁以上, 6至12岁.
_RULE = r"(?!\s?(?:以[上下内前后]|及以|[~～至到—-]|之间|免费))"
_ALL = "(?!们|票|优惠|以|免|均|都|可|医保|疫苗|产品)"
_MANY = "(?!们|都|较?多|玩|车|座|上学|放学|出行|安全)"
_NOW = r"[,，\s(（]{0,2}(?:今年|才|刚满?|已经?|现在|年仅|年龄[是为:：]?|都|只有|不到|未满|快|将?满){0,2}\s?"

_ONE = (
    r"(?:一[名个位对]|1[名个]|[这那][个名]|有[个名位]|某|[我他她你]们?家?的?|[邻居]{2}家?的?|咱家|自家|亲戚家?的?|楼[上下]家?的?"
    r"|隔壁家?的?|[1-9一二三四五六七八九十]{1,3}[楼号栋户]的?)"
)
_SOMEBODYS = rf"(?:[我他她你]们?|咱|邻居|亲戚|隔壁|楼[上下]|业主|住户|[{SURNAMES}](?:女士|先生|某|阿姨|大爷|姐|哥))家?的?(?:[那这]个)?"
_SCHOOL = "小学|初中|高中|中学|幼儿园|托班|[小中大]班|学前班|职高|中专"
_GRADE = "[一二三四五六七八九1-9]年级|初[一二三]|高[一二三]|小[一二三四五六](?!区|期|时)|幼儿园[小中大]班|学前班|幼儿园"
_CLASS = r"(?:[一二三四五六七八九1-9]年级|初[一二三]|高[一二三]|[小中大])[(（]?[0-9一二三四五六七八九十]{1,2}[)）]?班"
_NAME = rf"(?:(?!孙[子女儿])[{SURNAMES}][{HAN}]{{1,2}}|小(?![心区时孩组朋学])[{HAN}])"
_GROWN_UP = rf"[{HAN}，,]{{0,3}}(?:[2-9][0-9]|[二三四五六七八九]十)"

_PATTERNS = tuple(
    map(
        re.compile,
        (
            # 8岁的孙女, 十二岁男孩, 12岁的王小明, 3个月大的宝宝
            rf"{_YEARS}{_OLD}{_RULE}(?:左右|大)?的?(?:[{HAN}]{{0,2}}的)?{_CHILD}{_ALL}",
            rf"{_YEARS}{_OLD}的?{_NAME}(?!以|们|时)",
            rf"{_MONTHS}个?多?月{_RULE}大?的?{_CHILD}{_ALL}",
            # 孙女今年8岁, 孩子才3个月, 年仅七岁, 男，15岁
            rf"{_CHILD}(?:[{HAN}]{{2,3}})?{_NOW}{_YEARS}(?:个月|{_OLD}){_RULE}",
            rf"{_CHILD}{_NOW}{_MONTHS}个多?月{_RULE}大?(?![的后内前完没])",
            rf"(?:今年|才|刚满|年仅|未满|现年|年龄[是为:：\s]?)\s?{_YEARS}{_OLD}(?!以|[~～至到—-]|的?(?:志愿|业主|居民|人员|可以|不得))",
            rf"(?:年龄|男|女)[是为:：,，\s]{{1,2}}{_YEARS}{_OLD}{_RULE}",
            # 一名小学生, 那个小女孩, 我家孩子, 李女士的孙子, 小学生小明
            rf"{_ONE}(?:[{HAN}]{{0,4}}的)?(?:{_YOUNG}|{_PUPIL}|幼儿|婴儿|小?[男女]孩子?|少年|少女){_MANY}(?!{_GROWN_UP})",
            rf"{_SOMEBODYS}(?:{_YOUNG}){_MANY}(?!{_GROWN_UP})",
            rf"(?:{_PUPIL}){_NAME}(?!家长|老师)",
            # 我家上初二的女儿, 我儿子上高一, 幼儿园小班的孩子, 三年级2班张小明
            rf"(?:上|读|念|在读?|就读于?)(?:[{HAN}]{{0,6}})?(?:{_GRADE})的?{_CHILD}{_ALL}",
            rf"(?:{_GRADE}|{_SCHOOL})的(?:{_YOUNG}|{_KIN}|小?[男女][孩生]){_ALL}",
            rf"{_SOMEBODYS}(?:{_YOUNG}|{_KIN})[{HAN}]{{0,4}}?(?:上|读|念|在读|今年)[{HAN}]{{0,6}}?(?:{_GRADE}|{_SCHOOL})",
            rf"{_CLASS}的?(?:学生|同学)?[:：\s]?{_NAME}(?!家长|老师)",
            rf"{_NAME}[(（,，\s]{{1,2}}{_CLASS}",
            # 初二学生张小明, 六年级的王同学, 幼儿园的朵朵, 孙女在托儿所门口
            rf"(?:{_GRADE}|{_SCHOOL})的?学生{_NAME}(?!家长|老师)",
            rf"(?:{_GRADE}|{_SCHOOL})的?(?:学生)?[{HAN}]{{1,2}}同学(?!们)",
            rf"(?:{_GRADE})的(?:小[{HAN}]|([{HAN}])\1)(?=[被在把摔从说的，,])",
            rf"(?<!老)(?:孙[子女]|外孙女?|{_KIN})在(?:{_SCHOOL}|托儿所|学校)",
            # the word itself, but where it is a rule
            r"未成年(?:人|子女|孩子|女儿|儿子|少女|少年)?(?!人?(?:保护|禁止|不得|请|须|应|谢绝|游泳|需|勿)|们|入内)",
        ),
    )
)


def found_minor(text: str) -> str:
    """The first phrase that shows that the text is about an individual child, as it is written; "" when none does."""
    plain = word_view(text)
    found = [match for pattern in _PATTERNS if (match := pattern.search(plain))]
    if not found:
        return ""
    first = min(found, key=lambda match: (match.start(), -match.end()))
    return text[first.start() : first.end()]
