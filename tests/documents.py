"""A 工作简报 for the tests of the document, and what a reader of its XML finds."""

import tomllib
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from lxml import etree

from pipeline.document.blocks import (
    AnnexTitle,
    Briefing,
    Chart,
    ChartRow,
    Distribution,
    Heading,
    Masthead,
    Paragraph,
    Series,
    TableBlock,
)
from pipeline.document.letterhead import TEMPLATE
from pipeline.document.render import render_briefing
from pipeline.document.wordml import name, pack, unpack
from pipeline.wording import BriefingRules

ROOT = Path(__file__).parent.parent
RULES = BriefingRules.model_validate(tomllib.loads((ROOT / "rules" / "briefing.toml").read_text("utf-8")))
UNITS = [unit["name"] for unit in tomllib.loads((ROOT / "rules" / "units.toml").read_text("utf-8"))["units"]]

MASTHEAD = Masthead("工作简报", "2023年第2期（总第2期）", RULES.letterhead.issuer, date(2023, 4, 4), draft=True)
TITLE = ("石龙区政务服务“应进必进”和“一证通办”", "工作专班第2期评比情况通报")
FIVE_ENTRIES = TableBlock(
    title="“五进”完成情况（截至3月31日）",
    headers=("内容", "目标", "时限", "完成", "完成率", "较上期"),
    rows=(
        ("事项", "1286项", "7月31日", "1041项", "80.95%", "+6.30个百分点"),
        ("环节", "1286项", "10月31日", "803项", "62.44%", "+4.12个百分点"),
        ("人员", "214人", "10月31日", "158人", "73.83%", "+2.80个百分点"),
        ("系统", "1190项", "10月31日", "977项", "82.10%", "持平"),
        ("窗口", "—", "10月31日", "46个", "—", "+3个"),
    ),
    widths=(2, 3, 3, 3, 3, 4),
)
BODY = (
    FIVE_ENTRIES,
    Heading(1, "一、总体情况"),
    Paragraph(
        "截至3月31日，应报单位33家，按时报送29家，逾期报送2家，未报2家（区科技局、区档案局）。已报单位共梳理依申请办理的"
        "政务服务事项1312项，其中经区政府批准列入负面清单的26项，应进驻1286项，已进驻1041项，未进驻245项，进驻率80.95%，"
        "较上期提高6.30个百分点。按照“进驻大厅是原则，不进驻是例外”的要求，距7月31日事项全部进驻到位还有122天。"
    ),
    Heading(1, "二、进展情况"),
    Heading(2, "（一）事项进驻情况"),
    Paragraph(
        "33家单位中，事项进驻率达到100%的17家，90%以上的6家，低于60%的4家：区自然资源和规划局51.22%、区城市管理局48.65%、"
        "区农业农村和水利局57.14%、区新闻出版局33.33%。"
    ),
    Paragraph(
        "受理、审核、决定、送达四个环节均在大厅的803项，占62.44%；审批人员进驻158人，占73.83%。",
        lead="环节和人员进驻。",
    ),
    Paragraph("签订事项委托书412份，授予决定权的事项918项，授权率76.50%。", lead="授权到位。"),
    Paragraph("已接入“一体化政务服务平台”977项，使用国家、省级系统且有不予对接文号的96项。", lead="系统对接。"),
    Heading(2, "（二）环节梳理情况"),
    Paragraph(
        "审核合一412项，一审一核588项，一审两核231项，特别程序81项；与建议模式一致的1003项，建议压减环节187个，"
        "无条件实现“审核合一”的64项，依据待补充的118项。以上为形式核验，以法制审核为准。"
    ),
    Heading(1, "三、评比结果"),
    Paragraph(
        "参加排名30家，平均87.42分。前五名为：区税务局98.75分、区人社局97.60分、区市场监管局96.12分、区医疗保障局95.88分、"
        "区公安局95.10分。较上期上升18家，下降7家，持平5家；未参加排名3家。其余名次见附件1。"
    ),
    Heading(1, "四、表扬单位及典型做法"),
    Paragraph("拟对区税务局、区人社局、区卫健委予以表扬。"),
    Paragraph(
        "区人社局将分散在5个科室的38项审批职能向行政审批服务科集中，窗口行政科长现场签批，即办件由11项增加到27项。"
        "区卫健委将“公共场所卫生许可”由一审两核调整为一审一核，承诺时限由10个工作日压缩到3个工作日。"
    ),
    Heading(1, "五、通报批评单位"),
    Paragraph(
        "拟对区城市管理局予以通报批评：事项进驻率48.65%，列第30位；大厅之外办理23件；授权率21.62%。由区城市管理局在"
        "双周例会上作表态发言。"
    ),
    Heading(1, "六、上期议定事项落实情况"),
    Paragraph("上期派发督办事项6项，已办结4项，推进中1项，逾期1项，详见附件3。"),
    Heading(1, "七、存在的问题"),
    Paragraph(
        "一是自报与数据不一致。9项自查中，7家单位有11项自报“是”而数据结果为不到位，较多的是第6项（4家）和第4项（3家）。"
        "二是环节依据未列明。64项事项的审核环节仅填写“按有关规定”或空白。三是整改逾期。12个问题超过整改时限，涉及5家单位。"
    ),
    Heading(1, "八、需协调解决的问题"),
    Paragraph("区残联等3家单位提出窗口不足，需新增窗口4个；省投资项目在线审批监管平台的对接需由市级协调。"),
    Heading(1, "九、下一步工作"),
    Paragraph(
        "4月7日前，区科技局、区档案局补报填报表；4月14日前，负面清单之外未进驻的245项逐项填报未进驻原因及措施；"
        "4月30日前，完成进驻措施逐项研究。下期截止日为4月14日，双周例会定于4月18日召开。"
    ),
)
RANKING = TableBlock(
    headers=("组别", "名次", "单位名称", "九项得分", "环节模式得分", "扣分", "加分", "评比得分", "较上期"),
    rows=tuple(
        (
            "A 行政机关",
            str(n),
            unit,
            f"{99 - n}.50",
            f"{98 - n}.25",
            "0",
            "1" if n < 4 else "0",
            f"{98 - n}.45",
            "+1.20",
        )
        for n, unit in enumerate(UNITS, start=1)
    ),
    alignments=("center", "center", "left", *["right"] * 6),
    small=True,
    note="注：同分同名次；暂定得分的单位补正后重算。",
)
MATRIX = TableBlock(
    headers=(
        "单位名称",
        *(
            f"{n}.{topic}"
            for n, topic in enumerate(
                (
                    "职能集中",
                    "科室进厅",
                    "事项进驻",
                    "审批授权",
                    "系统对接",
                    "环节进驻",
                    "人员进驻",
                    "厅外审批",
                    "清单外审批",
                ),
                start=1,
            )
        ),
    ),
    rows=tuple(
        (unit, *("到位", "基本到位", "不到位", "不适用", "未核验", "到位", "到位", "到位", "到位")) for unit in UNITS
    ),
    alignments=("left", *["center"] * 9),
    landscape=True,
    small=True,
)
LEDGER = TableBlock(
    headers=("挂账号", "单位名称", "问题", "责任人", "时限", "状态"),
    rows=(
        (
            "DB-01",
            "区城市管理局",
            "“户外广告设施设置审批”在局机关受理\n要求撤回局机关受理点",
            "王××",
            "4月14日",
            "推进中",
        ),
        ("DB-02", "区自然资源和规划局", "不动产登记窗口未整建制进驻", "李××", "3月24日", "逾期"),
    ),
    alignments=("center", "left", "left", "center", "center", "center"),
    small=True,
)
ANNEXES = (
    AnnexTitle(1, "评比结果一览表"),
    RANKING,
    AnnexTitle(2, "九项自查结果矩阵"),
    MATRIX,
    AnnexTitle(3, "督办事项台账"),
    LEDGER,
)
DISTRIBUTION = Distribution(RULES.letterhead.report, RULES.letterhead.send, RULES.letterhead.issue, 50)
SAMPLE = Briefing(MASTHEAD, TITLE, BODY, ANNEXES, DISTRIBUTION)


