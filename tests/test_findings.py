"""Every kind of finding fires where it should and not on a near miss (tests/cases/findings.toml), in words people understand."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import pandas as pd
import pytest

from pipeline.catalogue import read_catalogues
from pipeline.findings import ERROR, FAULTS, PHONED, REMARK, address, describe, found, text_of
from pipeline.reader import read_form
from tests.excel_edits import edited
from tests.forms import ROOT, raw_sheet, the_rules
from tests.worked import Case, assess_units, cases_of, form_bytes, period_of, values_of

CASES = cases_of("findings.toml")
ORDINARY = [unit.name for unit in the_rules().roster.units if unit.group.startswith("A")]
# Told of a file, a catalogue or what readers hide, not of the values of a form: code -> where it fires, and where it does not.
ELSEWHERE = {
    **dict.fromkeys(["unit_unknown", "entry_out_of_scope"], "test_findings.py"),
    **dict.fromkeys(["period_moved", "period_by_date", "items_lost"], "cases/submissions.toml"),
    **dict.fromkeys(
        [
            "row_number_only", "table_second", "sheet_hidden", "sheet_renamed", "sheet_old_hidden", "sheet_left", "column_twice_differs",
            "column_hidden", "rows_hidden", "cell_error", "formula_unsaved", "struck_out",
        ],
        "hostile/cells.py",
    ),
    **dict.fromkeys(["far_cells", "far_entries"], "hostile/kinds.py"),
    **dict.fromkeys(["value_changed", "row_added", "row_removed"], "test_corrections.py"),
    "phone_corrected": "test_demo.py",
    **dict.fromkeys(["entry_gone", "entry_reopened", "entry_postponed"], "test_followup.py"),
    **dict.fromkeys(["items_fewer", "cases_stopped"], "test_movements.py"),
}  # fmt: skip


@cache
def findings_of_cases() -> list[tuple[pd.DataFrame, pd.DataFrame]]:
    """The findings of each case's form and of its near miss, through real workbooks."""
    fires = _assess([(case, case.get("form", ""), case.get("edit", ())) for case in CASES])
    near = _assess([(case, case.get("near", ""), case.get("near_edit", ())) for case in CASES])
    return list(zip(fires, near, strict=True))


