"""The nine checks in 汇总表: 九项自查 (33 × 9), 自查对照, 未达标明细 and 三个无审批."""

import pandas as pd

from pipeline.outcomes import BASIC, FULL, NOT_APPLICABLE, OVERDUE, SHORT, UNVERIFIED
from pipeline.run import Result
from pipeline.sheets import TONES, Column, TableSheet, Tone
from pipeline.summary import live
from pipeline.summary.flags import place_rows
from pipeline.tables import Told, carried_words, centred, join_words, lay_out, words_where
from pipeline.words import NOT_REPORTED

# Results, and what stands in the place of one where a unit never reported.
RESULT_TONES: dict[str, Tone] = {**TONES, NOT_REPORTED: "muted"}
# Why a check falls short where everybody looked at satisfies it.
REASONS_OF_NONE = {
    1: "承担审批职能的科室不止一个，或没有批复文号",
    2: "“内设机构”表中没有承担审批职能的科室",
    7: "没有进驻大厅的窗口行政科长（首席代表），或没有填写审批人员",
    8: "有事项没有填写厅外办件量",
}
# More links to rows than these make the file slow to write and to open; the rows are found by filter then.
MOST_DETAIL_LINKS = 3_000
WHOLE, BY_INSPECTION = "（整项）", "督查查实"
HELP = "计算用（程序给出）"


def heat_map_sheet(result: Result) -> TableSheet:
    """九项自查: a row for each unit, a column for each check, counts behind."""
    rules, units = result.rules, result.units
    numbers = [check.number for check in rules.checks.checks]
    wide = result.checks.pivot(index="unit", columns="check", values="result")
    wide = wide.reindex(index=units["unit"], columns=numbers).reset_index(drop=True)
    never = units["own_period"].isna()
    told: list[Told] = [(Column("单位名称", width=24), units["unit"])]
    for check in rules.checks.checks:
        note = f"{check.question}\n权重{check.weight}，时限{rules.due_of(check.number).isoformat()}"
        column = centred(heat_title(check.number, result), 11, words=RESULT_TONES, note=note)
        told.append((column, wide[check.number].mask(never, NOT_REPORTED)))
    for word in (FULL, BASIC, SHORT):
        told.append((centred(word, 10, "integer", band="项数"), (wide == word).sum(axis=1).mask(never)))
    late = result.checks[result.checks["progress"].eq(OVERDUE)].groupby("unit").size()
    overdue = units["unit"].map(late).fillna(0).mask(never)
    told.append((centred("逾期", 8, "integer", band="项数", note="过了时限仍没有到位。"), overdue))
    told.append((Column("说明", width=13), carried_words(units["own_period"], result.period.number)))
    note = "每个单位、每项自查的数据结果；点格子到“自查对照”的那一行，再点“未达标数”到逐条明细。鼠标停在表头上可看自查内容。"
    return TableSheet(
        "九项自查", **lay_out(told), note=note, formulas=_heat_formulas(result), links=_heat_links(result)
    )


def heat_title(check: int, result: Result) -> str:
    """The title of a check's column in 九项自查: 3 事项进驻."""
    return f"{check} {result.rules.checks.by_number[check].topic}"


def _heat_formulas(result: Result) -> dict[str, pd.Series]:
    if not live.is_live(result):
        return {}
    index = result.units.index
    titles = {check.number: heat_title(check.number, result) for check in result.rules.checks.checks}
    first, last = min(titles), max(titles)
    texts = {title: live.cell_of(number, NOT_REPORTED) for number, title in titles.items()}
    texts |= {word: live.count_of(titles[first], titles[last], word, NOT_REPORTED) for word in (FULL, BASIC, SHORT)}
    texts["逾期"] = live.overdue_of(titles[first], NOT_REPORTED)
    return {title: pd.Series(text, index=index) for title, text in texts.items()}


