"""A thousand invented messages about doors, plates, names and accounts, seeded: `sentences(seed)`: the second examination.

Written by a fourth person who knew the task and none of the rules, in ways rarer than the others'. Its first figures, on
which nothing had been tuned, stand in the docstring of test_recall.py.
"""

# Tables of frames and of ways to write, a row a line:
# fmt: off
# ruff: noqa: E501
# mypy: ignore-errors

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.core.masking.sentence import Sentence


def _list(block: str) -> list[str]:
    return [part.strip() for part in re.split(r"[|\n]", block) if part.strip()]


# Frames: {x} is generated, <...> is a secret, [...] is a keep; "|" or a line end parts two frames, "¶" is a line break.
C = _list("翠湖花园|金桂苑|阳光新城|锦绣江南|东方名邸|和平新村|滨河家园|丽景湾|梧桐里小区|铁路三村|工人新村|紫荆公寓|香樟园|万和城|安居苑|云栖府")
ROAD = _list("长乐路|建设北路|人民东路|定海路|凤起路|临汾路|解放大道|新华街|延平路|学院路|江宁路|共和新路")
ALLEY = _list("柳树巷|水井巷|大石桥胡同|豆腐巷|永康里|安庆里|东风弄|棉花胡同|石库弄|帽儿胡同|马市巷|同福里|后营巷|竹竿胡同|多福里|糖坊弄|三元巷")
SUR = list("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶余潘杜戴夏钟汪田任姜")
SUR2 = ["欧阳", "司马", "诸葛", "上官", "皇甫"]
GIVEN = _list("""伟|芳|秀英|建国|丽华|国强|桂兰|志明|玉梅|淑珍|海燕|晓东|雪|文杰|梓涵|子轩|春生|小红|俊|浩然|美玲|德胜|金花|永福|凤英|佳怡|一鸣|宏|婷婷
学军|兰英|思远|卫东|爱民|平|安|乐|明|阿妹|三元|万里|双喜""")
ETHNIC = ["阿依古丽·买买提", "买买提·艾力", "古丽娜尔·吐尔逊", "扎西·多吉", "热依汗·阿不都"]
TAIL = _list("""楼上漏水都漏到客厅了|半夜还在装修，吵得睡不着|楼道灯坏了[3天]没人修|下水道又堵了|天天把垃圾放门口|家里暖气不热，才[16度]|空调外机滴水
狗叫个不停|厨房反味很重|油烟管道往回灌|门口堆了好多纸箱子|水表转得飞快，这个月[286元]|门禁刷不开|窗户外面掉墙皮|阳台扔烟头下来|电梯按键失灵
从[{date}]就开始停水|卫生间顶上渗水|燃气报警器一直响|电瓶车推进楼道充电|打麻将打到[{time}]|小孩跑来跑去咚咚响|水压太小洗不了澡|网络断了[2天]""")
ROOM = _list("""
[{b}栋]<{u}单元{d}室>|[{b}栋]<{u}单元{d}>|[{b}幢]<{u}单元{d}室>|[{b}幢]<{d}室>|[{b}号楼]<{u}单元{d}>|[{b}号楼]<{u}单元{d}室>|[{b}号楼]<{u}门{d}>|[{b}座]<{d}>
[{L}座]<{d}室>|[{L}栋]<{d}房>|[{b}栋]<{d}>|[{b}栋]<{d}室>|[{b}#]<{d}>|[{b}#楼]<{u}单元{d}>|[{b}#]<{u}单元{d}室>|[{com}{b}栋]<{u}单元{d}室>|[{com}]{b}-<{u}-{d}>
[{com}{b}号楼]<{d}室>|[{com}{L}座]<{d}>|[{road}{n}弄]{b}号<{d}室>|[{road}{n}弄]{b}号<{d}>|[{road}{n}号][{b}幢]<{u}单元{d}室>|[{alley}]<{h}号>|[{alley}]<{h}号>
[{alley}]<{h}-{u}号>|[{alley}]{h}号院[{b}号楼]<{u}单元{d}>|[{b}栋]<{u}单元{f}楼东户>|[{b}号楼]<{u}单元{f}层西户>|[{b}幢]<{u}单元{f}楼左边>|[{com}{u}区][{b}栋]<{d}户>
[{b}栋]<{u}单元{d}号>|[{com}]{b}-<{d}>|[{com}{b}号楼]<东单元{d}>|[{B}栋]<{U}单元{D}室>|[{B}号楼]<{U}单元{D}>|[{L}{b}栋]<{u}单元{d}>|[{com}{u}期][{b}栋]<{d}室>
[{b}栋]<{L}单元{d}室>|[{road}{n}号][{com}][{b}栋]<{u}-{d}>|[{b}楼]<{u}门{d}号>|[{b}号楼]<{u}单元{f}0{u}室>|[{L}座]<{f}楼{d}>""")
ROOM_SLOPPY = _list("""
[{b}栋]<{u}单元 {d}>|[{b} 栋] <{d} 室>|[{b}栋]<{u}单员{d}>|[{b}撞]<{u}单元{d}>|[{B}栋]<{D}>|[{com}]{b}—<{u}—{d}>|[{b}号]<{u}单元{d}>|{b}-<{u}-{d}>|[{b}栋]，<{d}>
[{com}]{b}/<{u}/{d}>|[{b}幢]<{u}单{d}>|[{b}栋]的<{d}>|[{alley}] <{h} 号>|[{alley}]门牌<{h}号>|[{alley}]<{H}号>|[{B}号楼]<{U}单元{F}楼西边那家>|[{b}#]<{u}#{d}>
[{l}座]<{d}>|[{b}栋]<{U}单元{d}>|[{com}]{b}.<{u}.{d}>|[{b}栋]<{u}单元{f}楼右手>|[{b}号楼]那个<{d}>|[{b}栋]--<{d}>|[{alley}]里头<{h}号>""")
ROOM_NASTY = _list("""
[{B}动]<{U}单元{D}>|[{B}栋]<{U}丹元{E}>|[{W}栋]<{V}单元{X}室>|[{b}栋]<{u}单元¶{d}>|[{b}栋]……呃……<{u}单元那个{D}>|[{com}]<{u}单元{d}>，楼是[{b}栋]|[{b}幢]<{U}单元{E}号>
[{alley}]<{H}号半>|[{b}栋]<{u}danyuan{d}>|[{b}栋]不是<{u}单元{d}>是隔壁<{u}单元{d}>|[{b}栋]<{u} 0 {f}室>""")
SHELL = _list("""
我是{A}的，{t}|我家{A}，{t}，麻烦来看看|你好，{A}{t}|{A}，{t}！！！|投诉{A}，{t}|住{A}，{t}，打了[12345]也没用|师傅，{A}，{t}，啥时候来|楼上{A}{t}
您好我这里是{A}，{t}，谢谢|{t}，地址{A}|{t}，就是{A}那户|地址：{A}¶问题：{t}|[{date}]上门核实，{A}反映{t}，已联系物业|[{date}] [{time}]走访{A}，{t}，已劝导
经查，{A}{t}，责令[3日]内整改|处理情况：已到{A}查看，{t}情况属实|回访{A}住户，表示满意|已电话联系{A}业主，约[{date}]上门|物业派人到{A}检修，费用[{p}元]|{A}无人应答，贴了告知单
师傅到{A}修得很快，[5分]好评|给{A}换了水龙头，收了[{p}元]，还行|差评，{A}报修[3次]了还是{t}|通知：{A}因管道检修[{date}]停水|公示：{A}违规搭建，限[{date}]前拆除
我妈一个人住{A}，{t}|我们{A}的，{t}，都反映[两次]了|帮我看下{A}，{t}|请问{A}{t}归谁管|喂 我{A} {t} 你们管不管|隔壁{A}，{t}|网格员到{A}入户，{t}，已上报|快递送错了，我是{A}""")
ROOM_FULL = _list("""
[{b}栋]<{u}单元{d}>和<{u}单元{d}>两家吵架，声音很大|[{b}号楼]<{d}>漏到<{d}>，两家都不认|[{b}幢]<{d}、{d}>都停水了|从[{b}栋]<{u}单元{d}>搬到[{b}栋]<{u}单元{d}>了，门禁卡没换
楼栋：[{b}栋]，房号：<{d}>，诉求：{t}|[{b}栋]，房间号是<{d}>，{t}|我们[{b}号楼]的，家里是<{u}单元{d}>，{t}|[{com}][{b}栋]（<{u}单元{d}室>）{t}|[{alley}]<{h}号>门口路灯不亮
[{alley}]<{h}号>和<{h}号>之间的墙裂了|[{b}栋]业主，<{d}>，{t}|【报修】[{b}幢]<{u}单元{d}室>，{t}，预约[{date}]|住[{b}栋]<{u}单元>的，门牌<{d}>，{t}|[{b}座]住户（<{d}>）{t}
[{alley}]修路，<{h}号>门前的石板没铺好|我在[{alley}]<{h}号>住了[30年]，{t}""")
PLATE = _list("""
车牌<{P}>堵在消防通道|<{P}>占了我的车位，麻烦挪一下|有辆白色轿车<{P}>停在[{b}栋]门口|黑色SUV，车牌号<{P}>，天天压草坪|请<{P}>车主尽快挪车|[{date}] [{time}]，<{P}>违停，已贴单
车牌号：<{P}>¶位置：[{b}号楼]西侧|我的车<{P}>被人刮了，想查监控|昨晚<{P}>乱按喇叭到[{time}]|已联系<{P}>车主，[{time}]驶离|登记车辆<{P}>，月租[{p}元]|<{P}>停在盲道上好几天了
<{P}>在充电桩那里占位不充电|经核实，<{P}>为外来车辆，停了[{n}小时]|货车<{P}>在[{com}]门口卸货，吵死人|那个<{P}>又停我家窗户底下|公示：僵尸车<{P}>请于[{date}]前移走|<{P}>和<{P}>剐蹭，两边都不让
垃圾车<{P}>漏水，一路都是臭的|道闸不认我的车，<{P}>，扣了[{p}元]|电车<{P}>占用[B2层]充电位|师傅帮忙放行一下，<{P}>|出租车<{P}>在[{road}]掉头撞了栏杆|差评，<{P}>堵门半小时没人管
面包车（<{P}>）长期占道卖水果|处理：通知<{P}>挪车，车主[10分钟]后到场|新能源车<{N}>飞线充电|<{N}>占了残疾人车位|绿牌<{N}>停在[{b}幢]楼下充电|车位[{n}号]被<{P}>占了|我车牌是<{P}>，月卡[{date}]到期
教练车<{S}>老在小区里练车|半挂车<{S}>停在[{road}]路口|牌照<{P}>，车窗没关，快下雨了|<{P}>、<{N}>两辆车挡住了垃圾房|[{time}]巡查发现<{P}>停在消防登高面""")
PLATE_SLOPPY = _list("""
车牌<{Q}>堵门口了|<{Q}>这车谁的，挪下|<{Q}> 又停草坪上|车牌号 <{Q}> 停[{b}栋]楼下三天了|麻烦叫<{Q}>挪一下车谢谢|<{Q}>的车灯没关|车牌<{K}>堵着路，外地的|车牌号<{K}>，没看清前面那个字""")
PLATE_NASTY = _list("车牌是<{Z}>，语音说的不准见谅|<{Z}>这个车堵了消防门|请<{Z}>挪车|车牌<{Z}>乱停，[{date}]就在了")
NAME = _list("""
我叫<{N}>，{t}|我是业主<{N}>，{t}|联系人：<{N}>，{t}|姓名：<{N}>¶诉求：{t}|投诉人<{N}>反映{t}|网格员<{N}>[{date}]到场处理|经办人：<{N}>，[{date}]|[{b}栋]业主<{N}>反映{t}|住户<{N}>称{t}
表扬物业的<{N}>师傅，冒雨来修水管|感谢网格员<{N}>，跑了[3趟]|我爱人叫<{N}>，手续是她办的|我妈妈<{N}>今年[{age}岁]，腿脚不便|楼长<{N}>说[{date}]开会|当事人<{N}>承认乱扔垃圾|户主：<{N}>，家里[3口]人
租客<{N}>半夜唱歌到[{time}]|房东<{N}>不退押金[{p}元]|报修人：<{N}>；时间：[{date}]|维修工<{N}>态度很好，[5分]|保安<{N}>骂人，我要投诉|社区书记<{N}>来看过了|独居老人<{N}>，[{age}岁]，已上门探望
处理人：<{N}>，已于[{date}]办结|申请人<{N}>，申请加装电梯|业委会主任<{N}>不公开账目|本人<{N}>，对处理结果不满意|名字是<{N}>，请登记一下|收件人写的<{N}>，包裹丢了|走失儿童<{N}>，[{kid}岁]，穿红衣服
我儿子叫<{N}>，在[{road}]小学上学|值班员<{N}>[{time}]接报|已联系<{N}>女士，约[{date}]上门|回访<{N}>先生，表示满意|调解双方<{N}>、<{N}>握手言和|业主<{N}>与租户<{N}>因[{p}元]水费争执
户主姓名<{N}>，联系人<{N}>|物业经理<{N}>说下周修|志愿者<{N}>帮忙搬了[{n}箱]菜|公示：低保对象<{N}>，每月[{p}元]|社工<{N}>跟进，[{date}]回访|署名：<{N}>""")
NAME_SLOPPY = _list("""
我叫<{N}> {t}|名字 <{N}>|我名字叫做<{N}>啊，{t}|联系人<{N}>吧，{t}|姓名<{N}>年龄[{age}]|俺叫<{N}>，{t}|我叫<{N}>今年[{age}岁]了耳朵不好|姓名:<{N}>,{t}|你就说<{N}>女士报修的
我是<{N}>，你们登记过的|找网格员<{N}>！{t}|业主 <{N}> {t}""")
NAME_NASTY = _list("我叫<{M}>，{t}|姓 名：<{M}>|业主<{M}>反映{t}|联系人叫<{M}>，别打错了|我叫¶<{N}>¶{t}")
WX = _list("""
我微信号<{X}>，加我发照片|微信：<{X}>|加我微信<{X}>，说是[{b}栋]的|微信号：<{X}>，备注[{b}栋]|QQ号<{J}>，把视频传给我|QQ：<{J}>|照片发我微信 <{X}> 就行|房东微信<{X}>，一直不回
我的微信是<{X}>，通过一下|联系方式：微信<{X}>|微信号是<{X}>，有结果告诉我|要买菜加微信<{X}>，满[{p}元]送|网格员微信<{X}>，已添加|微信同手机号<{T}>|贴小广告的，上面写微信<{X}>|有人冒充物业，微信号<{X}>
加QQ<{J}>进业主群|团长微信号<{X}>，[{date}]截止|WeChat：<{X}>|微信ID <{X}>，头像是只猫""")
WX_SLOPPY = _list("加v <{X}>|vx:<{X}>|我wx <{X}> 加一下|V信<{X}>|薇信号<{X}>|威信 <{X}> 发图|扣扣<{J}>|vx同号<{T}>|加我VX：<{X}>，急|qq <{J}> 加下")
WX_NASTY = _list("➕微❤<{X}>|卫星号：<{X}>|+V：<{X}>¶有图|微 信 号 <{X}>")
SAFE = _list("""
{date}停水，请提前储水|{date} {time}停电检修，预计{kid}小时|物业费每平米{m}元，太贵了|停车费涨到{p}元一个月|{b}栋门口路灯坏了|{b}号楼{u}单元门禁坏了|{b}幢电梯停了{kid}天|{b}栋{u}单元楼道没灯
{L}座大堂地砖碎了{kid}块|{b}#楼外墙脱落|{b}栋和{b2}栋之间积水|{b}-{b2}栋周末停水|{b}号楼前面有{n}辆共享单车|电梯停在{f}楼不动了|{f}层到{f2}层消火栓没水|{kid}楼平台堆满垃圾|地铁{u}号线施工噪音大
{n}路公交站牌倒了|坐{n}路到{road}下车|打12345没人接|请拨打96777报修|停电请打95598|火警119，急救120|工单EV-{ymd}-{k}已办结|事件EV-{ymd}-{k}重复上报，请合并|编号{kid}的垃圾桶满了|路灯杆编号{n}不亮
请到社区{c}会议室开会|业主大会改在服务中心{c}会议室，{time}开始|车停{B2}层，灯全坏了|{B2}层车库漏水|地下{u}层积水{n}厘米|房子是{u}室{v}厅，想问能不能改|{u}室{v}厅{v}卫，{n}平，月租{p}元|求租[两室]一厅
{road}{n}号超市占道经营|{road}{n}号门口井盖响|{road}与{road}路口红绿灯坏了|{alley}路面坑洼，有{kid}处|{alley}路灯坏了{kid}盏|{com}{u}期绿化太差|{com}东门{time}就锁了|{u}号门保安不在|{com}{u}号门岗亭没人
已处理{n}起，满意率{pct}%|共走访{n}户，发现隐患{kid}处|本周巡查{kid}次|参会{n}人|有{kid}只流浪狗|楼道堆了{kid}辆电瓶车|小孩才{kid}岁，睡不好|老人{age}岁，上下楼不方便|{kid}分好评，师傅很快|给{u}星，太慢了
等了{n}分钟没人来|反映了{kid}次没人管|{time}到{time}装修最吵|噪音测了{n}分贝|水压只有{m}兆帕|室温才{kid}度|电费{m}元一度，不合理|扣了我{p}元押金|{v}号充电桩坏了|充电桩功率{kid}kW，收{m}元每度
{kid}号楼长已通知到位|{u}单元门口有积水|{b}栋楼顶漏雨|第{kid}网格已完成排查|{n}平米绿地被毁|依据物业管理条例第{n}条处理|按GB{k}标准检测|{ymd}期公告已张贴|20{y}年建的楼，管子老化|{y}年{kid}月的账目没公示
奶茶店{time}还在放音乐|7-11便利店门口油污|全家便利店{n}店开业太吵|85度C门口堆货|7天连锁酒店空调外机响了{n}天|{road}小学{kid}年级{u}班家长反映|社区医院{u}号窗口排队|{kid}号诊室没医生|取号{k}号，等了{n}分钟
快递柜{u}号柜门打不开|取件码过期{kid}天了|垃圾分类点{u}号桶满了|{kid}月{kid}号开始收费|每月{kid}号抄表|A4纸贴的通知被撕了|5G基站离居民楼{n}米|N95口罩{kid}个|101胶水味很大|WD-40喷了也没用|G{k}次列车鸣笛声大
{com}车位配比1:{m}|{u}-{kid2}个工作日内答复|坡度{pct}%，轮椅上不去|楼高{f}层，没有电梯|{b}栋[三单元]电子门关不上|[二楼]平台漏水|[五号楼]门口有人烧纸|等了[半个多小时]|网格员[马上]到场，用时{n}分钟|业主[高兴]地送来{u}面锦旗
联系人[不详]，来电{kid}次|住户[自行]清理了{kid}袋垃圾|京A开头的车进不来，等了{n}分钟|业主微信群有{n}人|微信支付{p}元没到账|关注微信公众号领{kid}个鸡蛋|外地车牌停满了，约{n}辆|车位共{c}个，卖了{n}个|客服400-{c}-{k}一直占线
{u}期工程{date}完工|老年食堂午餐{m}元|{b}栋{f}楼公共走廊灯不亮|{L}区{u}号岗亭没人|[一户一表]改造每户{p}元|体温{t37}度还要排队|{ymd}已回访，满意""")


