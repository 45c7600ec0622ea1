"""The annexes of a 工作简报: the ranking, the nine checks, the stage modes, what was dispatched."""

import pandas as pd

from pipeline.briefing.facts import cutoff_of, words_of
from pipeline.briefing.phrases import NOTHING, day_of, names_of, score_of
from pipeline.document.blocks import Alignment, AnnexTitle, Block, Paragraph, TableBlock
from pipeline.outcomes import OVERDUE
from pipeline.run import Result
from pipeline.stages import AGREES
from pipeline.words import RETURNED

CARRIED = "*"
LEFT: Alignment = "left"
CENTRE: Alignment = "center"


def annexes(result: Result) -> tuple[Block, ...]:
    """附件1 评比结果一览表, 附件2 九项自查结果矩阵, 附件3 环节梳理清单, 附件4 督办事项台账."""
    titles = result.rules.briefing.titles
    return (
        AnnexTitle(1, titles.ranking), _scores(result),
        AnnexTitle(2, titles.matrix), _matrix(result),
        AnnexTitle(3, titles.modes), _modes(result),
        AnnexTitle(4, titles.dispatches), _dispatches(result),
    )  # fmt: skip


def _scores(result: Result) -> TableBlock:
    """The units of each group by rank, those without a rank last."""
    groups = [group.name for group in result.rules.roster.groups]
    units = result.units.assign(order=result.units["group"].map(groups.index))
    units = units.sort_values(["order", "rank"], kind="stable")
    columns = {
        "组别": units["group"].str.split().str[0], "名次": units["rank"].astype("str").fillna(NOTHING),
        "单位名称": units["unit"],
        "九项得分": _scored(units["nine"]), "环节模式得分": _scored(units["mode"]), "扣分": _points(units["deduction"]),
        "加分": _points(units["bonus"]), "评比得分": _scored(units["score"]), "较上期": _changes(units["change"]),
        "状态": _states(units, result),
    }  # fmt: skip
    if not units["change"].notna().any():
        del columns["较上期"]
    return TableBlock(
        headers=tuple(columns), rows=_rows(columns), small=True,
        widths=tuple(_WIDTHS.get(title, 3.8) for title in columns),
        alignments=tuple(LEFT if title == "单位名称" else CENTRE for title in columns),
        note=words_of(result).annexes.ranking_note.format(groups=names_of(groups), reasons=_reasons(result)),
    )  # fmt: skip


def _reasons(result: Result) -> str:
    """Why units have no rank, with how many they are."""
    words, without = words_of(result).annexes, result.units[result.units["rank"].isna()]
    counts = without["unranked"].value_counts(sort=False)
    return names_of(words.reason.format(reason=why, count=count) for why, count in counts.items()) or NOTHING


_WIDTHS = {"组别": 2.3, "名次": 2.3, "单位名称": 12.8, "扣分": 2.3, "加分": 2.3, "较上期": 4, "状态": 6.2}


def _rows(columns: dict[str, pd.Series]) -> tuple[tuple[str, ...], ...]:
    return tuple(zip(*(column.tolist() for column in columns.values()), strict=True))


def _scored(scores: pd.Series) -> pd.Series:
    return scores.map(lambda score: NOTHING if pd.isna(score) else score_of(score)).astype("str")


def _points(points: pd.Series) -> pd.Series:
    return points.map("{:g}".format).astype("str")


def _changes(changes: pd.Series) -> pd.Series:
    return changes.map(lambda change: NOTHING if pd.isna(change) else _signed(change)).astype("str")


def _signed(change: float) -> str:
    """The change with its sign, which nothing at all has not."""
    return f"{change:+.2f}".replace("-", "−") if change else score_of(change)


def _states(units: pd.DataFrame, result: Result) -> pd.Series:
    """已接收 / 暂定 / 未报送 / 沿用第N期."""
    carried = units["own_period"].lt(result.period.number).fillna(False)
    words = "沿用第" + units["own_period"].astype("Int64").astype("str") + "期"
    return units["state"].replace(RETURNED, "暂定").mask(carried, words)


