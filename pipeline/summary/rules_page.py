"""规则: the rules in force, in words, as the last page of 汇总表."""

from collections.abc import Sequence

import pandas as pd

from pipeline.rules import Rules
from pipeline.sheets import Column, Kind, PageSheet, Part, TablePart, TextPart
from pipeline.summary import live

# Where 基本到位 is no share.
BASIC_WORDS = {2: "全部整建制或部分进驻", 8: "问题全部列入整改", 9: "问题全部列入整改"}


def rules_page(rules: Rules) -> PageSheet:
    """The page 规则: what is counted how, by whom, until when, with the fingerprint of the rules files."""
    parts: list[Part] = [
        _checks(rules),
        _numbers_used(rules),
        TextPart(_check_words(rules), title="九项自查怎样判定"),
        _derived(rules),
        _verdicts(rules),
        TextPart(_mode_words(rules)),
        TextPart(_ranking_words(rules), title="评比"),
        _groups(rules),
        _deadlines(rules),
        _periods(rules),
    ]
    return PageSheet(
        "规则",
        tuple(parts),
        title="本期执行的规则",
        note=f"规则指纹 {rules.fingerprint}，由 rules 文件夹中全部规则文件算出；改动任何一处，指纹都会变。填报表版本 {rules.form.version}。"
        "浅黄格子里的数供公式使用：在本表中试改，得分和名次随之重算；要正式改，请改规则文件后重新运行。",
    )


def _table(title: str, columns: Sequence[tuple[str, Kind, float]], rows: Sequence[tuple], note: str = "") -> TablePart:
    """A small table from rows of plain values; columns are title, kind and width."""
    told = tuple(Column(name, kind, width=width, centre=kind != "text") for name, kind, width in columns)
    return TablePart(told, pd.DataFrame(rows, columns=[column.title for column in told]), title=title, note=note)


def _checks(rules: Rules) -> TablePart:
    checks = rules.checks.checks
    rows = pd.DataFrame(
        {
            "number": [check.number for check in checks],
            "question": [check.question for check in checks],
            "good": [check.good for check in checks],
            "weight": [check.weight for check in checks],
            "basic": [check.basic_from or BASIC_WORDS.get(check.number, "") for check in checks],
            "due": [pd.Timestamp(rules.due_of(check.number)) for check in checks],
            "basis": [check.basis for check in checks],
        }
    )
    columns = (
        Column("序号", "integer", width=6, centre=True),
        Column("自查内容", width=44),
        Column("达标答案", width=9, centre=True),
        Column("权重", "integer", width=7, centre=True, names=tuple(live.WEIGHT.format(check.number) for check in checks)),
        Column("基本到位", "percent", width=14, centre=True, names=tuple(live.BASIC_FROM.format(check.number) if check.basic_from else "" for check in checks)),
        Column("时限", "date", width=12),
        Column("出处", width=20),
    )  # fmt: skip
    return TablePart(columns, rows, title="九项自查", note="基本到位：达到这个比例及以上。")


def _numbers_used(rules: Rules) -> TablePart:
    """The other numbers formulas use, one a row."""
    measures, ranking = rules.checks.measures, rules.ranking
    told = [
        (live.NINE_SHARE, ranking.nine, "评比得分中九项得分占几成。"),
        (live.MODE_SHARE, ranking.modes, "评比得分中环节模式得分占几成；与上一行合计为1。"),
        (live.BASIC_CREDIT, measures.basic_credit, "第1、2项基本到位的得分率。"),
        (live.NO_HEAD, measures.no_head_credit, "第7项没有进驻大厅的窗口行政科长（首席代表）时得分率的上限。"),
        (live.POINTS, measures.violation_points, "第8、9项每个问题扣几分。"),
        (live.CAP, measures.violation_cap, "第8、9项按个数最多扣到该项的几成。"),
        (live.EASED, measures.covered_counts, "第8、9项已列入整改台账的问题一个按几个算。"),
        (live.ONE_SHORT_FROM, measures.one_short_from, "只差一个也算基本到位：总数从几个起。"),
        (live.ONE_SHORT_TO, measures.one_short_to, "只差一个也算基本到位：总数到几个止。"),
    ]
    rows = pd.DataFrame(told, columns=["name", "value", "words"]).astype({"value": "float64"})
    columns = (
        Column("名称", width=22),
        Column("数值", "number", width=10, centre=True, names=tuple(name for name, _, _ in told)),
        Column("用在哪里", width=70),
    )
    return TablePart(columns, rows, title="公式用到的数")


def _check_words(rules: Rules) -> tuple[str, ...]:
    measures = rules.checks.measures
    return (
        "以事项清单等表中逐条填写的数据为准，单位自报的结论只作比对；没有填写的，第1—7项不算达标，第8、9项不算问题。",
        f"总数为{measures.one_short_from}—{measures.one_short_to}个而只差一个的，也达到“基本到位”的比例。",
        f"得分率：第1、2项到位1、基本到位{measures.basic_credit:g}、不到位0；第3—7项按实际比例，"
        f"第7项没有进驻大厅的窗口行政科长（首席代表）时最多{measures.no_head_credit:g}。",
        f"第8、9项：每个问题扣{measures.violation_points:g}分，最多扣该项的{measures.violation_cap:.0%}，问题占比更高的按占比扣；"
        f"已列入整改台账的一个按{measures.covered_counts:g}个算。",
        f"算作厅外办理的地点：{'、'.join(measures.outside)}。算作一体化平台的名称：{'、'.join(measures.platforms)}。",
        f"{'、'.join(measures.excusable_levels)}建系统有不予对接文号的，第5项不计。",
        f"事项名称与目录相似到{measures.near_name}分（满分100）的只提醒，不算清单外审批。",
        "九项得分＝100×Σ（权重×得分率）÷Σ权重，不适用、未核验的项不计，四舍五入到0.01。",
    )


