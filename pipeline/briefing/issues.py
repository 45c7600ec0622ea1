"""六、上期议定事项落实情况 to 九、下一步工作 of a 工作简报."""

from collections.abc import Sequence

from pipeline import intake
from pipeline.briefing.facts import (
    Paragraphs,
    cutoff_of,
    has_data,
    in_notice_order,
    is_first,
    most_of,
    paragraphs,
    pooled,
    reported,
    units_where,
    words_of,
)
from pipeline.briefing.phrases import counted, day_of, listed, names_of, numbered
from pipeline.briefing.progress import ITEM, short_items
from pipeline.briefing.ranking import told_by_units
from pipeline.checks import TOO_HIGH, TOO_LOW
from pipeline.document.blocks import Paragraph
from pipeline.form import NO
from pipeline.outcomes import OVERDUE, SHORT
from pipeline.rulebook import Deadline, Period
from pipeline.run import Result
from pipeline.words import ACCEPTED, CRITICISM, RETURNED

# The checks that count what has entered, and what they count it in.
ENTRIES = {3: ITEM, 4: ITEM, 5: ITEM, 6: ITEM, 7: "人"}
TIMES = "项次"


# --- 六、上期议定事项落实情况 --------------------------------------------------------------------------------------


def followup(result: Result) -> Paragraphs:
    """What was dispatched, and what the units that did not report last time have done since."""
    words = words_of(result).followup
    if is_first(result):
        return paragraphs([words.first])
    dispatched = words.no_dispatches.format(cutoff=cutoff_of(result))
    return paragraphs([dispatched, *_silent_before(result), *_criticised_before(result)])


def _criticised_before(result: Result) -> list[str]:
    """What the units proposed for criticism last time have done since."""
    before = result.proposals_before
    units = before.loc[before["kind"].eq(CRITICISM), "unit"]
    now = result.units[result.units["unit"].isin(units)]
    if now.empty:
        return []
    return [
        words_of(result).followup.criticised_before.format(
            count=len(now),
            names=names_of(in_notice_order(units, result)),
            now=int(now["state"].isin([ACCEPTED, RETURNED]).sum()),
            risen=int(now["change"].gt(0).sum()),
        )
    ]


def _silent_before(result: Result) -> list[str]:
    words = words_of(result).followup
    last = result.trend[result.trend["period"].eq(result.period.number - 1) & result.trend["state"].notna()]
    silent = last.loc[~last["state"].isin([ACCEPTED, RETURNED]), "unit"]
    if silent.empty:
        return [words.all_reported_before]
    now = units_where(result, result.units["unit"].isin(silent) & reported(result))
    still = units_where(result, result.units["unit"].isin(silent) & ~reported(result))
    return [
        words.silent_before.format(count=len(silent), now=len(now), still=len(still)),
        words.reported_now.format(names=names_of(now)) if now else "",
        words.still_silent.format(names=names_of(still)) if still else "",
    ]


# --- 七、存在的问题 -------------------------------------------------------------------------------------------


def problems(result: Result) -> Paragraphs:
    """What the figures show to be wrong, in numbers."""
    words = words_of(result)
    if not has_data(result):
        return paragraphs([words.problems.no_data])
    found = (
        _worst(result),
        _comparison(result),
        _left_out(result),
        _bases(result),
        _rectification(result),
        _errors(result),
    )
    told = numbered(found, words.phrases)
    return paragraphs(told or [words.problems.none])


def _worst(result: Result) -> str:
    """The check that most units fail."""
    failed = result.checks[result.checks["result"].eq(SHORT)]
    if failed.empty:
        return ""
    counts = failed["check"].value_counts()
    return words_of(result).problems.worst.format(
        checks=_checks_named(sorted(counts[counts.eq(counts.max())].index), result), count=int(counts.max()),
        total=len(failed), overdue=int(failed["progress"].eq(OVERDUE).sum()),
    )  # fmt: skip