def _assess(told: Sequence[tuple[Case, str, Sequence[str]]]) -> list[pd.DataFrame]:
    """The findings about each form; forms of one period are assessed together, each as a unit of its own."""
    found_in: dict[int, pd.DataFrame] = {}
    layers: dict[tuple[int, int], list[int]] = {}
    for number, (case, _, _) in enumerate(told):
        layers.setdefault((period_of(case), number // len(ORDINARY)), []).append(number)
    for (period, _), numbers in layers.items():
        raws: dict[str, Any] = {}
        entries = []
        for number in numbers:
            unit, (case, form, edits) = ORDINARY[number % len(ORDINARY)], told[number]
            values = values_of({**case, "form": form}, unit, period)
            raws[unit] = read_form(edited(form_bytes(values, unit, period), edits), the_rules().form)
            entries += values["catalogue"]
        findings = assess_units(raws, entries, period).findings
        for number in numbers:
            found_in[number] = findings[findings["file"] == f"{ORDINARY[number % len(ORDINARY)]}.xlsx"]
    return [found_in[number] for number in range(len(told))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['code']} {case['says']}")
def test_a_finding_fires_at_its_cell_and_says_what_is_wrong(case: Case) -> None:
    findings, _ = findings_of_cases()[CASES.index(case)]
    assert sorted(findings["code"]) == sorted([case["code"], *case.get("also", ())])
    line = findings[findings["code"] == case["code"]].iloc[0]
    assert f"{line['sheet']}!{line['cell']}" == case["cell"]
    assert line["level"] == case.get("level", ERROR)
    assert case["says"] in line["problem"]
    assert case.get("advises", "") in line["advice"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['code']} {case['says']}")
def test_a_near_miss_has_no_finding(case: Case) -> None:
    _, near = findings_of_cases()[CASES.index(case)]
    assert sorted(near["code"]) == sorted(case.get("near_also", ())), case["why"]


def test_every_kind_of_finding_has_a_case() -> None:
    assert {case["code"] for case in CASES} | set(ELSEWHERE) == set(FAULTS)
    assert all(case["why"] for case in CASES)


@pytest.mark.parametrize("code", ELSEWHERE)
def test_a_kind_of_finding_without_a_case_here_has_one_there(code: str) -> None:
    text = (ROOT / "tests" / ELSEWHERE[code]).read_text(encoding="utf-8")
    assert re.search(rf"[\"']{code}", text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['code']} {case['says']}")
def test_the_words_are_complete_and_quote_the_value(case: Case) -> None:
    findings, _ = findings_of_cases()[CASES.index(case)]
    for line in findings.itertuples():
        words = f"{line.problem}；{line.advice}"
        assert not re.search(r"[{}]|None|nan|NaT|“”|：；|例：$", words), words
        assert re.search(r"[\u4e00-\u9fff]", line.problem)
        if "{value}" in FAULTS[line.code].problem:
            assert line.value
            assert line.value in words


def test_a_faultless_form_has_no_finding_at_all() -> None:
    values = values_of({}, "区教体局", 1)
    raw = read_form(form_bytes(values, "区教体局", 1), the_rules().form)
    assert assess_units({"区教体局": raw}, [], 1).findings.empty


def test_levels_are_those_of_the_specification_and_words_are_chinese() -> None:
    for fault in FAULTS.values():
        assert fault.level in (ERROR, REMARK, PHONED)
        assert not re.search(r"[a-zA-Z]{4,}", re.sub(r"\{\w+\}|Excel", "", fault.problem + fault.advice))
        assert not fault.problem.endswith(("。", "；"))


# ---- the catalogue ----


def remarks_on(*entries: dict[str, Any]) -> pd.DataFrame:
    sheet = the_rules().form.catalogue
    return read_catalogues({"目录.xlsx": raw_sheet(entries, sheet)}, the_rules())[1]


def test_an_entry_of_an_unknown_unit_is_remarked_on() -> None:
    [line] = remarks_on({"unit": "区教育局", "name": "甲"}, {"unit": "区教体局", "name": "乙"}).itertuples()
    assert (line.code, line.level, line.cell) == ("unit_unknown", REMARK, "A5")
    assert "“区教育局”不在成员单位名册中" in line.problem
    assert "是否为区教体局？" in line.problem


def test_an_unknown_unit_is_remarked_on_once_however_many_entries_it_has() -> None:
    assert len(remarks_on(*({"unit": "市财政局", "name": name} for name in "甲乙丙"))) == 1


def test_an_entry_of_a_type_out_of_scope_is_remarked_on() -> None:
    entry = {"unit": "区教体局", "name": "甲", "item_type": "行政处罚"}
    [line] = remarks_on(entry, entry | {"name": "乙", "item_type": "行政许可"}).itertuples()
    assert (line.code, line.level, line.cell) == ("entry_out_of_scope", REMARK, "D5")
    assert "“行政处罚”" in line.problem


# ---- how findings are shown ----


@pytest.mark.parametrize(
    ("row", "column", "shown"),
    [
        (5, 0, "A5"),
        (5, 25, "Z5"),
        (5, 26, "AA5"),
        (1, 701, "ZZ1"),
        (1, 702, "AAA1"),
        (5, -1, "第5行"),
        (0, 1, "B列"),
        (0, -1, ""),
    ],
)
def test_an_address_says_as_much_as_is_known(row: int, column: int, shown: str) -> None:
    assert address(row, column) == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (pd.NA, ""),
        (float("nan"), ""),
        (pd.NaT, ""),
        (3.0, "3"),
        (2.5, "2.5"),
        (1.14e30, "1.14e+30"),
        (pd.Timestamp("2023-03-17"), "2023-03-17"),
        ("  字 ", "  字 "),
        (0, "0"),
    ],
)
def test_a_value_is_quoted_as_a_person_reads_it(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_a_finding_made_twice_stands_once_and_a_brace_in_a_value_is_only_a_brace() -> None:
    rows = pd.DataFrame({"file": ["甲.xlsx"] * 2, "row": [5, 5], "text": ["{heading}"] * 2})
    places = pd.DataFrame(
        [("甲.xlsx", "items", "in_hall", 10, None)], columns=["file", "sheet", "key", "column", "row"]
    )
    [line] = describe(
        found("not_a_choice", rows, "items", "in_hall", value="text"), places, the_rules().form
    ).itertuples()
    assert (line.cell, line.problem) == ("K5", "“进驻大厅”不能填“{heading}”")


def test_findings_are_sorted_by_file_sheet_and_cell() -> None:
    case = {
        "form": "单位信息：主要负责人=（空） | 对接人员=（空）\n事项清单 ×2：受理地点=（空） | 大厅办件量=多\n审批人员：岗位=（空）"
    }
    raw = read_form(form_bytes(values_of(case, "区教体局", 1)), the_rules().form)
    findings = assess_units({"区教体局": raw}, [], 1).findings
    places = [f"{sheet}!{cell}" for sheet, cell in zip(findings["sheet"], findings["cell"], strict=True)]
    assert places == [
        "单位信息!B7", "单位信息!B11", "事项清单!O5", "事项清单!W5", "事项清单!O6", "事项清单!W6", "审批人员!D5",
    ]  # fmt: skip
