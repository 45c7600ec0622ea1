"""The notice's deadlines: days left, what is open for each and who is behind, and which ones to warn of."""

from collections.abc import Callable

import pandas as pd

from pipeline import intake
from pipeline.form import NO
from pipeline.outcomes import BASIC, SHORT
from pipeline.rulebook import Calendar, Period
from pipeline.rules import Rules

COLUMNS = ["key", "title", "source", "date", "days", "behind", "count", "what", "warning"]
# A deadline is warned of from this many periods ahead.
PERIODS_AHEAD = 2


def deadlines(
    period: Period,
    rules: Rules,
    units: pd.DataFrame,
    files: pd.DataFrame,
    checks: pd.DataFrame,
    shortfalls: pd.DataFrame,
    items: pd.DataFrame,
) -> pd.DataFrame:
    """A line for each deadline of the notice (columns COLUMNS).

    days: from the cut-off (negative once past). count: how much is open, `what` its measure and words (个单位没有报过填报表), behind: the units concerned, joined by 、 in the
    notice's order; all three empty (count missing) for a deadline the program cannot follow. warning: it falls within the next two periods.
    units to items: the frames of this period, as in Result.
    """
    of_key: dict[str, Callable[[], tuple[pd.Series, str]]] = {
        "contacts": lambda: (_unheard(units, files, period), "个单位没有反馈联系表"),
        "self_report": lambda: _without_report(units),
        "measures": lambda: (_without_measures(items), "个未进驻事项没有写原因及措施"),
        "items_in": lambda: (_short_items(checks, shortfalls, rules, "items_in"), "个事项未进驻或在清单外办理"),
        "all_in": lambda: (_short_checks(checks, rules, "all_in")["unit"], "项次自查没有到位"),
    }
    lines = []
    for deadline in rules.calendar.deadlines:
        open_ones, what = of_key[deadline.key]() if deadline.key in of_key else (None, "")
        told = (
            ("、".join(rules.roster.in_order(open_ones)), len(open_ones), what)
            if open_ones is not None
            else ("", None, "")
        )
        lines.append((deadline.key, deadline.title, deadline.source, deadline.date, *told))
    table = pd.DataFrame(lines, columns=["key", "title", "source", "date", "behind", "count", "what"])
    table = table.astype({"date": "datetime64[s]", "count": "Int64"})
    cutoff = pd.Timestamp(period.cutoff)
    table["days"] = (table["date"] - cutoff).dt.days
    table["warning"] = table["date"].ge(cutoff) & table["date"].le(_horizon(period, rules.calendar))
    return table[COLUMNS]


def _horizon(period: Period, calendar: Calendar) -> pd.Timestamp:
    """The cut-off two periods ahead, or the last there is."""
    ahead = [p.cutoff for number, p in sorted(calendar.by_number.items()) if number >= period.number]
    return pd.Timestamp(ahead[: PERIODS_AHEAD + 1][-1])


def _unheard(units: pd.DataFrame, files: pd.DataFrame, period: Period) -> pd.Series:
    """The units that have sent neither a contact form nor any other."""
    so_far = files[files["period"].isna() | files["period"].le(period.number).fillna(False)]
    heard = so_far.loc[so_far["kind"].isin([intake.FORM, intake.CONTACT]), "unit"]
    return units.loc[~units["unit"].isin(heard.dropna()), "unit"]


def _without_report(units: pd.DataFrame) -> tuple[pd.Series, str]:
    """The units that have sent no form so far or, once the office registers paper, not handed in their 自查报告 on it."""
    on_paper = units["no_paper"]
    what = "个单位没有报过填报表或没有交齐自查报告纸质件" if on_paper.any() else "个单位没有报过填报表"
    return units.loc[units["own_period"].isna() | on_paper, "unit"], what


def _without_measures(items: pd.DataFrame) -> pd.Series:
    lacking = items["must"] & items["reported"] & items["in_hall"].eq(NO) & items["reason"].isna()
    return items.loc[lacking, "unit"]


def _short_checks(checks: pd.DataFrame, rules: Rules, key: str) -> pd.DataFrame:
    """The checks due then that are not 到位."""
    numbers = [check.number for check in rules.checks.checks if check.deadline == key]
    return checks[checks["check"].isin(numbers) & checks["result"].isin([BASIC, SHORT])]


def _short_items(checks: pd.DataFrame, shortfalls: pd.DataFrame, rules: Rules, key: str) -> pd.Series:
    """The unit of every item that keeps a check due then from 到位."""
    pairs = ["unit", "check"]
    return shortfalls.merge(_short_checks(checks, rules, key)[pairs], on=pairs)["unit"]