def _checks_named(numbers: Sequence[int], result: Result) -> str:
    return names_of(f"第{number}项{result.rules.checks.by_number[number].topic}" for number in numbers)


def _comparison(result: Result) -> str:
    """What was declared against what the rows say."""
    words, checks = words_of(result).problems, result.checks
    high, low = checks[checks["comparison"].eq(TOO_HIGH)], int(checks["comparison"].eq(TOO_LOW).sum())
    if high.empty:
        return words.too_low.format(low=low) if low else ""
    counts = high["check"].value_counts()
    most = _checks_named(sorted(counts[counts.eq(counts.max())].index), result)
    units = listed(in_notice_order(high["unit"], result), result.rules)
    return words.too_high.format(high=len(high), low=low, units=units, checks=most)


def _left_out(result: Result) -> str:
    units = result.units.loc[result.units["left_out"].gt(0).fillna(False)]
    if units.empty:
        return ""
    names = listed(units["unit"].tolist(), result.rules)
    return words_of(result).problems.left_out.format(count=int(units["left_out"].sum()), units=names)


def _bases(result: Result) -> str:
    """Stages whose basis is not stated or to be supplied, items of every kind."""
    doubtful = result.modes[result.modes["cut"].gt(0) | result.modes["open"].gt(0)]
    if doubtful.empty:
        return ""
    return words_of(result).problems.bases.format(
        none=int(doubtful["cut"].sum()),
        pending=int(doubtful["open"].sum()),
        units=doubtful["unit"].nunique(),
        items=len(doubtful),
    )


def _rectification(result: Result) -> str:
    units = result.units
    overdue = units_where(result, units["problems_overdue"].gt(0).fillna(False))
    counts = {name: int(units[name].sum()) for name in ("problems", "problems_open", "problems_overdue")}
    if not overdue:
        return ""
    return words_of(result).problems.rectification.format(
        problems=counts["problems"],
        open=counts["problems_open"],
        overdue=counts["problems_overdue"],
        units=listed(overdue, result.rules),
    )


def _errors(result: Result) -> str:
    returned = result.units[result.units["state"].eq(RETURNED)]
    if returned.empty:
        return ""
    names = listed(returned["unit"].tolist(), result.rules)
    return words_of(result).problems.errors.format(count=int(returned["errors"].sum()), units=names)


# --- 八、需协调解决的问题 ----------------------------------------------------------------------------------------


def requests(result: Result) -> Paragraphs:
    """What units asked of the 专班 in their own words, and the systems that only a higher level can connect."""
    words, asked = words_of(result).requests, told_by_units(result, "request")
    lines = [Paragraph(words.unit.format(text=text), lead=f"{unit}：") for unit, text in asked.items()]
    count = words.count.format(count=len(asked)) if asked else words.none
    return (Paragraph(count), *lines, *_higher_systems(result))


def _higher_systems(result: Result) -> Paragraphs:
    systems = result.details["systems"]
    levels = result.rules.form.column("systems", "level").choices[:-1]
    open_systems = systems[systems["connected"].eq(NO) & systems["refusal_no"].isna() & systems["level"].isin(levels)]
    if open_systems.empty:
        return ()
    units = listed(in_notice_order(open_systems["unit"], result), result.rules)
    return paragraphs([words_of(result).requests.systems.format(count=len(open_systems), units=units)])


# --- 九、下一步工作 -------------------------------------------------------------------------------------------


def next_steps(result: Result) -> Paragraphs:
    """Who has to supply what by when, the deadlines ahead with what is still out, the next meeting."""
    following = result.rules.calendar.by_number.get(result.period.number + 1)
    steps = [*(_to_supply(following, result) if following else []), _to_explain(result)]
    told = numbered(steps, words_of(result).phrases)
    ahead = [*_deadlines(result), _meeting(following, result) if following else ""]
    return paragraphs(told, ahead)


