"""Whose form, which period, which file counts, by worked examples (tests/cases/submissions.toml)."""

import re
from typing import Any

import pandas as pd
import pytest

from pipeline.history import unit_states
from pipeline.intake import CATALOGUE, CONTACT, FORM, REFUSED, period_in
from pipeline.submissions import assign_carried, catalogue_of, current_period, late_units, settle, window_of
from tests.forms import the_rules
from tests.worked import Case, cases_of

CASES = cases_of("submissions.toml")
_LINE = re.compile(r"(?P<path>.+?)：(?P<about>.*?) → (?P<outcome>\S+?)(?: (?P<period>\d+))?(?:（(?P<reason>.*)）)?")


def told(case: Case) -> list[dict[str, str]]:
    """The lines of a case: path, about, outcome, period, reason."""
    lines = [_LINE.fullmatch(line.strip()) for line in case["files"].splitlines() if line.strip()]
    assert all(lines), case["title"]
    return [line.groupdict(default="") for line in lines if line]


def identified(path: str, about: str) -> dict[str, Any]:
    """What intake makes of a file."""
    cells = dict(cell.strip().split("=") for cell in about.split("|") if cell.strip())
    if "拒收" in cells:
        return {"file": path, "sha256": path, "kind": REFUSED, "reason": cells["拒收"]}
    folder = re.search(r"第(\d+)期/", path)
    period = cells.get("期号", "")
    return {
        "file": path,
        "sha256": cells.get("内容", path),
        "kind": CONTACT if "联系表" in cells else FORM,
        "folder_period": int(folder[1]) if folder else None,
        "written_period": period_in(period),
        "unit_written": cells.get("单位", ""),
        "period_text": period,
        "filled_on": pd.Timestamp(cells["填报日期"]) if "填报日期" in cells else None,
        "copy": int(cells.get("版次", 0)),
        "has_items": cells.get("事项") != "无" and "联系表" not in cells,
        "untouched": "原样" in cells,
    }


def settled(case: Case) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = [identified(line["path"], line["about"]) for line in told(case)]
    return settle(pd.DataFrame(rows), the_rules())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_every_file_is_dealt_with_as_the_example_says(case: Case) -> None:
    files, findings = settled(case)
    for line, found in zip(told(case), files.itertuples(), strict=True):
        assert found.outcome == line["outcome"], f"{line['path']}：{case['why']}"
        assert str(found.period) == line["period"] or (pd.isna(found.period) and not line["period"])
        assert line["reason"] in found.reason
    assert sorted(findings["code"] + " " + findings["file"]) == case.get("remarks", [])
    late = late_units(files, the_rules().calendar)
    assert sorted(f"{unit} {period}" for unit, period in late.itertuples(index=False)) == case.get("late", [])
    if "current" in case:
        assert (current_period(files, the_rules()) or 0) == case["current"], case["why"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_the_order_in_which_files_are_found_decides_nothing(case: Case) -> None:
    rows = [identified(line["path"], line["about"]) for line in told(case)]
    forwards, _ = settle(pd.DataFrame(rows), the_rules())
    backwards, _ = settle(pd.DataFrame(rows[::-1]), the_rules())
    columns = ["file", "unit", "period", "outcome", "reason"]
    pd.testing.assert_frame_equal(
        forwards[columns].sort_values("file", ignore_index=True),
        backwards[columns].sort_values("file", ignore_index=True),
    )


def test_every_outcome_of_a_form_has_an_example_and_every_file_but_the_counted_one_a_reason() -> None:
    outcomes = {line["outcome"] for case in CASES for line in told(case)}
    assert outcomes == {"采用", "被替代", "期号待确认", "拒收", "忽略"}
    for case in CASES:
        files, _ = settled(case)
        assert (files["outcome"].eq("采用") | files["reason"].ne("")).all(), case["title"]


def test_the_words_of_the_remarks_name_both_periods() -> None:
    _, findings = settled(
        {"files": "第2期/甲.xlsx：单位=区教体局 | 期号=第1期 | 填报日期=2023-03-30 → 采用 2", "title": ""}
    )
    assert findings[["value", "detail"]].to_numpy().tolist() == [["第1期", "第2期"]]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("第2期", 2),
        ("2", 2),
        ("２", 2),
        ("2期", 2),
        ("第 十二 期", 12),
        ("第二十期", 20),
        ("十", 10),
        ("2023年第3期", 3),
        ("二〇", None),
        ("上期", None),
        ("", None),
        ("2023", None),
        ("第2期（补）", 2),
    ],
)
def test_a_period_is_read_from_what_people_write(text: str, period: int | None) -> None:
    assert period_in(text) == period