def _derived(rules: Rules) -> TablePart:
    derived = rules.checks.derived
    kinds = {"三个无审批": derived.no_approval, "三集中": derived.concentrations, "三到位": derived.in_place}
    rows = [(kind, name, _numbers(numbers)) for kind, parts in kinds.items() for name, numbers in parts.items()]
    rows += [("五进", name, _numbers((number,))) for name, number in derived.five_entries.items()]
    return _table("由九项推出的结论", [("类别", "text", 16), ("结论", "text", 30), ("依据的自查项", "text", 30)], rows)


def _numbers(numbers: Sequence[int]) -> str:
    return "第" + "、".join(map(str, numbers)) + "项"


def _verdicts(rules: Rules) -> TablePart:
    due = rules.calendar.due[rules.stages.deadline]
    rows = [
        (place, verdict.name, verdict.credit, verdict.after) for place, verdict in enumerate(rules.stages.verdicts, 1)
    ]
    columns: list[tuple[str, Kind, float]] = [
        ("次序", "integer", 8), ("结论", "text", 30), (f"{due.isoformat()}前得分率", "number", 24), ("此后得分率", "number", 18),
    ]  # fmt: skip
    return _table("环节模式", columns, rows, note="排在前面的先判。依据只看写法：形式核验，以法制审核为准。")


def _mode_words(rules: Rules) -> tuple[str, ...]:
    one, two, three, special = rules.stages.modes
    grade = rules.basis.policy_grade
    return (
        f"建议模式：首个审批环节之外，有效环节为0、1、2个及以上的，依次为{one}、{two}、{three}；"
        f"有依据有效的特别程序的为{special}。审批环节不超过{rules.stages.max_stages}个。",
        f"窗口环节不算审批环节：{'、'.join(rules.stages.window_steps)}。",
        f"写明文号的规范性文件作依据的，算“{grade}”；没写依据、空话、内部文件、已废止的，算“未列明”。",
        f"结论一致但网上流程还没有调整的，得分率为{rules.stages.unadjusted_credit:g}。",
        "环节模式得分＝100×各事项得分率的平均，只计应进驻且不是审核转报的事项。",
    )


def _ranking_words(rules: Rules) -> tuple[str, ...]:
    ranking = rules.ranking
    points = ranking.deductions
    trial = "、".join(f"第{number}期" for number in ranking.rank.trial_periods)
    return (
        f"评比得分＝{ranking.nine:g}×九项得分＋{ranking.modes:g}×环节模式得分－扣分＋加分，限在0—100，四舍五入到0.01；"
        "不适用环节模式的单位只按九项得分。",
        f"扣分：逾期报送{points.late:g}分；到期没有登记自查报告签字盖章纸质件{points.no_paper:g}分；仍在退回补正{points.returned:g}分。"
        f"加分：典型经验经专班办公室采用，最多{ranking.bonus.experience_max:g}分。",
        f"名次在组内排，同分同名次；计分权重不足{ranking.rank.min_weight}的、单位数不足{ranking.rank.min_group}的组"
        + (f"和试填期（{trial}）" if trial else "")
        + "只计分不排名；未报送的没有得分。",
        f"拟表扬（至多{ranking.proposals.most}个）：没有逾期的自查项、不在退回补正、上期没有被提名表扬的，按进步、得分从高到低。",
        f"拟通报（至多{ranking.proposals.most}个）：先是未报送的，再是有自查项逾期仍不到位的，"
        f"再是得分低于{ranking.proposals.low_score:g}且没有进步的（第1期除外）。",
    )


def _groups(rules: Rules) -> TablePart:
    units = rules.roster.units
    rows = [
        (
            group.name,
            sum(unit.group == group.name for unit in units),
            _numbers(group.excluded_checks) if group.excluded_checks else "无",
            "是" if group.head_needed else "否",
            "是" if group.modes else "否",
            "、".join(unit.name for unit in units if unit.group == group.name),
        )
        for group in rules.roster.groups
    ]
    columns: list[tuple[str, Kind, float]] = [
        ("组别", "text", 13), ("单位数", "integer", 8), ("不适用的自查项", "text", 12), ("须有窗口行政科长", "text", 12),
        ("计环节模式", "text", 10), ("单位", "text", 60),
    ]  # fmt: skip
    return _table("组别", columns, rows)


def _deadlines(rules: Rules) -> TablePart:
    rows = [(pd.Timestamp(due.date), due.title, due.source) for due in rules.calendar.deadlines]
    return _table("通知规定的时限", [("时限", "date", 14), ("事由", "text", 60), ("出处", "text", 26)], rows)


def _periods(rules: Rules) -> TablePart:
    rows = [
        (f"第{period.number}期", pd.Timestamp(period.cutoff), pd.Timestamp(period.meeting), period.briefing)
        for period in rules.calendar.periods
    ]
    columns: list[tuple[str, Kind, float]] = [
        ("期号", "text", 16), ("截止日", "date", 20), ("例会日", "date", 20), ("简报编号", "integer", 16),
    ]  # fmt: skip
    return _table(
        "各期", columns, rows, note=f"第1期从{rules.calendar.start.isoformat()}起；每期从上期截止日次日算到本期截止日。"
    )
