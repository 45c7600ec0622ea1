"""一、总体情况 and 二、进展情况 of a 工作简报."""

import pandas as pd

from pipeline.briefing.facts import (
    Paragraphs,
    Pooled,
    cutoff_of,
    district_change,
    five_change,
    has_data,
    in_notice_order,
    most_of,
    paragraphs,
    pooled,
    reported,
    units_where,
    words_of,
)
from pipeline.briefing.phrases import (
    compared,
    count_changed,
    counted,
    listed,
    names_of,
    ordinal_of,
    points_changed,
    rate_of,
)
from pipeline.checks import HEAD
from pipeline.document.blocks import Block, Heading
from pipeline.form import NO, YES
from pipeline.names import normal_names
from pipeline.outcomes import BASIC, FULL, NOT_APPLICABLE, SHORT, UNVERIFIED
from pipeline.run import Result
from pipeline.stages import AGREES, INCOMPLETE
from pipeline.words import CONTACT_ONLY, RETURNED

ITEM, WINDOW = "项", "个"
CONCLUSIONS = ("实现", "未实现", UNVERIFIED, NOT_APPLICABLE)
ELECTRONIC = {"e_licence": "电子证照", "e_seal": "电子印章", "e_signature": "电子签名", "e_material": "电子材料"}


# --- 一、总体情况 --------------------------------------------------------------------------------------------


def overall(result: Result) -> Paragraphs:
    """Who reported, the items, 三个无审批."""
    return paragraphs(_reporting(result), _items(result), _no_approval(result))


def _reporting(result: Result) -> list[str]:
    words, units, told = words_of(result).overall, result.units, reported(result)
    late, silent = units_where(result, told & units["late"]), units_where(result, ~told)
    contact_only = units_where(result, units["state"].eq(CONTACT_ONLY))
    counts = words.reporting.format(
        cutoff=cutoff_of(result),
        due=len(units),
        on_time=int(told.sum()) - len(late),
        late=len(late),
        silent=len(silent),
    )
    return [
        counts,
        words.late.format(names=names_of(late)) if late else "",
        words.silent.format(names=names_of(silent)) if silent and told.any() else "",
        words.contact_only.format(names=names_of(contact_only)) if contact_only else "",
        *_quality(result),
    ]


def _quality(result: Result) -> list[str]:
    """What the figures rest on: forms sent back, forms carried over, units without any."""
    words, units = words_of(result), result.units
    returned = units_where(result, units["state"].eq(RETURNED))
    carried = units[units["own_period"].lt(result.period.number).fillna(False)]
    names = [
        words.phrases.carried.format(unit=unit, period=period)
        for unit, period in zip(carried["unit"], carried["own_period"].astype("int64"), strict=True)
    ]
    unheard = units_where(result, units["own_period"].isna())
    told = words.overall
    return [
        told.returned.format(count=len(returned), names=names_of(returned)) if returned else "",
        told.carried.format(count=len(names), names=names_of(names)) if names else "",
        told.no_data.format(count=len(unheard), names=names_of(unheard)) if unheard else "",
    ]


def _items(result: Result) -> list[str]:
    words, units, entered = words_of(result).overall, result.units, pooled(result, 3)
    must = int(units["must"].sum())
    if not units["items"].sum():
        return [words.no_items]
    counts = words.items.format(
        units=int(units["own_period"].notna().sum()), items=int(units["items"].sum()),
        exempt=int(units["exempt"].sum()), must=entered.target, entered=entered.done, not_entered=entered.short,
        rate=rate_of(entered.done, entered.target), compared=_compared(five_change(result, "事项"), result),
    )  # fmt: skip
    return [counts, words.not_counted.format(count=must - entered.target) if must != entered.target else ""]


def _no_approval(result: Result) -> list[str]:
    """How many units have reached each of 三个无审批."""
    words, derived = words_of(result), result.derived
    names = list(result.rules.checks.derived.no_approval)
    if derived.empty:
        return []
    counts = pd.crosstab(derived["name"], derived["result"]).reindex(names, fill_value=0)
    told = [word for word in CONCLUSIONS if word in counts.columns]
    parts = [
        words.overall.no_approval_part.format(name=name, counts=counted(_above_zero(row), WINDOW, words.phrases))
        for name, row in counts[told].iterrows()
    ]
    return [words.overall.no_approval.format(parts="；".join(parts))]