def _pick(rng: random.Random, items: list[str]) -> str:
    return items[rng.randrange(len(items))]


CN, WIDE, LET = "零一二三四五六七八九", str.maketrans("0123456789", "０１２３４５６７８９"), "ABCDEFGHJKLMNPQRSTUVWXYZ"


def _cn(n: int) -> str:
    return CN[n] if n < 10 else ("" if n < 20 else CN[n // 10]) + "十" + (CN[n % 10] if n % 10 else "")


def _plate(r: random.Random, ev: bool = False) -> str:
    head = _pick(r, list("京沪粤苏浙皖鲁川渝鄂湘豫闽赣冀晋陕津辽吉黑桂云贵")) + _pick(r, list("AAAABBCDEFGHJK"))
    if ev:
        digits = f"{r.randrange(100000):05}"
        return head + (_pick(r, ["D", "D", "F"]) + digits if r.random() < 0.85 else digits + "D")
    tail = [str(r.randrange(10)) for _ in range(5)]
    for _ in range(r.choice([0, 1, 1, 2])):
        tail[r.randrange(5)] = _pick(r, list(LET))
    return head + _pick(r, ["", "", "", "·"]) + "".join(tail)


def _sloppy_plate(r: random.Random) -> str:
    p = _plate(r, r.random() < 0.25).replace("·", "")
    return r.choice([p.lower(), p[:2] + " " + p[2:], p[:2] + "-" + p[2:], p[:2].lower() + p[2:], p[:2] + "." + p[2:], p[0] + " " + p[1:]])


def _nasty_plate(r: random.Random) -> str:
    p, digits = _plate(r).replace("·", ""), f"{r.randrange(100000):05}"
    spoken = p[:2] + "".join("零幺二三四五六七八九"[int(c)] for c in digits)
    return r.choice([" ".join(p), spoken, p[:2] + "点" + p[2:], (p[0] + p[1:].translate(WIDE)).replace("A", "Ａ"), p[:2] + "\n" + p[2:]])


def _name(r: random.Random) -> str:
    return _pick(r, SUR2 if r.random() < 0.03 else SUR) + _pick(r, GIVEN)


def _door(r: random.Random) -> str:
    return f"{r.choice([1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 11, 12, 15, 17, 18, 21, 26])}0{r.randint(1, 4)}"


def _account(r: random.Random) -> str:
    word = _pick(r, _list("xiaohong|lihua|sunny|wang|happy|Moon|abc|zhao_yi|cat|lucky|qingfeng|mm|Leo|tian-tian|wxid"))
    tail = str(r.randint(1000, 999999)) if r.random() < 0.7 else _pick(r, list("abkxz")) + str(r.randint(100, 9999))
    return word + _pick(r, ["", "", "_", "-"]) + tail


GEN: dict[str, Callable[[random.Random], str]] = {
    "b": lambda r: str(r.randint(1, 36)), "b2": lambda r: str(r.randint(37, 48)), "u": lambda r: str(r.randint(1, 4)), "d": _door,
    "f": lambda r: str(r.randint(2, 9)), "f2": lambda r: str(r.randint(10, 18)), "h": lambda r: str(r.randint(2, 128)),
    "L": lambda r: _pick(r, list("ABCDE")),
    "l": lambda r: _pick(r, list("abcd")), "B": lambda r: _cn(r.randint(1, 26)), "U": lambda r: _cn(r.randint(1, 4)),
    "H": lambda r: _cn(r.randint(2, 68)),
    "F": lambda r: _cn(r.randint(2, 9)), "D": lambda r: "".join(r.choice("幺一一") if c == "1" else CN[int(c)] for c in _door(r)),
    "E": lambda r: f"{_cn(r.randint(2, 9))}百零{_cn(r.randint(1, 4))}", "W": lambda r: str(r.randint(1, 30)).translate(WIDE),
    "V": lambda r: str(r.randint(1, 4)).translate(WIDE), "com": lambda r: _pick(r, C), "road": lambda r: _pick(r, ROAD),
    "alley": lambda r: _pick(r, ALLEY),
    "n": lambda r: str(r.randint(12, 399)), "p": lambda r: str(r.choice([30, 35, 50, 80, 120, 150, 260, 300, 450, 680, 800, 1200, 2800])),
    "date": lambda r: r.choice(["{}月{}日", "{}月{}日", "{}月{}号", "2026年{}月{}日", "{}.{}", "2026-{:02}-{:02}"]).format(r.randint(1, 12), r.randint(1, 28)),
    "time": lambda r: r.choice(["{}:{}0", "{}点", "{}:{}5", "{}点{}5分"]).format(r.randint(6, 23), r.randint(1, 5)),
    "age": lambda r: str(r.randint(66, 93)),
    "kid": lambda r: str(r.randint(3, 12)), "kid2": lambda r: str(r.randint(5, 15)), "m": lambda r: f"{r.randint(1, 18)}.{r.randint(1, 9)}",
    "v": lambda r: str(r.randint(1, 2)), "c": _door, "k": lambda r: f"{r.randint(1, 9999):04}", "pct": lambda r: str(r.randint(5, 99)),
    "y": lambda r: f"{r.randint(10, 26)}",
    "ymd": lambda r: f"2026{r.randint(1, 12):02}{r.randint(1, 28):02}", "B2": lambda r: r.choice(["B1", "B2", "B3"]),
    "t37": lambda r: f"3{r.randint(6, 8)}.{r.randint(1, 9)}",
    "t": lambda r: _pick(r, TAIL), "X": lambda r: _door(r).translate(WIDE),
}
BY_KIND: dict[str, dict[str, Callable[[random.Random], str]]] = {
    "room": {}, "harmless": {},
    "plate": {"P": _plate, "N": lambda r: _plate(r, True), "Q": _sloppy_plate, "Z": _nasty_plate, "K": lambda r: _plate(r).replace("·", "")[1:],
              "S": lambda r: re.sub(r".$", r.choice(["学", "挂"]), _plate(r))},
    "name": {"N": _name, "M": lambda r: r.choice([_pick(r, ETHNIC), " ".join(_name(r)), _pick(r, SUR) + _pick(r, SUR) + _pick(r, GIVEN)])},
    "wechat": {"X": _account, "J": lambda r: str(r.randint(10**7, 3 * 10**9)),
    "T": lambda r: f"1{r.choice([38, 59, 77, 86, 99])}{r.randrange(10**8):08}"},
}
TIERS: dict[str, tuple[int, list[str], list[str], list[str]]] = {
    "room": (350, ROOM + ROOM_FULL, ROOM_SLOPPY, ROOM_NASTY), "plate": (150, PLATE, PLATE_SLOPPY, PLATE_NASTY),
    "name": (150, NAME, NAME_SLOPPY, NAME_NASTY), "wechat": (50, WX, WX_SLOPPY, WX_NASTY), "harmless": (300, SAFE, [], []),
}
NUMBER = re.compile(r"[A-Za-z]*-?\d+(?:[.:/-]\d+)*[%A-Za-z]*")


def _build(kind: str, frame: str, rng: random.Random) -> Sentence | None:
    if kind == "room" and frame not in ROOM_FULL:
        frame = _pick(rng, SHELL).replace("{A}", frame)
    table = GEN | BY_KIND[kind]
    while "{" in frame:
        frame = re.sub(r"\{(\w+)\}", lambda m: table[m[1]](rng), frame, count=1)
    frame = frame.replace("¶", "\n")
    secrets, keeps = re.findall(r"<([^<>]+)>", frame), re.findall(r"\[([^\[\]]+)\]", frame)
    text = re.sub(r"[<>\[\]]", "", frame)
    if kind == "harmless":
        for m in NUMBER.finditer(text):
            keeps.append(text[m.start():m.end() + 1] if m.end() < len(text) else text[max(0, m.start() - 1):])
    if kind == "harmless":
        keeps = keeps or [text]
    bad = any(text.count(s) != 1 or any(s in o for o in secrets[:i] + secrets[i + 1:]) for i, s in enumerate(secrets))
    return None if bad else Sentence(kind, text, tuple(secrets), tuple(dict.fromkeys(keeps)))


def sentences(seed: int) -> list[Sentence]:
    """Exactly 1,000 sentences; the same seed gives the same list."""
    rng, out, seen = random.Random(seed), [], set()
    for kind, (count, *tiers) in TIERS.items():
        sizes = [round(count * 0.8), 0, max(1, round(count * 0.03))] if tiers[1] else [count, 0, 0]
        sizes[1] = count - sizes[0] - sizes[2]
        for frames, size in zip(tiers, sizes, strict=True):
            order: list[str] = []
            while size:
                if not order:
                    order = rng.sample(frames, len(frames))
                made = _build(kind, order.pop(), rng)
                if made and made.text not in seen:
                    seen.add(made.text)
                    out.append(made)
                    size -= 1
    rng.shuffle(out)
    return out
