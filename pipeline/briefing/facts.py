"""What the parts of a 工作简报 count alike: who reported, what a check found over all units, what it was last time."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.briefing.phrases import day_of
from pipeline.document.blocks import Paragraph
from pipeline.history import DISTRICT
from pipeline.passages import Said, join
from pipeline.run import Result
from pipeline.sentences import Sentences
from pipeline.words import ACCEPTED, RETURNED

Paragraphs = tuple[Paragraph, ...]
ITEM, WINDOW, PERSON = "项", "个", "人"
# The checks that count what has entered, and what they count it in.
ENTRIES = {3: ITEM, 4: ITEM, 5: ITEM, 6: ITEM, 7: PERSON}


@dataclass(frozen=True)
class Pooled:
    """分子 and 分母 of a check over the units to which it applies."""

    done: int
    target: int

    @property
    def short(self) -> int:
        """What is still missing."""
        return self.target - self.done


def words_of(result: Result) -> Sentences:
    """The sentences of the rules."""
    return result.rules.briefing.sentences


def cutoff_of(result: Result) -> str:
    """The cut-off of the period: 4月14日."""
    return day_of(result.period.cutoff)


def is_first(result: Result) -> bool:
    """Whether there was no period before."""
    return result.period.number == min(result.rules.calendar.by_number)


def reported(result: Result) -> pd.Series:
    """Which units reported in this period."""
    return result.units["state"].isin([ACCEPTED, RETURNED])


def units_where(result: Result, where: pd.Series) -> list[str]:
    """The names of the units for which it is so, in the notice's order."""
    return result.units.loc[where, "unit"].tolist()


def in_notice_order(units: pd.Series, result: Result) -> list[str]:
    """The units that occur, each once, in the notice's order."""
    return result.rules.roster.in_order(units)


def most_of(units: pd.Series, most: int, result: Result) -> list[tuple[str, int]]:
    """The units that occur most often and how often, the notice's order among equals."""
    counts = units.value_counts().reindex(in_notice_order(units, result))
    top = counts.sort_values(ascending=False, kind="stable").head(most)
    return [(str(unit), int(count)) for unit, count in top.items()]


def pooled(result: Result, number: int) -> Pooled:
    """What a check found over all units."""
    counted = result.checks[result.checks["check"].eq(number)]
    return Pooled(int(counted["numerator"].sum()), int(counted["denominator"].sum()))


def has_data(result: Result) -> bool:
    """Whether any unit has told anything, now or earlier."""
    return not result.checks.empty


def district_change(result: Result, column: str) -> float | None:
    """How a figure of the district's trend differs from the period before; None where one is missing."""
    trend = result.trend[result.trend["unit"].eq(DISTRICT)].set_index("period")[column]
    now, before = (trend.get(result.period.number - back, float("nan")) for back in (0, 1))
    return known(now - before)


def five_change(result: Result, name: str) -> float | None:
    """How a line of 五进 differs from the period before, the rate or else the number; None where one is missing."""
    line = result.five.set_index("name").reindex([name]).iloc[0]
    return known(line["done"] - line["done_before"] if pd.isna(line["target"]) else line["change"])


def known(value: float) -> float | None:
    """The value, or None where it is missing."""
    return None if pd.isna(value) else float(value)


def paragraphs(*groups: Sequence[Said]) -> Paragraphs:
    """A paragraph for each group of sentences; one without a sentence is left out."""
    told = [join(group) for group in groups]
    return tuple(Paragraph(passage) for passage in told if passage)