def _above_zero(counts: pd.Series) -> list[tuple[str, int]]:
    return [(str(name), int(count)) for name, count in counts.items() if count]


# --- 二、进展情况 --------------------------------------------------------------------------------------------


def progress(result: Result) -> tuple[Block, ...]:
    """The parts with their headings; one without anything to tell is left out."""
    if not has_data(result):
        return paragraphs([words_of(result).progress.no_data])
    titles = result.rules.briefing.subsections
    parts = [
        (titles.items, _entered(result)),
        (titles.stages, _stages_and_staff(result)),
        (titles.authorised, _authorised(result)),
        (titles.systems, _systems(result)),
        (titles.modes, _modes(result)),
        (titles.one_card, _one_card(result)),
    ]
    told = [(title, texts) for title, texts in parts if texts]
    blocks: list[Block] = []
    for place, (title, texts) in enumerate(told):
        blocks += [Heading(2, f"（{ordinal_of(place)}）{title}"), *texts]
    return tuple(blocks)


def _entered(result: Result) -> Paragraphs:
    words = words_of(result).progress
    checks = result.checks[result.checks["check"].eq(3) & result.checks["denominator"].gt(0).fillna(False)]
    full, must = int(checks["result"].eq(FULL).sum()), int(result.units["must"].sum())
    if checks.empty:
        return ()
    counts = words.entered_units.format(units=len(checks), full=full, partial=len(checks) - full)
    instant = int(result.units["instant"].sum())
    return paragraphs([counts, _not_entered(result), words.instant.format(count=instant, rate=rate_of(instant, must))])


def _not_entered(result: Result) -> str:
    """The items that have not entered: explained or not, and where most of them are."""
    words, short = words_of(result), short_items(result)
    if short.empty:
        return ""
    explained = int(short["reason"].notna().sum())
    worst = counted(most_of(short["unit"], result.rules.briefing.limits.worst, result), ITEM, words.phrases)
    return words.progress.not_entered.format(
        count=len(short), explained=explained, unexplained=len(short) - explained, worst=worst
    )


def short_items(result: Result) -> pd.DataFrame:
    """The items that must enter and have not: unit, key, reason (未进驻原因及措施, missing if not told)."""
    short = result.shortfalls[result.shortfalls["check"].eq(3)]
    keyed = short[["unit"]].assign(key=normal_names(short["name"]))
    told = result.items.drop_duplicates(["unit", "key"])[["unit", "key", "reason"]]
    return keyed.merge(told, on=["unit", "key"], how="left")


def _stages_and_staff(result: Result) -> Paragraphs:
    words = words_of(result).progress
    return paragraphs(
        [
            _share(words.stages, pooled(result, 6), five_change(result, "环节"), result),
            _share(words.staff, pooled(result, 7), five_change(result, "人员"), result),
            *_heads(result),
            *_windows(result),
        ],
    )


def _share(sentence: str, found: Pooled, change: float | None, result: Result) -> str:
    """A sentence of target, done, rate and what it was last time; nothing where there is no target."""
    if not found.target:
        return ""
    rate = rate_of(found.done, found.target)
    return sentence.format(target=found.target, done=found.done, rate=rate, compared=_compared(change, result))


def _compared(change: float | None, result: Result) -> str:
    """The clause for a difference of shares."""
    words = words_of(result).phrases
    return compared(points_changed(change, words), words)


def _heads(result: Result) -> list[str]:
    """The units that need a 窗口行政科长（首席代表） in the hall and have none."""
    without = units_without_head(result)
    return [words_of(result).progress.no_head.format(units=listed(without, result.rules))] if without else []


def units_without_head(result: Result) -> list[str]:
    """The units to which check 7 applies, in a group that needs a head of window, without one in the hall."""
    needed = {group.name for group in result.rules.roster.groups if group.head_needed}
    units = result.units.loc[result.units["group"].isin(needed), "unit"]
    concerned = result.checks[result.checks["check"].eq(7) & result.checks["result"].ne(NOT_APPLICABLE)]
    staff = result.details["staff"]
    headed = staff.loc[staff["post"].eq(HEAD) & staff["in_hall"].eq(YES), "unit"]
    return in_notice_order(units[units.isin(concerned["unit"]) & ~units.isin(headed)], result)