def _heat_links(result: Result) -> dict[str, pd.Series]:
    """To the row of the check in 自查对照; for a unit that never reported, to its row in 报送情况."""
    units = result.units["unit"]
    rows = result.checks.assign(at=range(len(result.checks)))
    places = rows.pivot(index="unit", columns="check", values="at").reindex(units)
    files = result.files.assign(at=range(len(result.files))).drop_duplicates("unit").set_index("unit")["at"]
    silent = "[报送情况!状态:" + units.map(files).fillna(0).astype("int64").astype("str") + "]"
    return {
        heat_title(check.number, result): _places(
            "自查对照!数据结果", places[check.number].reset_index(drop=True)
        ).mask(places[check.number].isna().to_numpy(), silent)
        for check in result.rules.checks.checks
        if check.number in places
    }


def _places(column: str, at: pd.Series) -> pd.Series:
    """The cells of a column at positions; nothing where there is none."""
    return (f"[{column}:" + at.astype("Int64").astype("str") + "]").where(at.notna(), "").astype("str")


# --- 自查对照 --------------------------------------------------------------------------------------------------------


def comparison_sheet(result: Result) -> TableSheet:
    """自查对照: a row for each unit that has data and each check."""
    checks = result.checks.assign(**_points(result))
    questions = {check.number: check.question for check in result.rules.checks.checks}
    short = checks["result"].isin([BASIC, SHORT])
    lines = shortfall_lines(result).groupby(["unit", "check"]).size().rename("lines").reset_index()
    counts = checks[["unit", "check"]].merge(lines, on=["unit", "check"], how="left")["lines"].astype("Int64").fillna(0)
    told: list[Told] = [
        (Column("单位名称", width=24), checks["unit"]),
        (centred("序号", 8, "integer"), checks["check"]),
        (Column("自查内容", width=44), checks["check"].map(questions)),
        (centred("自报结论", 11), checks["declared"]),
        (centred("数据结果", words=TONES), checks["result"]),
        (Column("分子", "integer", width=8, note="第8、9项：问题事项数。"), checks["numerator"]),
        (Column("分母", "integer", width=8), checks["denominator"]),
        (Column("得分率", "percent", width=10), checks["credit"]),
        (Column("时限", "date", width=12), checks["due"]),
        (centred("进度", words=TONES), checks["progress"]),
        (centred("比对", words=TONES, note="第1—7项自报“是”、第8、9项自报“否”为达标。"), checks["comparison"]),
        (Column("未达标事项", width=46, wrap=True), checks["short"].where(short, "")),
        (centred("未达标数", 11, "integer", linked=True, note="点数字到“未达标明细”的第一条。"), counts),
        (Column("未达标原因", width=36, wrap=True), _reasons(result)),
        (Column("得分", "score", width=9, note="占九项得分的几分；各项相加为九项得分。"), checks["won"]),
        (Column("可提升分", "score", width=11, note="这一项全部到位，九项得分还能提高几分。"), checks["left"]),
        (Column("说明", width=26, wrap=True), _remarks(checks, result)),
        *_helpers(checks),
    ]
    note = "自报结论与逐项数据核对的结果；以数据为准。分子、分母从“事项明细”“机构人员”的第1项…第9项各栏数出。从未报送的单位不在本表。"
    return TableSheet(
        "自查对照", **lay_out(told), note=note, freeze=2, paper="A3",
        formulas=_comparison_formulas(checks, result), links={"未达标数": _first_lines(checks, result)},
    )  # fmt: skip


def _points(result: Result) -> dict[str, pd.Series]:
    """won and left: the points of 九项得分 each check brings and could still bring; counted: its weight."""
    checks = result.checks
    weight = checks["check"].map({check.number: check.weight for check in result.rules.checks.checks})
    counted = weight.where(checks["credit"].notna()).astype("float64")
    whole = counted.groupby(checks["unit"]).transform("sum")
    return {
        "counted": counted,
        "won": 100 * counted * checks["credit"] / whole,
        "left": 100 * counted * (1 - checks["credit"]) / whole,
    }


