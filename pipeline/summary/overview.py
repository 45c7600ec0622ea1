"""总览: the one page of 汇总表 that the office and a leader read first."""

import pandas as pd

from pipeline import intake
from pipeline.checks import TOO_HIGH
from pipeline.form import YES
from pipeline.history import DISTRICT
from pipeline.outcomes import BASIC, FULL, NOT_APPLICABLE, OVERDUE, SHORT, UNVERIFIED
from pipeline.rulebook import Deadline
from pipeline.run import Result
from pipeline.sheets import Column, Figure, KeyFigures, PageSheet, Part, TablePart, Tone
from pipeline.submissions import REFUSED, UNSURE
from pipeline.tables import NOTHING_TOLD, Told, centred, day_words, lay_out, name_some, period_name, period_names
from pipeline.words import ACCEPTED, PRAISE, RETURNED

# As many names or files as fit into a cell of a page.
MOST_NAMES, MOST_FILES = 5, 8
PROPOSED: dict[str, Tone] = {"拟表扬": "good", "拟通报": "bad"}


def overview_page(result: Result) -> PageSheet:
    """The page 总览: key figures, 五进, what needs a person today, deadlines, proposals, the nine checks, earlier periods."""
    parts: list[Part] = [
        _reporting(result),
        _entering(result),
        _five(result),
        _to_do(result),
        _deadlines(result),
        _proposals(result),
        _nine(result),
        _requests(result),
        _periods(result),
    ]
    period = result.period
    return PageSheet(
        "总览",
        tuple(parts),
        title=f"石龙区政务服务“应进必进”汇总表（{period_name(period.number)}）",
        note=f"截至{day_words(period.cutoff)}　例会{day_words(period.meeting)}　未报送单位以前报过的，全区合计沿用其最近一期数据。",
    )


# --- key figures -----------------------------------------------------------------------------------------------------


def _reporting(result: Result) -> KeyFigures:
    units = result.units
    reported = units["state"].isin([ACCEPTED, RETURNED])
    late = int((reported & units["late"]).sum())
    silent, carried = units[~reported], int(units.loc[~reported, "own_period"].notna().sum())
    returned = int(units["state"].eq(RETURNED).sum())
    names = units.loc[reported & units["late"], "unit"].tolist()
    return KeyFigures(
        (
            Figure("应报单位", len(units), note="附件1成员单位"),
            Figure("按时报送", int(reported.sum()) - late, tone="good"),
            Figure("逾期报送", late, note=name_some(names, 2), tone="fair" if late else None),
            Figure("未报送", len(silent), note=f"其中沿用以前数据{carried}个", tone="bad" if len(silent) else None),
            Figure("退回补正", returned, note="已报送，得分暂定", tone="fair" if returned else None),
            _mean_score(result),
        ),
        title="报送与评比",
    )


def _mean_score(result: Result) -> Figure:
    scores = result.trend[result.trend["unit"].eq(DISTRICT)].set_index("period")["score"]
    now = scores.get(result.period.number)
    change = None if now is None else now - scores.get(result.period.number - 1, float("nan"))
    counted = int(result.units["score"].notna().sum())
    return Figure(
        "平均评比得分",
        _told(now),
        "score",
        note="；".join(filter(None, (f"{counted}个单位", _changed(change, "分", 2)))),
    )


def _entering(result: Result) -> KeyFigures:
    units, items = result.units, _five_of(result, "事项")
    must, done = items["target"], items["done"]
    total, exempt, must_all = (int(units[name].sum()) for name in ("items", "exempt", "must"))
    instant = units["instant"].sum() / must_all if must_all else None
    left_out = int(units["left_out"].sum())
    return KeyFigures(
        (
            Figure("事项总数", total, note=f"其中目录中有而未填报{left_out}项"),
            Figure("负面清单", exempt, note="经批准不进驻"),
            Figure("应进驻事项", _told(must)),
            Figure("已进驻事项", _told(done), note="" if pd.isna(must) else f"未进驻{int(must - done)}项"),
            Figure("进驻率", _told(items["rate"]), "percent", note=_changed(100 * items["change"], "个百分点", 1)),
            Figure("即办率", instant, "percent", note="即办件占应进驻事项"),
        ),
        title="事项进驻",
    )


def _five_of(result: Result, name: str) -> pd.Series:
    """The line of 五进 with this name; all missing where nobody reported."""
    return result.five.set_index("name").reindex([name]).iloc[0]