@pytest.mark.parametrize(
    ("day", "period"),
    [
        ("2023-03-02", None),
        ("2023-03-03", 1),
        ("2023-03-17", 1),
        ("2023-03-18", 2),
        ("2023-06-21", 8),
        ("2023-06-22", 9),
        ("2023-09-28", 15),
        ("2023-09-29", 16),
        ("2023-11-10", 18),
        ("2023-11-11", None),
    ],
)
def test_a_window_runs_from_the_day_after_the_previous_cutoff_to_its_own(day: str, period: int | None) -> None:
    [found] = window_of(pd.Series([pd.Timestamp(day)]), the_rules().calendar)
    assert (None if pd.isna(found) else found) == period


# ---- states, what is carried over ----


LINES = """
甲1.xlsx：单位=区教体局 | 期号=第1期 | 填报日期=2023-03-15 → 采用 1
甲3.xlsx：单位=区教体局 | 期号=第3期 | 填报日期=2023-04-10 → 采用 3
乙2.xlsx：单位=区民政局 | 期号=第2期 | 填报日期=2023-03-29 → 采用 2
丙1.xlsx：单位=区司法局 | 期号=第1期 | 填报日期=2023-03-06 | 联系表=是 → 采用 1
丁2.xlsx：单位=区财政局 | 期号=第2期 | 填报日期=2023-03-29 | 原样=是 → 忽略 2
"""


def test_the_last_counted_form_is_carried_on_and_a_later_one_never_looks_back() -> None:
    files, _ = settled({"files": LINES, "title": ""})
    carried = assign_carried(files, 3, the_rules())
    said = {(row.unit, row.period): (row.file, row.own_period) for row in carried.itertuples()}
    assert said == {
        ("区教体局", 1): ("甲1.xlsx", 1),
        ("区教体局", 2): ("甲1.xlsx", 1),
        ("区教体局", 3): ("甲3.xlsx", 3),
        ("区民政局", 2): ("乙2.xlsx", 2),
        ("区民政局", 3): ("乙2.xlsx", 2),
    }
    assert len(assign_carried(files, 2, the_rules())) == 3


def test_the_state_of_a_unit_in_a_period() -> None:
    files, _ = settled({"files": LINES, "title": ""})
    states = unit_states(files, pd.Series({"甲1.xlsx": 2}), 2, the_rules()).set_index(["unit", "period"])["state"]
    expected = {
        ("区教体局", 1): "退回补正", ("区教体局", 2): "未报送", ("区民政局", 1): "未报送", ("区民政局", 2): "已接收",
        ("区司法局", 1): "联系表", ("区司法局", 2): "未报送", ("区财政局", 2): "未报送", ("区统计局", 2): "未报送",
    }  # fmt: skip
    assert {key: states[key] for key in expected} == expected
    assert len(states) == 2 * len(the_rules().roster.names)


# ---- the catalogue that counts ----


def catalogues(*stamped: tuple[str, int | None]) -> pd.DataFrame:
    rows = [{"file": file, "sha256": file, "kind": CATALOGUE, "written_period": period} for file, period in stamped]
    return settle(pd.DataFrame(rows), the_rules())[0]


def test_the_latest_catalogue_up_to_the_period_counts() -> None:
    files = catalogues(("旧.xlsx", 1), ("新.xlsx", 3), ("无.xlsx", None))
    assert [catalogue_of(files, period) for period in (1, 2, 3, 4)] == ["旧.xlsx", "旧.xlsx", "新.xlsx", "新.xlsx"]
    assert set(files["outcome"]) == {"目录"}


def test_a_catalogue_without_a_stamp_counts_for_any_period_and_a_later_one_not_before_its_own() -> None:
    assert catalogue_of(catalogues(("无.xlsx", None)), 1) == "无.xlsx"
    assert catalogue_of(catalogues(("新.xlsx", 3)), 2) is None
    assert catalogue_of(catalogues(("无.xlsx", None), ("新.xlsx", 3)), 2) == "无.xlsx"
