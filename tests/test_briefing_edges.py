"""briefing: its charts, and districts at the edge (rare names, two hundred units, one alone)."""

import io
from dataclasses import fields, replace

import pandas as pd
from docx import Document

from pipeline.briefing.body import write_briefing
from pipeline.document.blocks import ChartRow, Paragraph
from pipeline.document.render import render_briefing
from pipeline.document.wordml import name
from tests.briefings import (
    alone,
    annex,
    district,
    first,
    foot_of,
    perfect,
    section,
    silent,
    texts_of,
    usual,
    wanting,
    written,
)
from tests.forms import ROOT, the_rules
from tests.submissions import ROSTER

WORDS = the_rules().briefing.sentences.phrases
TEMPLATE = (ROOT / "templates" / "简报模板.docx").read_bytes()


# --- charts


def charts_of(told) -> dict:
    rows = [block for block in told.blocks if isinstance(block, ChartRow)]
    return {chart.kind: chart for row in rows for chart in row.charts}


def test_the_charts_show_the_lowest_rates_the_nine_checks_the_modes_and_the_trend():
    charts, result = charts_of(written(usual)), usual()
    assert list(charts) == ["bars", "stacked", "columns", "lines"]
    rates = charts["bars"].series[0].values
    assert list(rates) == sorted(rates)
    assert max(rates) < 1
    counts = result.checks["result"].value_counts()
    assert {series.name: sum(series.values) for series in charts["stacked"].series} == {
        word: counts.get(word, 0) for word in ("到位", "基本到位", "不到位")
    }
    assert sum(charts["columns"].series[1].values) == int(
        (result.modes["declared_mode"].notna() & result.modes["suggested"].notna()).sum()
    )
    assert charts["lines"].categories == ("第1期", "第2期", "第3期")


def test_the_first_issue_has_no_trend_and_nobody_below_the_others_where_all_have_entered():
    assert "lines" not in charts_of(written(first))
    assert "bars" not in charts_of(written(perfect))
    assert not charts_of(written(silent))


def test_the_chart_of_rates_has_no_more_bars_than_the_rule_allows():
    everybody = district([wanting(unit, 2) for unit in ROSTER])
    bars = charts_of(write_briefing(everybody))["bars"]
    assert len(bars.categories) == the_rules().briefing.limits.bars
    assert "10个单位" in bars.title


# --- districts at the edge


def renamed(result, names: dict[str, str]):
    """The result with other names of units."""
    roster = result.rules.roster
    units = tuple(unit.model_copy(update={"name": names.get(unit.name, unit.name)}) for unit in roster.units)
    frames = {
        field.name: getattr(result, field.name).assign(unit=getattr(result, field.name)["unit"].replace(names))
        for field in fields(result)
        if "unit" in getattr(getattr(result, field.name), "columns", ())
    }
    return replace(result, rules=with_units(result.rules, units), **frames)


def with_units(rules, units):
    """The rules with another roster."""
    told = {key: getattr(rules.roster, key) for key in type(rules.roster).model_fields}
    roster = type(rules.roster).model_validate(told | {"units": units})
    return rules.model_copy(update={"roster": roster})


def of_many(result, times: int):
    """The result with every unit as often as told."""
    names = [f"乡镇{n}" for n in range(times)]
    units = tuple(
        unit.model_copy(update={"name": more + unit.name}) for more in names for unit in result.rules.roster.units
    )
    frames = {}
    for field in fields(result):
        frame = getattr(result, field.name)
        if "unit" in getattr(frame, "columns", ()):
            own = frame[frame["unit"].ne("全区")]
            times_told = names[:1] if field.name.startswith("proposals") else names
            copies = [own.assign(unit=more + own["unit"]) for more in times_told]
            frames[field.name] = pd.concat([frame[frame["unit"].eq("全区")], *copies], ignore_index=True)
    details = {
        key: pd.concat([frame.assign(unit=more + frame["unit"]) for more in names], ignore_index=True)
        for key, frame in result.details.items()
    }
    return replace(result, rules=with_units(result.rules, units), details=details, **frames)


def test_names_with_rare_characters_come_through_to_the_file():
    rare = {ROSTER[1]: "区𠮷㵥局", ROSTER[3]: "区<&>局"}
    briefing = write_briefing(renamed(usual(), rare))
    assert (
        foot_of(briefing)["进度滞后"].startswith("未进驻事项最多的是区𠮷㵥局")
        or "区<&>局" in foot_of(briefing)["进度滞后"]
    )
    text = Document(io.BytesIO(render_briefing(briefing, the_rules().briefing.layout, TEMPLATE))).element.body
    said = "".join(piece.text or "" for piece in text.iter(name("t")))
    assert "区𠮷㵥局" in said
    assert "区<&>局" in said


def test_a_district_of_two_hundred_units_names_no_more_than_the_rules_allow():
    many = of_many(usual(), 7)
    briefing = write_briefing(many)
    body = [block for block in briefing.blocks if isinstance(block, Paragraph)]
    assert sum(len(block.text) for block in body) < 2400
    bars = charts_of(briefing)["bars"]
    assert len(bars.categories) == the_rules().briefing.limits.bars
    assert len(annex(briefing, 1)[0].rows) == 7 * 33
    assert "应报单位231个" in section(briefing, "总体情况")


def test_one_unit_alone_is_told_about_as_one():
    text = "".join(texts_of(written(alone)))
    assert "1个单位" in text
    assert "有数据的1个单位" in section(written(alone), "总体情况")