def _helpers(checks: pd.DataFrame) -> list[Told]:
    """What the rows alone do not tell: values the formulas of the sheet need."""
    judged = checks["judged"].fillna(False).astype("bool") & checks["result"].eq(SHORT)
    unknown = checks["denominator"].isna()
    exempt = checks["result"].where(checks["result"].isin([NOT_APPLICABLE, UNVERIFIED]), UNVERIFIED).where(unknown, "")
    met = checks["condition"].astype("Int64").where(~unknown)
    conditions = "第1项：承担审批职能的只有一个科室且有批复文号；第2项：科室都已整建制或部分进驻；第7项：有进驻大厅的窗口行政科长（首席代表）或不须有。1为是，0为否。"
    return [
        (Column("计分权重", "integer", width=11, band=HELP), checks["counted"]),
        (centred("免计", 9, band=HELP, note="不适用、未核验的不计分子、分母和得分；豁免的原因见“说明”。"), exempt),
        (centred(BY_INSPECTION, 11, band=HELP, note="督查查实整项不到位。"), words_where(judged, "是")),
        (centred("附加条件", 11, "integer", band=HELP, note=conditions), met),
        (Column("折半违规数", "integer", width=13, band=HELP, note="第8、9项：已列入整改台账、按几成算的问题。"), checks["eased"].where(~unknown)),
        (Column("未填厅外办件数", "integer", width=16, band=HELP, note="第8项：没有填厅外办件量的事项。"), checks["untold"].where(~unknown)),
        (Column("索引", width=18, band=HELP), checks["unit"] + "-" + checks["check"].astype("str")),
    ]  # fmt: skip


def _comparison_formulas(checks: pd.DataFrame, result: Result) -> dict[str, pd.Series]:
    if not live.is_live(result):
        return {}
    rules = result.rules.checks.checks
    by_check = {
        "数据结果": live.result_of, "分子": live.numerator_of, "分母": live.denominator_of, "得分率": live.credit_of, "计分权重": live.weight_of,
    }  # fmt: skip
    same = {
        "进度": live.progress_of(result),
        "未达标数": live.LINES_SHORT,
        "得分": live.POINTS_WON,
        "可提升分": live.POINTS_LEFT,
    }
    number = checks["check"]
    told = {
        title: live.of_checks(number, {check.number: write(check.number) for check in rules})
        for title, write in by_check.items()
    }
    compared = live.of_checks(number, {check.number: live.comparison_of(check.good) for check in rules})
    return told | {"比对": compared} | {title: pd.Series(text, index=checks.index) for title, text in same.items()}


def _first_lines(checks: pd.DataFrame, result: Result) -> pd.Series:
    """The first line of each check on 未达标明细."""
    lines = shortfall_lines(result)
    first = lines.assign(at=range(len(lines))).drop_duplicates(["unit", "check"])[["unit", "check", "at"]]
    return _places("未达标明细!原因", checks[["unit", "check"]].merge(first, on=["unit", "check"], how="left")["at"])


def _reasons(result: Result) -> pd.Series:
    """The different reasons why members of a check fall short, or why it does although none of them does."""
    lines = shortfall_lines(result)
    distinct = lines[["unit", "check", "why"]].drop_duplicates()
    joined = distinct.groupby(["unit", "check"])["why"].agg("；".join).rename("why").reset_index()
    return result.checks[["unit", "check"]].merge(joined, on=["unit", "check"], how="left")["why"]


def _remarks(checks: pd.DataFrame, result: Result) -> pd.Series:
    return join_words([checks["note"], carried_words(checks["own_period"], result.period.number)])


# --- 未达标明细 ------------------------------------------------------------------------------------------------------


def shortfall_lines(result: Result) -> pd.DataFrame:
    """Who falls short of which check that is not 到位; a line for the check itself where nobody does or 督查 found it wanting.

    Columns unit, check, name, why, value, file, sheet, row, cell, own_period.
    """
    open_checks = result.checks.loc[
        result.checks["result"].isin([BASIC, SHORT]), ["unit", "check", "judged", "own_period"]
    ]
    lines = result.shortfalls.merge(open_checks, on=["unit", "check"])
    known = pd.MultiIndex.from_frame(lines[["unit", "check"]])
    judged = open_checks["judged"].fillna(False).astype("bool")
    alone = open_checks[judged | ~pd.MultiIndex.from_frame(open_checks[["unit", "check"]]).isin(known)]
    why = alone["check"].map(REASONS_OF_NONE).fillna("").mask(judged[alone.index], BY_INSPECTION)
    lines = pd.concat([alone.assign(name=WHOLE, why=why), lines], ignore_index=True)
    place = {name: at for at, name in enumerate(result.rules.roster.names)}
    lines = lines.assign(place=lines["unit"].map(place)).sort_values(
        ["place", "check", "row"], kind="stable", na_position="first", ignore_index=True
    )
    return lines[["unit", "check", "name", "why", "value", "file", "sheet", "row", "cell", "own_period"]]