def _told(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _changed(change: float | None, unit: str, digits: int) -> str:
    """较上期+1.2个百分点, or 与上期持平; blank where there is nothing to compare with."""
    if change is None or pd.isna(change):
        return ""
    return f"较上期{change:+.{digits}f}{unit}".replace("-", "−") if round(change, digits) else "与上期持平"


# --- tables ----------------------------------------------------------------------------------------------------------


def _five(result: Result) -> TablePart:
    five = result.five
    points = [_changed(100 * change, "个百分点", 1) for change in five["change"]]
    number = [_changed(change, "个", 0) for change in (five["done"] - five["done_before"]).astype("Float64")]
    changes = pd.Series(points, index=five.index, dtype="str").mask(
        five["target"].isna(), pd.Series(number, index=five.index)
    )
    told: list[Told] = [
        (centred("五进", 8), five["name"]),
        (Column("应进", "integer", width=9), five["target"]),
        (Column("已进", "integer", width=9), five["done"]),
        (Column("完成率", "percent", width=12, bar=True), five["rate"]),
        (Column("较上期", width=18), changes.str.removeprefix("较上期")),
        (Column("时限", "date", width=12), five["due"]),
    ]
    note = "环节：四个办理地点都在厅内的事项；人员：审批人员；系统：对接一体化平台的事项；窗口：不同窗口号的个数，没有应进数。"
    return TablePart(**lay_out(told), title="五进", note=note, empty="还没有数据。")


def _to_do(result: Result) -> TablePart:
    units, files = result.units, result.files
    silent = units.loc[~units["state"].isin([ACCEPTED, RETURNED]), "unit"].tolist()
    returned = units[units["state"].eq(RETURNED)]
    errors = (returned["unit"] + "（" + returned["errors"].astype("str") + "处）").tolist()
    open_files = files[files["period"].isna() | files["period"].eq(result.period.number).fillna(False)]
    unsure = open_files[open_files["outcome"].eq(UNSURE)]
    refused = open_files[open_files["outcome"].eq(REFUSED)]
    unknown = refused["kind"].isin([intake.FORM, intake.CONTACT]) & refused["unit"].isna()
    lines = [
        ("未报送单位", len(silent), name_some(silent, len(silent)), "催报"),
        ("退回补正单位", len(errors), name_some(errors, len(errors)), "请单位按“数据问题”更正后重报"),
        ("期号待确认的文件", len(unsure), _list_files(unsure), "移到“第N期”文件夹后重新运行"),
        ("认不出单位的文件", int(unknown.sum()), _list_files(refused[unknown]), "请按附件1写单位名称后重报"),
        ("其他拒收的文件", int((~unknown).sum()), _list_files(refused[~unknown]), "请按原因处理后重报"),
    ]
    rows = pd.DataFrame([line for line in lines if line[1]], columns=["what", "number", "names", "action"])
    told: list[Told] = [
        (Column("事项", width=18), rows["what"].astype("str")),
        (centred("数量", 8, "integer"), rows["number"]),
        (Column("单位或文件", width=56), rows["names"].astype("str")),
        (Column("怎么办", width=22), rows["action"].astype("str")),
    ]
    return TablePart(**lay_out(told), title="需要处理的", empty="没有需要处理的。")


def _list_files(files: pd.DataFrame) -> str:
    """The files with the reason, a line each."""
    lines = (files["file"] + "：" + files["reason"]).tolist()
    rest = len(lines) - MOST_FILES
    return "\n".join([*lines[:MOST_FILES], *([f"另有{rest}个，见“报送情况”"] if rest > 0 else [])])


def _deadlines(result: Result) -> TablePart:
    due = result.deadlines
    told_of = [_behind(deadline, result) for deadline in result.rules.calendar.deadlines]
    texts = pd.DataFrame(told_of, columns=["open", "units"], index=due.index, dtype="str")
    told: list[Told] = [
        (Column("时限", "date", width=12), due["date"]),
        (
            centred("距截止日", 12),
            pd.Series(map(_days_left, due["days"]), index=due.index, dtype="str"),
        ),
        (Column("事由", width=30), due["title"]),
        (Column("还没有完成的", width=30), texts["open"]),
        (Column("落后的单位", width=34), texts["units"]),
    ]
    return TablePart(**lay_out(told), title="时限", note="天数从本期截止日算起。")


def _days_left(days: int) -> str:
    if days == 0:
        return "当天到期"
    return f"还有{days}天" if days > 0 else f"已过{-days}天"


def _behind(deadline: Deadline, result: Result) -> tuple[str, str]:
    """What is still out for a deadline, and the units with most of it."""
    numbers = [check.number for check in result.rules.checks.checks if check.deadline == deadline.key]
    silent = result.units.loc[result.units["own_period"].isna(), "unit"].tolist()
    if numbers:
        return _checks_behind(numbers, pd.Timestamp(deadline.date), len(silent), result)
    if deadline.key == "contacts":
        heard = result.files.loc[result.files["kind"].isin([intake.FORM, intake.CONTACT]), "unit"]
        return _units_behind([name for name in result.rules.roster.names if name not in set(heard)], "没有反馈")
    if deadline.key == "self_report":
        return _units_behind(silent, "没有报过填报表")
    return _measures_behind(result) if deadline.key == "measures" else ("", "")


def _units_behind(names: list[str], words: str) -> tuple[str, str]:
    return (f"{len(names)}个单位{words}", name_some(names, MOST_NAMES)) if names else ("都已报送", "")


def _measures_behind(result: Result) -> tuple[str, str]:
    """Items that must enter and are not in, without 未进驻原因及措施."""
    items = result.items
    without = items[items["must"] & ~items["in_hall"].eq(YES) & items["reason"].isna()]
    return (
        _counted_behind(without["unit"], "项", "未写原因及措施")
        if len(without)
        else ("未进驻事项都已写明原因及措施", "")
    )


def _checks_behind(numbers: list[int], due: pd.Timestamp, silent: int, result: Result) -> tuple[str, str]:
    """The units' checks with this due date that are not 到位, and what the 五进 lack."""
    checks = result.checks[result.checks["check"].isin(numbers) & result.checks["result"].isin([BASIC, SHORT])]
    five = result.five[result.five["due"].eq(due)]
    lacking = five["target"].sub(five["done"])
    lacks = "、".join(f"{name}{lack}" for name, lack in zip(five["name"], lacking, strict=True) if lack > 0)
    told, names = _counted_behind(checks["unit"], "项", "自查未到位")
    unheard = [f"另有{silent}个单位没有数据"] if silent else []
    return "；".join([told, *([f"尚未进：{lacks}"] if lacks else []), *unheard]), names


def _counted_behind(units: pd.Series, measure: str, words: str) -> tuple[str, str]:
    """“5个单位12项自查未到位”, and the units with most of them first."""
    counts = units.value_counts(sort=False).sort_values(ascending=False, kind="stable")
    if counts.empty:
        return f"没有{words}的", ""
    names = [f"{unit}{count}{measure}" for unit, count in counts.items()]
    return f"{len(counts)}个单位{len(units)}{measure}{words}", name_some(names, MOST_NAMES)


def _proposals(result: Result) -> TablePart:
    proposals = result.proposals
    kind = proposals["kind"].map({PRAISE: "拟表扬"}).fillna("拟通报").astype("str")
    told: list[Told] = [
        (centred("拟定", 10, words=PROPOSED), kind),
        (Column("单位名称", width=24), proposals["unit"]),
        (Column("理由", width=60), proposals["reason"].astype("str")),
    ]
    note = "程序按规则提出，由专班办公室在登记表“评议确认”中确认。"
    return TablePart(**lay_out(told), title="拟表扬、拟通报", note=note, empty="本期没有。")


def _nine(result: Result) -> TablePart:
    checks = result.rules.checks.checks
    numbers = [check.number for check in checks]
    counts = pd.crosstab(result.checks["check"], result.checks["result"]).reindex(index=numbers, fill_value=0)
    words = [FULL, BASIC, SHORT, NOT_APPLICABLE, UNVERIFIED]
    counts = counts.reindex(columns=words, fill_value=0).reset_index(drop=True)
    overdue = result.checks.loc[result.checks["progress"].eq(OVERDUE), "check"].value_counts()
    high = result.checks.loc[result.checks["comparison"].eq(TOO_HIGH), "check"].value_counts()
    told: list[Told] = [
        (centred("序号", 6, "integer"), pd.Series(numbers)),
        (Column("自查内容", width=44), pd.Series([check.question for check in checks])),
        *((centred(word, 9, "integer"), counts[word]) for word in words),
        (
            centred("逾期", 7, "integer"),
            overdue.reindex(numbers, fill_value=0).reset_index(drop=True),
        ),
        (
            centred("自报偏高", 9, "integer"),
            high.reindex(numbers, fill_value=0).reset_index(drop=True),
        ),
    ]
    return TablePart(**lay_out(told), title="九项自查（单位数）", note="从未报送的单位不在内。")


def _requests(result: Result) -> TablePart:
    info = result.info
    asked = info["request"].notna() & ~info["request"].isin(NOTHING_TOLD) & info["own_period"].eq(result.period.number)
    told: list[Told] = [
        (Column("单位名称", width=24), info.loc[asked, "unit"]),
        (Column("需协调解决事项", width=76), info.loc[asked, "request"]),
    ]
    return TablePart(**lay_out(told), title="单位提出的需协调解决事项", empty="本期没有单位提出。")


def _periods(result: Result) -> TablePart:
    trend = result.trend[result.trend["unit"].eq(DISTRICT)].sort_values("period")
    units = result.trend[result.trend["unit"].ne(DISTRICT) & result.trend["state"].isin([ACCEPTED, RETURNED])]
    told: list[Told] = [
        (centred("期号", 9), period_names(trend["period"])),
        (Column("报送单位", "integer", width=10), trend["period"].map(units.groupby("period").size()).fillna(0)),
        (Column("平均评比得分", "score", width=13), trend["score"]),
        (Column("进驻率", "percent", width=10), trend["entered"]),
        (Column("授权率", "percent", width=10), trend["authorised"]),
        (Column("对接率", "percent", width=10), trend["connected"]),
        (Column("可压减环节", "integer", width=12), trend["cut"]),
        (Column("未完成整改", "integer", width=12), trend["problems_open"]),
    ]
    return TablePart(
        **lay_out(told), title="各期对比（全区）", note="各单位的见“趋势”。授权率、对接率：第4、5项自查的分子÷分母。"
    )
