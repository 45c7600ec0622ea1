"""Result -> what the units whose forms are returned are told: their findings by cause, and what would raise the score."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import pandas as pd

from pipeline.findings import CHANGED, ERROR
from pipeline.form import YES
from pipeline.intake import Source
from pipeline.numbers import round_half_up
from pipeline.outcomes import NOT_APPLICABLE, UNVERIFIED
from pipeline.run import Result
from pipeline.stages import AGREES
from pipeline.summary.checks import REASONS_OF_NONE
from pipeline.words import RETURNED

BAD_IF_ANY = (8, 9)  # checks whose 分子 counts violations


class Finding(NamedTuple):
    """A finding about one cell of the form: sheet by its title, cell as in 数据问题 (O6, 第6行, O列 or nothing)."""

    sheet: str
    cell: str
    level: str
    problem: str
    advice: str
    value: str


class Short(NamedTuple):
    """What keeps a check from being reached: an item, department or person, with its cell (blank if it is not in the form)."""

    name: str
    why: str
    sheet: str
    cell: str
    value: str


class Gain(NamedTuple):
    """A way to a better score: what it is, how it stands, the points it is worth, and who or what is concerned."""

    what: str
    now: str
    points: float
    shorts: tuple[Short, ...]


@dataclass(frozen=True)
class Note:
    """What is told with one returned form.

    copy: the 版次 of the returned copy. until: the day until which the corrected form is wanted. score: as it stands (None: none).
    """

    unit: str
    source: Source
    period: str
    cutoff: date
    copy: int
    until: date
    score: float | None
    findings: tuple[Finding, ...]
    gains: tuple[Gain, ...]

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.level == ERROR for finding in self.findings)


def correct_until(result: Result) -> date:
    """The day until which a corrected form is wanted: some days before the meeting."""
    return result.period.meeting - timedelta(days=result.rules.letters.days_before_meeting)


def returned_forms(result: Result) -> dict[str, str]:
    """The file of every unit whose form of this period is returned, in the notice's order."""
    returned = result.units[result.units["state"].eq(RETURNED)]
    return dict(zip(returned["unit"], returned["file"], strict=True))


def write_note(unit: str, source: Source, result: Result) -> Note:
    """What the unit is told with its form, which lies in `source`."""
    own = result.units[result.units["unit"].eq(unit)].iloc[0]
    copies = result.files.loc[result.files["file"].eq(source.path), "copy"]
    return Note(
        unit=unit,
        source=source,
        period=f"第{result.period.number}期",
        cutoff=result.period.cutoff,
        copy=int(copies.iloc[0]) + 1,
        until=correct_until(result),
        score=None if pd.isna(own["score"]) else float(own["score"]),
        findings=by_cause(result.findings[result.findings["file"].eq(source.path)]),
        gains=_gains(unit, own, result),
    )


def by_cause(findings: pd.DataFrame) -> tuple[Finding, ...]:
    """The findings of one form that its unit is told, errors first, those of one cause side by side where the first stood."""
    told = findings.loc[~findings["code"].isin(CHANGED), ["code", "heading", *Finding._fields]]
    lines = [((code, heading), Finding(*finding)) for code, heading, *finding in told.itertuples(index=False)]
    causes = [(finding.level, finding.sheet, *kind) for kind, finding in lines]
    first = {cause: place for place, cause in enumerate(dict.fromkeys(causes))}
    order = sorted(range(len(lines)), key=lambda at: (lines[at][1].level != ERROR, first[causes[at]]))
    return tuple(lines[at][1] for at in order)


def _gains(unit: str, own: Any, result: Result) -> tuple[Gain, ...]:
    """What would raise the score of a unit, most points first."""
    points = result.rules.ranking.deductions.returned
    corrected = Gain("改正全部错误后重报", f"退回补正扣{points:g}分", points, ())
    gains = [corrected, *_check_gains(unit, own, result), *_mode_gains(unit, own, result)]
    return tuple(sorted((gain for gain in gains if gain.points > 0), key=lambda gain: -gain.points))


def _check_gains(unit: str, own: Any, result: Result) -> list[Gain]:
    """What each of the nine checks is still worth."""
    rules = result.rules
    share = rules.ranking.nine if pd.notna(own["mode"]) else 1.0
    checks = result.checks[result.checks["unit"].eq(unit) & ~result.checks["result"].isin([NOT_APPLICABLE, UNVERIFIED])]
    shortfalls = result.shortfalls[result.shortfalls["unit"].eq(unit)]
    weights = checks["check"].map({check.number: check.weight for check in rules.checks.checks})
    points = round_half_up(100 * share * weights * (1 - checks["credit"]) / own["weight"])
    return [
        Gain(
            f"第{number}项 {rules.checks.by_number[number].topic}",
            _standing(word, number, int(part), int(whole)),
            float(worth),
            _shorts_of(shortfalls[shortfalls["check"].eq(number)], number, result),
        )
        for number, word, part, whole, worth in zip(
            checks["check"], checks["result"], checks["numerator"], checks["denominator"], points, strict=True
        )
        if worth > 0
    ]


def _standing(result: str, number: int, part: int, whole: int) -> str:
    """How a check stands: 不到位，16/22; of one that counts violations these: 不到位，5处问题."""
    if number in BAD_IF_ANY:
        return f"{result}，{part}处问题" if part else result
    return f"{result}，{part}/{whole}"


def _shorts_of(shortfalls: pd.DataFrame, number: int, result: Result) -> tuple[Short, ...]:
    """Who falls short of a check; where everybody satisfies it, why that is not enough."""
    if shortfalls.empty:
        return (Short("", REASONS_OF_NONE.get(number, ""), "", "", ""),)
    titles = shortfalls["sheet"].map({key: sheet.title for key, sheet in result.rules.form.by_key.items()})
    told = shortfalls.assign(sheet=titles, cell=shortfalls["cell"].str.split("、").str[0])
    told = told.assign(value=told["value"].where(told["value"].ne(told["name"])))
    return tuple(Short(*row) for row in told[list(Short._fields)].fillna("").astype("str").itertuples(index=False))


def _mode_gains(unit: str, own: Any, result: Result) -> list[Gain]:
    """What the stage modes of the unit's items are still worth."""
    if pd.isna(own["mode"]):
        return []
    modes = result.modes[result.modes["unit"].eq(unit) & result.modes["credit"].lt(1)]
    scored = modes[modes["must"] & modes["forwarded"].ne(YES)]
    points = round_half_up(pd.Series([result.rules.ranking.modes * (100 - own["mode"])])).iloc[0]
    why = scored["verdict"].mask(scored["verdict"].eq(AGREES), "须调整网上流程")
    items = result.rules.form.by_key["items"].title
    shorts = tuple(
        Short(str(name), str(reason), items, f"第{int(row)}行", _told(declared))
        for name, reason, declared, row in zip(scored["name"], why, scored["declared_mode"], scored["row"], strict=True)
    )
    return [Gain("环节模式", f"{own['mode']:.2f}分", float(points), shorts)]


def _told(value: object) -> str:
    return value if isinstance(value, str) else ""