def shortfall_sheet(result: Result, detail_rows: dict[str, pd.DataFrame]) -> TableSheet:
    """未达标明细: a line for each shortfall, with the unit's own cell.

    detail_rows: by name of a detail sheet its rows (unit, row, name), to which the names lead.
    """
    lines = shortfall_lines(result)
    topics = {check.number: check.topic for check in result.rules.checks.checks}
    titles = {sheet.key: sheet.title for sheet in result.rules.form.sheets}
    told: list[Told] = [
        (Column("单位名称", width=24), lines["unit"]),
        (centred("序号", 8, "integer"), lines["check"]),
        (centred("自查项", 13), lines["check"].map(topics)),
        (
            Column(
                "名称",
                width=40,
                wrap=True,
                linked=len(lines) <= MOST_DETAIL_LINKS,
                note="事项、科室或人员；带下划线的点它到明细中的那一行。",
            ),
            lines["name"],
        ),
        (Column("原因", width=32, wrap=True), lines["why"]),
        (Column("填写的值", width=28, wrap=True), lines["value"].astype("object").map(str, na_action="ignore")),
        (Column("文件", width=40, wrap=True), lines["file"]),
        (centred("工作表", 11), lines["sheet"].map(titles)),
        (centred("单元格", 12), lines["cell"]),
        (Column("说明", width=13), carried_words(lines["own_period"], result.period.number)),
    ]
    note = "没有到位的自查项，逐条列出差在哪里；文件、工作表、单元格是单位自己那份表中的位置，没有单元格的是表中没有这一行。"
    return TableSheet(
        "未达标明细", **lay_out(told), note=note, freeze=4, paper="A3", empty="全部到位。", links=_detail_links(lines, detail_rows)
    )  # fmt: skip


def _detail_links(lines: pd.DataFrame, detail_rows: dict[str, pd.DataFrame]) -> dict[str, pd.Series]:
    if len(lines) > MOST_DETAIL_LINKS:
        return {}
    links = pd.Series("", index=lines.index)
    for title, rows in detail_rows.items():
        own = lines[lines["sheet"].isin(rows["sheet"].unique())]
        found = place_rows(rows, own).drop_duplicates("told_at")
        places = f"[{title}!单位名称:" + found["place"].astype("str") + "]"
        links.loc[own.index[found["told_at"]]] = places.to_numpy()
    return {"名称": links}


# --- 三个无审批 ------------------------------------------------------------------------------------------------------


def conclusions_sheet(result: Result) -> TableSheet:
    """三个无审批, with 三集中 and 三到位."""
    units, derived = result.units, result.rules.checks.derived
    wide = result.derived.pivot(index="unit", columns=["kind", "name"], values="result").reindex(units["unit"])
    wide = wide.reset_index(drop=True)
    never = units["own_period"].isna()
    bands = {"三个无审批": derived.no_approval, "三集中": derived.concentrations, "三到位": derived.in_place}
    told: list[Told] = [(Column("单位名称", width=24), units["unit"])]
    formulas = {}
    for band, parts in bands.items():
        for name, numbers in parts.items():
            note = f"由第{'、'.join(map(str, numbers))}项自查推出。"
            values = wide.reindex(columns=[(band, name)]).iloc[:, 0].mask(never, NOT_REPORTED)
            told.append((centred(name, 13, words=RESULT_TONES, band=band, note=note), values))
            formulas[name] = pd.Series(live.conclusion_of(numbers, NOT_REPORTED), index=units.index)
    told.append((Column("说明", width=13), carried_words(units["own_period"], result.period.number)))
    note = "由九项自查推出：有关各项都到位的为“实现”，不适用的项不算；有一项未核验、其余到位的为“未核验”。"
    return TableSheet("三个无审批", **lay_out(told), note=note, formulas=formulas if live.is_live(result) else {})