def _windows(result: Result) -> list[str]:
    words, line = words_of(result), result.five[result.five["name"].eq("窗口")]
    if line.empty:
        return []
    change = compared(count_changed(five_change(result, "窗口"), WINDOW, words.phrases), words.phrases)
    return [words.progress.windows.format(count=int(line["done"].iloc[0]), compared=change)]


def _authorised(result: Result) -> Paragraphs:
    sentence = words_of(result).progress.authorised
    return paragraphs(
        [
            *(_concentration(number, result) for number in (1, 2)),
            _share(sentence, pooled(result, 4), district_change(result, "authorised"), result),
        ]
    )


def _concentration(number: int, result: Result) -> str:
    """How many units fulfil a check that is not counted in items; nothing where it applies to none."""
    counts = result.checks.loc[result.checks["check"].eq(number), "result"].value_counts()
    full, basic, short = (int(counts.get(word, 0)) for word in (FULL, BASIC, SHORT))
    topic = result.rules.checks.by_number[number].topic
    told = words_of(result).progress.concentration.format(topic=topic, full=full, basic=basic, short=short)
    return told if full + basic + short else ""


def _systems(result: Result) -> Paragraphs:
    sentence = words_of(result).progress.connected
    return paragraphs([_share(sentence, pooled(result, 5), five_change(result, "系统"), result), _open_systems(result)])


def _open_systems(result: Result) -> str:
    """The systems that are not connected, by the level that built them."""
    words = words_of(result)
    levels = result.details["systems"].loc[lambda rows: rows["connected"].eq(NO), "level"]
    counts = [(level, int(levels.eq(level).sum())) for level in result.rules.form.column("systems", "level").choices]
    told = counted([(level, count) for level, count in counts if count], WINDOW, words.phrases)
    total = sum(count for _, count in counts)
    return words.progress.open_systems.format(count=total, levels=told) if total else ""


def _modes(result: Result) -> Paragraphs:
    modes, words = result.modes, words_of(result).progress
    if modes.empty:
        return ()
    return paragraphs([*_mode_counts(result), *_verdicts(result)], [*_to_cut(result), words.proof_of_form])


def _mode_counts(result: Result) -> list[str]:
    """How many items have each mode; with those 资料不全 they are all."""
    words, modes = words_of(result), result.modes
    complete = modes.loc[modes["verdict"].ne(INCOMPLETE), "suggested"]
    counts = [(mode, int(complete.eq(mode).sum())) for mode in result.rules.stages.modes]
    told = counted(counts, ITEM, words.phrases)
    return [words.progress.modes.format(items=len(modes), modes=told, incomplete=len(modes) - len(complete))]


def _verdicts(result: Result) -> list[str]:
    words, verdicts = words_of(result), result.modes["verdict"]
    names = [verdict.name for verdict in result.rules.stages.verdicts if verdict.name != AGREES]
    others = [(name, int(verdicts.eq(name).sum())) for name in names if verdicts.eq(name).any()]
    rest = int(verdicts.ne(AGREES).sum())
    return [
        words.progress.agreeing.format(agreeing=len(verdicts) - rest),
        words.progress.verdicts.format(count=rest, verdicts=counted(others, ITEM, words.phrases)) if rest else "",
    ]


def _to_cut(result: Result) -> list[str]:
    words, modes = words_of(result).progress, result.modes
    here = modes[modes["forwarded"].ne(YES).fillna(True)]
    cut, pending = int(here["cut"].sum()), int(here["open"].sum())
    adjust = int(modes["adjust"].fillna(False).sum())
    return [
        words.cut.format(cut=cut, items=int(here["cut"].gt(0).sum())) if cut else "",
        words.open.format(open=pending) if pending else "",
        words.adjust.format(count=adjust) if adjust else "",
    ]


def _one_card(result: Result) -> Paragraphs:
    """一证通办 where units have told of it."""
    rows = result.details["one_card"]
    if rows.empty:
        return ()
    done = int(rows["done"].eq(YES).sum())
    coverage = [
        f"{title}{rate_of(int(rows[key].eq(YES).sum()), int(rows[key].isin([YES, NO]).sum()))}"
        for key, title in ELECTRONIC.items()
    ]
    sentence = words_of(result).progress.one_card
    told = sentence.format(
        units=rows["unit"].nunique(), items=len(rows), done=done, rate=rate_of(done, len(rows)),
        spared=rate_of(int(rows["spared"].sum()), int(rows["replaceable"].sum())), coverage=names_of(coverage),
    )  # fmt: skip
    return paragraphs([told])