def render(briefing: Briefing = SAMPLE, template: bytes | None = None) -> bytes:
    return render_briefing(briefing, RULES.layout, template or TEMPLATE.read_bytes())


def body_of(package: bytes, part: str = "word/document.xml"):
    return etree.fromstring(unpack(package)[part])


def texts(node) -> str:
    return "".join(piece.text or "" for piece in node.iter(name("t")))


def get(node, path: str, attribute: str = "val") -> str | None:
    found = node.find("/".join(name(step) for step in path.split("/")))
    return None if found is None else found.get(name(attribute))


def style(package: bytes, title: str):
    styles = body_of(package, "word/styles.xml").iter(name("style"))
    return next(found for found in styles if get(found, "name") == title)


def paragraphs(package: bytes, title: str) -> list:
    """The paragraphs set in the style of that name."""
    key = style(package, title).get(name("styleId"))
    return [line for line in body_of(package).iter(name("p")) if get(line, "pPr/pStyle") == key]


def with_blocks(*blocks, annexes=()) -> Briefing:
    return replace(SAMPLE, blocks=blocks, annexes=annexes)


def changed(part: str, old: str, new: str) -> bytes:
    """The template with one text of one part replaced, as somebody might do in Word."""
    parts = unpack(TEMPLATE.read_bytes())
    text = parts[part].decode()
    assert old in text
    return pack({**parts, part: text.replace(old, new).encode()})


@cache
def the_sample() -> bytes:
    """The sample as a file."""
    return render()


BARS = Chart("bars", "进驻率最低的2个单位", ("区甲局", "区乙局"), (Series("进驻率", (0.25, 0.5)),), 54, "0.0%", top=1.0)
STACKED = Chart(
    "stacked",
    "九项自查结果",
    ("职能集中", "科室进驻"),
    (Series("到位", (3, 4)), Series("基本到位", (0, 1)), Series("不到位", (2, 1))),
    54,
    "0;;",
)
COLUMNS = Chart("columns", "模式", ("审核合一", "一审一核"), (Series("申报", (3, 4)), Series("建议", (5, 2))), 40)
LINES = Chart(
    "lines", "变化", ("第1期", "第2期"), (Series("进驻", (0.5, 0.75)), Series("授权", (None, 0.5))), 40, "0%", top=1.0
)
CHARTS = (ChartRow((BARS, STACKED)), ChartRow((COLUMNS, LINES)))
