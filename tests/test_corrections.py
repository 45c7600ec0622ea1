"""A corrected form tells the office which values differ from the one it replaced (tests/cases has no file for two forms of one unit)."""

from pathlib import Path

import pandas as pd

from pipeline.corrections import IDENTITY, UNTOLD, compare_forms, replaced_forms
from pipeline.findings import CHANGED
from pipeline.intake import ROW, Source, identify_files
from pipeline.run import Result
from pipeline.submissions import settle
from tests.folders import run_folder
from tests.forms import the_rules
from tests.worked import form_bytes, values_of

UNIT = "区残联"
FIRST = "事项清单 ×2：大厅办件量=3\n审批环节：事项名称=事项1"


def told(folder: Path, old: str, new: str) -> pd.DataFrame:
    """The findings about the changes from one form to the next of a unit, in the order of the form."""
    return changes_of(result_of(folder, old, new))


def result_of(folder: Path, *forms: str) -> Result:
    for number, form in enumerate(forms, 1):
        data = form_bytes(values_of({"form": form}, UNIT, 1), UNIT, 1)
        (folder / f"区残联（{number}）.xlsx").write_bytes(data)
    return run_folder(folder)[0]


def changes_of(result: Result) -> pd.DataFrame:
    return result.findings[result.findings["code"].isin(CHANGED)]


def test_a_changed_value_is_named_at_its_cell_with_both_values(tmp_path: Path) -> None:
    [line] = told(tmp_path, FIRST, FIRST.replace("大厅办件量=3", "大厅办件量=5")).head(1).itertuples()
    assert (line.code, line.file) == ("value_changed", "区残联（2）.xlsx")
    assert (line.sheet, line.cell) == ("事项清单", "W5")
    assert line.problem == "“大厅办件量”由“3”改为“5”"


def test_the_count_stands_beside_the_file_that_counts(tmp_path: Path) -> None:
    result = result_of(tmp_path, FIRST, FIRST.replace("大厅办件量=3", "大厅办件量=5 | 窗口号=B2"))
    counts = result.files.set_index("file")["changed"]
    assert counts["区残联（2）.xlsx"] == 4
    assert pd.isna(counts["区残联（1）.xlsx"])


def test_the_same_value_written_otherwise_is_no_change(tmp_path: Path) -> None:
    assert told(tmp_path, FIRST, FIRST.replace("大厅办件量=3", "大厅办件量=３件")).empty


def test_a_value_that_was_taken_out_is_named_and_still_missed(tmp_path: Path) -> None:
    result = result_of(tmp_path, FIRST, FIRST.replace("大厅办件量=3", "厅外办件量=（空） | 大厅办件量=3"))
    codes = result.findings.loc[result.findings["cell"].eq("Y5"), "code"].tolist()
    assert sorted(codes) == ["missing", "value_changed"]


def test_rows_that_came_and_went_are_named(tmp_path: Path) -> None:
    new = "事项清单：事项名称=事项1 | 大厅办件量=3\n事项清单：事项名称=事项9 | 大厅办件量=3\n审批环节：事项名称=事项1"
    lines = told(tmp_path, FIRST, new)
    assert [(line.code, line.cell, line.problem) for line in lines.itertuples()] == [
        ("row_removed", "", "“事项2”一行没有了"),
        ("row_added", "A6", "“事项9”一行是新增的"),
    ]


def test_rows_in_another_order_are_no_change(tmp_path: Path) -> None:
    lines = ["事项清单：事项名称=甲 | 窗口号=A1", "事项清单：事项名称=乙 | 窗口号=B1"]
    assert told(tmp_path, "\n".join(lines), "\n".join(reversed(lines))).empty


def test_a_form_that_replaced_nothing_is_compared_with_nothing(tmp_path: Path) -> None:
    result = result_of(tmp_path, FIRST)
    assert changes_of(result).empty


def test_the_newest_of_the_replaced_forms_is_the_one_compared_with(tmp_path: Path) -> None:
    forms = [FIRST.replace("大厅办件量=3", f"大厅办件量={number}") for number in (1, 2, 3)]
    assert set(told_of_three(tmp_path, forms)["problem"]) == {"“大厅办件量”由“2”改为“3”"}


def told_of_three(folder: Path, forms: list[str]) -> pd.DataFrame:
    return changes_of(result_of(folder, *forms))


def test_the_same_bytes_twice_are_no_correction(tmp_path: Path) -> None:
    rules = the_rules()
    data = form_bytes(values_of({"form": FIRST}, UNIT, 1), UNIT, 1)
    sources = {name: Source(name, str(tmp_path)) for name in ("a.xlsx", "b.xlsx")}
    for name in sources:
        (tmp_path / name).write_bytes(data)
    rows = [one.row for one in identify_files(list(sources.values()), rules)]
    files, _ = settle(pd.DataFrame(rows, columns=ROW), rules)
    assert replaced_forms(files, 1, sources) == []
    assert compare_forms([], rules).empty


def test_every_sheet_of_the_form_says_how_its_rows_are_found_again() -> None:
    form = the_rules().form
    assert list(IDENTITY) == [sheet.key for sheet in form.sheets]
    named = [(sheet, key) for sheet, keys in IDENTITY.items() for key in keys]
    assert all(form.column(sheet, key) for sheet, key in (*named, *UNTOLD))