def _to_supply(following: Period, result: Result) -> list[str]:
    """Who has to report, and who to correct, before the next cut-off."""
    words, day = words_of(result).next, day_of(following.cutoff)
    silent = units_where(result, ~reported(result))
    returned = units_where(result, result.units["state"].eq(RETURNED))
    report = words.report if reported(result).any() else words.report_all
    return [
        report.format(names=names_of(silent), date=day) if silent else "",
        words.correct.format(names=names_of(returned), date=day) if returned else "",
    ]


def _to_explain(result: Result) -> str:
    """Items without 未进驻原因及措施, once the deadline for them has passed."""
    due = result.rules.calendar.due.get("measures")
    return "" if due is None or due >= result.period.cutoff else _unexplained(words_of(result).next.explain, result)


def _unexplained(sentence: str, result: Result) -> str:
    """A sentence of the items that have not entered, without 未进驻原因及措施; nothing where there is none."""
    short = short_items(result)
    units = short.loc[short["reason"].isna(), "unit"]
    worst = most_of(units, result.rules.briefing.limits.worst, result)
    told = counted(worst, ITEM, words_of(result).phrases)
    return sentence.format(count=len(units), worst=told) if worst else ""


def _deadlines(result: Result) -> list[str]:
    """A sentence for each deadline ahead; one for what is out where all are past."""
    words = words_of(result).next
    ahead = [deadline for deadline in result.rules.calendar.deadlines if deadline.date >= result.period.cutoff]
    if ahead:
        return [_deadline(deadline, result) for deadline in ahead]
    return [words.no_deadline.format(open=_entries_open(set(result.rules.calendar.due), result))]


def _deadline(deadline: Deadline, result: Result) -> str:
    words, days = words_of(result).next, (deadline.date - result.period.cutoff).days
    sentence = words.deadline if days else words.deadline_today
    return sentence.format(
        date=day_of(deadline.date), title=deadline.title, days=days, open=_still_open(deadline, result)
    )


def _still_open(deadline: Deadline, result: Result) -> str:
    """What is still out for a deadline: whole forms, explanations or entries."""
    words = words_of(result).next
    if deadline.key in ("contacts", "self_report"):
        count = len(result.rules.roster.names) - len(_heard(deadline, result))
        return words.open_units.format(count=count) if count else words.no_open_units
    if deadline.key == "measures" and has_data(result):
        return _unexplained(words.open_measures, result) or words.no_open_measures
    return _entries_open({deadline.key}, result)


def _heard(deadline: Deadline, result: Result) -> set[str]:
    """The units that ever sent a form or, where that will do, their 联系表."""
    kinds = [intake.FORM, intake.CONTACT] if deadline.key == "contacts" else [intake.FORM]
    return set(result.files.loc[result.files["kind"].isin(kinds), "unit"].dropna())


def _entries_open(deadlines: set[str], result: Result) -> str:
    """What the checks with these deadlines still lack, as far as they count entries, and who lacks most."""
    words, checks = words_of(result), result.rules.checks.by_number
    if not has_data(result):
        return words.next.no_data
    numbers = [number for number in ENTRIES if checks[number].deadline in deadlines and pooled(result, number).short]
    lacking = [
        words.phrases.counted.format(name=checks[number].topic, count=pooled(result, number).short, measure=measure)
        for number, measure in ENTRIES.items()
        if number in numbers
    ]
    behind = result.shortfalls.loc[result.shortfalls["check"].isin(numbers), "unit"]
    worst = counted(most_of(behind, result.rules.briefing.limits.worst, result), TIMES, words.phrases)
    return (
        words.next.open_entries.format(names=names_of(lacking), worst=worst) if lacking else words.next.no_open_entries
    )


def _meeting(following: Period, result: Result) -> str:
    return words_of(result).next.meeting.format(cutoff=day_of(following.cutoff), meeting=day_of(following.meeting))
