"""The charts of a 工作简报, as plain data."""

import pandas as pd

from pipeline.briefing.facts import words_of
from pipeline.document.blocks import Chart, ChartRow, Series
from pipeline.history import DISTRICT
from pipeline.outcomes import BASIC, FULL, SHORT
from pipeline.run import Result
from pipeline.tables import period_name

PERCENT, WHOLE = "0.0%", "0;;"  # a nought is not printed
TALL, LOW = 54, 38  # millimetres


def charts(result: Result) -> tuple[ChartRow, ...]:
    """The charts, two side by side: the units with the lowest entered rates, worst first, and the nine checks across the
    district; modes as declared and as suggested, and from the second period on the rates over the periods."""
    pairs = ((_entered(result), _checks(result)), (_modes(result), _trend(result)))
    drawn = (tuple(chart for chart in pair if chart is not None) for pair in pairs)
    return tuple(ChartRow(pair) for pair in drawn if pair)


def _entered(result: Result) -> Chart | None:
    rows = result.checks[result.checks["check"].eq(3) & result.checks["denominator"].gt(0).fillna(False)]
    rates = (rows["numerator"] / rows["denominator"]).astype("float64")
    most = result.rules.briefing.limits.bars
    worst = rows.assign(rate=rates)[rates.lt(1)].sort_values("rate", kind="stable").head(most)
    if worst.empty:
        return None
    title = words_of(result).charts.entered.format(count=len(worst))
    values = tuple(float(rate) for rate in worst["rate"])
    return Chart("bars", title, tuple(worst["unit"]), (Series("进驻率", values),), TALL, PERCENT, top=1.0)


def _checks(result: Result) -> Chart | None:
    counts = pd.crosstab(result.checks["check"], result.checks["result"])
    checks = result.rules.checks.checks
    counts = counts.reindex(index=[check.number for check in checks], columns=[FULL, BASIC, SHORT], fill_value=0)
    if not counts.to_numpy().sum():
        return None
    series = tuple(Series(word, tuple(int(number) for number in counts[word])) for word in counts.columns)
    topics = tuple(f"{check.number} {check.topic}" for check in checks)
    return Chart("stacked", words_of(result).charts.checks, topics, series, TALL, WHOLE)


def _modes(result: Result) -> Chart | None:
    """Items of which both are known."""
    told = result.modes[result.modes["declared_mode"].notna() & result.modes["suggested"].notna()]
    modes = result.rules.stages.modes
    if told.empty:
        return None
    columns = (("申报模式", "declared_mode"), ("建议模式", "suggested"))
    series = tuple(Series(name, tuple(int(told[key].eq(mode).sum()) for mode in modes)) for name, key in columns)
    return Chart("columns", words_of(result).charts.modes, modes, series, LOW, "0")


def _trend(result: Result) -> Chart | None:
    district = result.trend[result.trend["unit"].eq(DISTRICT)].sort_values("period")
    columns = (("进驻", "entered"), ("授权", "authorised"), ("对接", "connected"))
    series = tuple(Series(name, tuple(map(_known, district[key]))) for name, key in columns)
    series = tuple(line for line in series if any(value is not None for value in line.values))
    if len(district) < 2 or not series:
        return None
    title, periods = words_of(result).charts.trend, tuple(map(period_name, district["period"]))
    lowest = min(value for line in series for value in line.values if value is not None)
    return Chart("lines", title, periods, series, LOW, "0%", bottom=0.5 if lowest >= 0.5 else 0.0, top=1.0)


def _known(rate: float) -> float | None:
    return None if pd.isna(rate) else float(rate)
