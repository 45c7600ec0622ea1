"""Laws that hold for any district: order decides nothing, nothing filled in vanishes, what is written is read back."""

import copy
import random
from datetime import date, datetime
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.frames import type_forms
from pipeline.names import normal_name
from pipeline.reader import RawForm, read_form
from pipeline.run import Result
from pipeline.template.book import write_form
from tests.districts import run_district, values_of
from tests.forms import raw_form, the_rules
from tests.submissions import districts

# A district takes about a second: a few each time, and hypothesis keeps what ever failed.
FEW = settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
FORM = the_rules().form


# ---- order decides nothing ----

# Sheets in which every row stands for itself. The order of 审批环节 is told by its rows, and of two departments, systems
# or items of one name the first counts.
UNORDERED = ("authorisations", "staff", "problems", "tasks", "one_card")


def names_once(rows: list[dict[str, Any]]) -> bool:
    names = [normal_name(str(row.get("name"))) for row in rows]
    return len(set(names)) == len(names)


def in_another_order(district: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The same district with its files, catalogue and rows shuffled."""
    other = copy.deepcopy(district)
    for form in other["forms"]:
        sheets = form["values"]
        free = [sheet for sheet in UNORDERED if sheet in sheets]
        free += [sheet for sheet in ("items", "departments", "systems") if names_once(sheets.get(sheet, []))]
        for sheet in free:
            chance.shuffle(sheets.get(sheet, []))
    chance.shuffle(other["forms"])
    chance.shuffle(other["catalogue"])
    return other


def figures(result: Result) -> list[list[Any]]:
    """What is printed of a result, without the order of names in a cell; of two spellings of a name the first is shown, so both are the same."""
    names = [sorted(map(normal_name, names.split("、"))) for names in result.checks["short"]]
    checks = result.checks.assign(short=["、".join(some) for some in names])
    tables = [
        checks[["unit", "check", "result", "numerator", "denominator", "progress", "comparison", "short"]],
        checks[["credit"]].astype("float64").round(9),
        result.units[
            ["unit", "state", "nine", "mode", "deduction", "score", "change", "rank", "items", "must", "windows"]
        ],
        result.modes[["unit", "key", "verdict", "suggested", "cut", "open", "adjust", "note"]].sort_values(
            ["unit", "key"]
        ),
        result.leads[["number", "unit", "lead"]].sort_values(["unit", "number"]),
        result.proposals[["kind", "unit", "place"]],
        result.five[["name", "target", "done"]],
        result.derived,
    ]
    return [table.astype("object").where(table.notna(), None).to_numpy().tolist() for table in tables]


@FEW
@given(districts(), st.randoms(use_true_random=False))
def test_the_order_of_files_and_rows_changes_no_figure(district: dict[str, Any], chance: random.Random) -> None:
    assert figures(run_district(district)) == figures(run_district(in_another_order(district, chance)))


@FEW
@given(districts())
def test_later_periods_change_no_figure_of_an_earlier_one(district: dict[str, Any]) -> None:
    first = min(district["periods"])
    before = {**district, "forms": [form for form in district["forms"] if form["period"] == first]}
    assert figures(run_district(district, first)) == figures(run_district(before, first))


# ---- nothing filled in vanishes ----

# What people type: choices of any column, dates, numbers, words, and what no column can take.
TYPED = st.one_of(
    st.sampled_from(sorted({c for sheet in FORM.sheets for column in sheet.columns for c in column.all_choices})),
    st.sampled_from(
        [
            "√", "×", "Y", "无", "/", "—", "同上", "12人", "２０２３年３月３１日", "2023.3.31", "3月底", "2023-02-30", "1.14E+30", "001", "-1",
            "1,000", "=1+1", "'", "行政处罚", "事项1", "事项1；事项2", "13800000000", "没有", "#REF!", "NA", "null", "nan", "０", " 大 厅 ",
        ]
    ),
    st.sampled_from([0.0, 1.0, -1.0, 2.5, 45000.0, 20230331.0, 1e30, date(2023, 3, 31), datetime(2023, 3, 31, 9, 30)]),
    st.text(min_size=1, max_size=12).filter(lambda text: text.strip() == text),
)  # fmt: skip


@st.composite
def typed_forms(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """A form with some cells of every sheet filled with anything."""
    return {
        sheet.key: [
            {
                key: draw(TYPED)
                for key in draw(st.lists(st.sampled_from(sheet.keys), min_size=1, max_size=6, unique=True))
            }
            for _ in range(draw(st.integers(1, 3)))
        ][: 1 if sheet.layout == "fields" else None]
        for sheet in FORM.sheets
    }


@settings(FEW, max_examples=25)
@given(typed_forms())
def test_every_filled_cell_ends_in_a_typed_value_or_in_a_finding_and_a_blank_one_gets_no_value(
    values: dict[str, list[dict[str, Any]]],
) -> None:
    raw = raw_form(values, FORM)
    frames, findings, _ = type_forms({"甲.xlsx": raw}, FORM)
    told = set(findings[["sheet", "row", "key"]].itertuples(index=False, name=None))
    for sheet in FORM.sheets:
        page = raw.sheets[sheet.key]
        frame = frames[sheet.key].set_index("row")
        for key, cells in page.columns.items():
            for row, cell in zip(page.rows, cells, strict=True):
                kept = pd.notna(frame.loc[row, key])
                assert kept or cell is None or (sheet.key, row, key) in told, (sheet.title, key, cell)
                assert not (kept and cell is None), (sheet.title, key)


# ---- what is written is read back ----


def as_typed(raw: RawForm) -> dict[str, list[Any]]:
    """The typed cells of a form by sheet, without the rows' places."""
    frames, findings, _ = type_forms({"甲.xlsx": raw}, FORM)
    cells = {
        sheet.key: frames[sheet.key][list(sheet.keys)].astype("object").pipe(lambda f: f.where(f.notna(), None))
        for sheet in FORM.sheets
        if sheet.key != "declarations"
    }
    kinds = findings.loc[findings["sheet"] != "declarations", ["sheet", "key", "code", "value"]].astype("str")
    return {key: frame.to_numpy().tolist() for key, frame in cells.items()} | {
        "findings": sorted(map(tuple, kinds.to_numpy()))
    }


@FEW
@given(districts())
def test_a_form_written_and_read_says_what_was_put_into_it(district: dict[str, Any]) -> None:
    for form in district["forms"][:3]:
        values = values_of(form)
        read = read_form(write_form(the_rules(), values), FORM)
        assert as_typed(read) == as_typed(raw_form(values, FORM))
        declared = [row.get("declared") for row in values.get("declarations", [])]
        assert read.sheets["declarations"].columns["declared"] == (declared or [None] * 9)
