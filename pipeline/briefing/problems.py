"""七、存在的问题 of a 工作简报: what was confirmed on the spot, and what the figures show to be wrong."""

from collections.abc import Sequence

from pipeline.briefing.cells import COMPARISON, ITEMS, MODES, count, elsewhere, rows, total
from pipeline.briefing.facts import (
    Paragraphs,
    has_data,
    in_notice_order,
    paragraphs,
    units_where,
    words_of,
)
from pipeline.briefing.phrases import day_of, listed, names_of, numbered
from pipeline.briefing.quotes import quote
from pipeline.briefing.requests import people_by_unit
from pipeline.checks import TOO_HIGH, TOO_LOW
from pipeline.followup import GONE
from pipeline.form import YES
from pipeline.outcomes import OVERDUE, SHORT
from pipeline.passages import Said, join, say
from pipeline.register.layout import CONFIRMED_LEAD
from pipeline.run import Result
from pipeline.sources import Where

NOT_SAID = "疑似"
LEDGER = "整改台账"
LISTED = Where("变化", "不为", GONE)


def problems(result: Result) -> Paragraphs:
    """What was found wrong, in numbers."""
    words = words_of(result)
    if not has_data(result):
        return paragraphs([words.problems.no_data])
    found = (
        _inspected(result), _confirmed_leads(result), _worst(result), _comparison(result), _left_out(result),
        _bases(result), _rectification(result),
    )  # fmt: skip
    return paragraphs(numbered(found, words.phrases) or [words.problems.none])


# --- what people confirmed


def _inspected(result: Result) -> Said:
    """督查查实: each with unit, what it concerns and what was found."""
    words, rows_of = words_of(result).problems, result.inspections
    if rows_of.empty:
        return ""
    people = people_by_unit(result)
    told = [
        words.inspected_one.format(
            unit=unit,
            what=f"“{name}”" if isinstance(name, str) and name else _topic(check, result),
            found=quote(found, result.rules.briefing.limits.quote, {str(inspector), *people.get(unit, ())}),
            date=day_of(day),
        )
        for unit, check, name, found, day, inspector in rows_of[
            ["unit", "check", "name", "found", "date", "inspector"]
        ].itertuples(index=False)
    ]
    number = count("七_督查查实", len(rows_of), elsewhere("办公室登记表“督查登记”中仍有效的行数"))
    return say(words.inspected, count=number, cases=_some(told, result))


def _topic(check: object, result: Result) -> str:
    return _checks_named([int(str(check))], result)


def _some(told: list[str], result: Result) -> str:
    """The first of them, and how many more there are."""
    most = result.rules.briefing.limits.names
    more = words_of(result).problems.more.format(count=len(told) - most) if len(told) > most else ""
    return "；".join(told[:most]) + more


def _confirmed_leads(result: Result) -> Said:
    """Leads that were looked into and found to be true: only these may be named."""
    words, leads = words_of(result).problems, result.leads
    held = leads[leads["finding"].eq(CONFIRMED_LEAD).fillna(False)]
    if held.empty:
        return ""
    told = [
        words.lead_one.format(unit=unit, item=name, what=str(lead).removeprefix(NOT_SAID))
        for unit, name, lead in held[["unit", "name", "lead"]].itertuples(index=False)
    ]
    handed = held[held["transferred"].eq(YES).fillna(False)]
    source = "办公室登记表“线索核查”中“核查结论”为“属实”"
    confirmed = say(
        words.leads, count=count("七_核实线索", len(held), elsewhere(f"{source}的行数")), cases=_some(told, result)
    )
    passed_on = count("七_移交线索", len(handed), elsewhere(f"{source}、“是否移交”为“是”的行数"))
    return join([confirmed, say(words.transferred, count=passed_on)]) if len(handed) else confirmed


# --- what the figures show


def _worst(result: Result) -> Said:
    """The checks that most units fail."""
    failed = result.checks[result.checks["result"].eq(SHORT)]
    if failed.empty:
        return ""
    counts = failed["check"].value_counts()
    most = sorted(counts[counts.eq(counts.max())].index)
    not_reached = Where("数据结果", "为", SHORT)
    return say(
        words_of(result).problems.worst,
        checks=_checks_named(most, result),
        count=count(
            "七_不到位最多", int(counts.max()), rows(COMPARISON, not_reached, Where("序号", "为", int(most[0])))
        ),
        total=count("七_不到位合计", len(failed), rows(COMPARISON, not_reached)),
        overdue=count(
            "七_逾期合计",
            int(failed["progress"].eq(OVERDUE).sum()),
            rows(COMPARISON, not_reached, Where("进度", "为", OVERDUE)),
        ),
    )


def _checks_named(numbers: Sequence[int], result: Result) -> str:
    return names_of(f"第{number}项{result.rules.checks.by_number[number].topic}" for number in numbers)


def _comparison(result: Result) -> Said:
    """What was declared against what the rows say."""
    words, checks = words_of(result).problems, result.checks
    high, low = checks[checks["comparison"].eq(TOO_HIGH)], int(checks["comparison"].eq(TOO_LOW).sum())
    lower = count("七_自报偏低", low, rows(COMPARISON, Where("比对", "为", TOO_LOW)))
    if high.empty:
        return say(words.too_low, low=lower) if low else ""
    return say(
        words.too_high,
        high=count("七_自报偏高", len(high), rows(COMPARISON, Where("比对", "为", TOO_HIGH))),
        low=lower,
        units=listed(in_notice_order(high["unit"], result), result.rules),
    )


def _left_out(result: Result) -> Said:
    units = result.units.loc[result.units["left_out"].gt(0).fillna(False)]
    if units.empty:
        return ""
    number = count("七_未填报事项", int(units["left_out"].sum()), rows(ITEMS, Where("未填报", "为", YES)))
    return say(words_of(result).problems.left_out, count=number, units=listed(units["unit"].tolist(), result.rules))


def _bases(result: Result) -> Said:
    """Stages whose basis is not stated or to be supplied, items of every kind."""
    doubtful = result.modes[result.modes["cut"].gt(0) | result.modes["open"].gt(0)]
    if doubtful.empty:
        return ""
    return say(
        words_of(result).problems.bases,
        none=count("七_依据未列明", int(doubtful["cut"].sum()), total(MODES, "可压减环节")),
        pending=count("七_依据待补", int(doubtful["open"].sum()), total(MODES, "待补后定")),
        units=doubtful["unit"].nunique(),
        items=len(doubtful),
    )


def _rectification(result: Result) -> Said:
    units = result.units
    overdue = units_where(result, units["problems_overdue"].gt(0).fillna(False))
    if not overdue:
        return ""
    numbers = {name: int(units[name].sum()) for name in ("problems", "problems_open", "problems_overdue")}
    return say(
        words_of(result).problems.rectification,
        problems=count("七_整改问题", numbers["problems"], rows(LEDGER, LISTED)),
        open=count(
            "七_整改未完成", numbers["problems_open"], rows(LEDGER, LISTED, Where("状态", "为", ("未开始", "进行中")))
        ),
        overdue=count("七_整改超时", numbers["problems_overdue"], rows(LEDGER, LISTED, Where("逾期", "为", YES))),
        units=listed(overdue, result.rules),
    )