def _matrix(result: Result) -> TableBlock:
    """A row for every unit of the roster, a column for every check."""
    checks, units = result.rules.checks.checks, result.units
    wide = result.checks.pivot(index="unit", columns="check", values="result")
    wide = wide.reindex(index=units["unit"], columns=[check.number for check in checks]).astype("str").fillna(NOTHING)
    carried = units["own_period"].lt(result.period.number).fillna(False)
    names = units["unit"] + pd.Series(CARRIED, index=units.index, dtype="str").where(carried, "")
    headers = ("单位名称", *(f"{check.number}.{check.topic}" for check in checks))
    return TableBlock(
        headers=headers,
        rows=tuple((name, *row) for name, row in zip(names, wide.itertuples(index=False), strict=True)),
        landscape=True, small=True, widths=(10, *[4.6] * len(checks)), alignments=(LEFT, *[CENTRE] * len(checks)),
        note=words_of(result).annexes.matrix_note.format(waived=_waived(result)),
    )  # fmt: skip


def _waived(result: Result) -> str:
    """The checks that were waived, for how many is told and for which."""
    words, rows = words_of(result).annexes, result.waivers
    told = [
        words.waived_one.format(unit=unit, check=check) for unit, check in zip(rows["unit"], rows["check"], strict=True)
    ]
    return words.waived.format(count=len(rows), cases=names_of(told)) if told else ""


def _modes(result: Result) -> Block:
    """The items whose 结论 is not 一致, and those whose mode is approved."""
    words, modes = words_of(result).annexes, result.modes
    rows = modes[modes["verdict"].ne(AGREES) | modes["approved"].notna()]
    if rows.empty:
        return Paragraph(words.no_modes if len(modes) else words.no_mode_data)
    columns = {
        "单位名称": rows["unit"], "事项名称": rows["name"], "申报模式": rows["declared_mode"].fillna(NOTHING),
        "建议模式": rows["suggested"].fillna(NOTHING), "审定模式": rows["approved"].fillna(""), "结论": rows["verdict"],
        "压减": rows["cut"].astype("str"), "待补": rows["open"].astype("str"),
    }  # fmt: skip
    some = rows["approved"].notna().any()
    if not some:
        del columns["审定模式"]
    return TableBlock(
        headers=tuple(columns), rows=_rows(columns), small=True,
        widths=(8, 11, 4.9, 4.9, 4.9, 6.1, 2.6, 2.6) if some else (8, 11.4, 5, 5, 9.4, 2.8, 2.8),
        alignments=(LEFT, LEFT, *[CENTRE] * (len(columns) - 2)), note=words.approved_note if some else words.modes_note,
    )  # fmt: skip


def _dispatches(result: Result) -> Block:
    """督办派发 still open, the only place of the briefing where a person is named."""
    words, rows = words_of(result).annexes, result.dispatches
    if rows.empty:
        return Paragraph(words.no_dispatches.format(cutoff=cutoff_of(result)))
    left = rows[rows["open"].astype("bool")]
    closed = len(rows) - len(left)
    if left.empty:
        return Paragraph(words.all_closed.format(count=closed))
    late = left["overdue"].astype("bool")
    columns = {
        "挂账号": left["number"], "来源": left["source"], "单位名称": left["unit"], "问题": left["problem"],
        "措施": left["measure"], "责任人": left["person"], "时限": left["due"].map(_day), "状态": left["state"].mask(late, OVERDUE),
    }  # fmt: skip
    return TableBlock(
        headers=tuple(columns), rows=_rows({key: column.astype("str").fillna(NOTHING) for key, column in columns.items()}),
        small=True, widths=(7.4, 3.8, 6.4, 10, 9.2, 5, 6.6, 5),
        alignments=(CENTRE, CENTRE, LEFT, LEFT, LEFT, CENTRE, CENTRE, CENTRE),
        note=words.closed_note.format(count=closed) if closed else "",
    )  # fmt: skip


def _day(day: pd.Timestamp) -> str:
    return NOTHING if pd.isna(day) else day_of(day)
