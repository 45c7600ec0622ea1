"""办公室登记表 in LibreOffice: completed as the office does, saved as .xlsx and .ods, and read back."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils import get_column_letter

from pipeline.intake import REGISTER, Source, identify_files
from pipeline.register.layout import register_layout
from pipeline.register.read import Decisions, read_decisions
from pipeline.register.write import register_sheets
from pipeline.sheets import HEADER_ROW
from pipeline.workbook.render import render_workbook
from tests.districts import decide
from tests.forms import the_rules
from tests.office import DAY_ZERO, Job, run_office
from tests.results import COMPANY, GOOD, LATE, a_result
from tests.test_register_laws import told

LAYOUTS = register_layout(the_rules())
KINDS = ("xlsx", "ods")
DAY = date(2023, 3, 30)
# What the office types: sheet key -> place (the row the program wrote, from 0; below: the first blank one) -> cells.
ENTRIES: dict[str, list[tuple[int | str, dict[str, Any]]]] = {
    "reviews": [
        (0, {"confirmed": "是", "approver": "刘主任"}),
        ("below", {"period": "第2期", "unit": GOOD, "kind": "表扬", "reason": "服务好", "confirmed": "是", "experience": 2, "approver": "刘主任"}),
    ],
    "leads": [(0, {"finding": "属实", "transferred": "否", "approver": "刘主任"})],
    "inspections": [("below", {"unit": GOOD, "check": "3", "name": "企业投资项目备案", "found": "空窗口", "date": DAY, "again": "未整改"})],
    "dispatches": [("below", {"source": "会议", "unit": GOOD, "problem": "接口不通", "person": "李四", "due": DAY, "state": "进行中"})],
    "approvals": [(0, {"mode": "一审一核", "approver": "周法制"})],
    "papers": [("below", {"unit": GOOD, "paper": "自查报告", "received": DAY, "signed": "是", "sealed": "是"})],
    "corrections": [("below", {"period": "第2期", "unit": LATE, "sheet": "事项清单", "line": "第5行", "heading": "大厅办件量", "new": 3, "date": DAY})],
    "waivers": [("below", {"unit": GOOD, "check": 7, "reason": "新设", "approver": "刘主任", "until": DAY})],
    "receipts": [("below", {"period": "第2期", "unit": COMPANY, "received": DAY})],
}  # fmt: skip


def written_rows() -> dict[str, list[dict[str, Any]]]:
    """What the program wrote, by sheet key."""
    titles = {layout.sheet.title: key for key, layout in LAYOUTS.items()}
    return {
        titles[sheet.name]: [
            {key: value for key, value in row.items() if key in LAYOUTS[titles[sheet.name]].sheet.keys and value == value}
            for row in sheet.rows.to_dict("records")
        ]
        for sheet in register_sheets(a_result())
        if sheet.name in titles
    }  # fmt: skip


def completed() -> Decisions:
    """The decisions of the register as it was completed, from plain values."""
    rows = written_rows()
    for key, entries in ENTRIES.items():
        for place, cells in entries:
            if place == "below":
                rows[key].append(cells)
            else:
                rows[key][int(place)] |= cells
    return decide(rows)


def typing() -> list[list[Any]]:
    """The steps of the office in LibreOffice."""
    steps = []
    for key, entries in ENTRIES.items():
        sheet, blank = LAYOUTS[key].sheet, len(written_rows()[key])
        for place, cells in entries:
            row = HEADER_ROW + 1 + (blank if place == "below" else int(place))
            typed = {
                f"{get_column_letter(sheet.keys.index(name) + 1)}{row}": _typed(value) for name, value in cells.items()
            }
            steps.append(["fill", sheet.title, typed])
    return steps


def _typed(value: Any) -> Any:
    return (value - DAY_ZERO).days if isinstance(value, date) else value


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("register")
    (folder / "profile").mkdir()
    source = folder / "登记表.xlsx"
    source.write_bytes(render_workbook(register_sheets(a_result()), "办公室登记表（第2期）"))
    saves = {kind: folder / f"办好的登记表.{kind}" for kind in KINDS}
    run_office([Job(source, typing(), saves)], folder)
    return saves


@pytest.mark.office
@pytest.mark.parametrize("kind", KINDS)
def test_a_register_completed_in_libreoffice_says_what_the_office_typed(kind: str, saved: dict[str, Path]) -> None:
    path = saved[kind]
    [known] = identify_files([Source(path.name, str(path.parent))], the_rules())
    assert known.row["kind"] == REGISTER
    assert known.register is not None
    assert known.register.period == 2
    found, wanted = read_decisions(path.name, known.register.sheets, the_rules()), completed()
    for key in LAYOUTS:
        assert told(found.frames[key], key) == told(wanted.frames[key], key), key
        assert told(found.entries[key], key) == told(wanted.entries[key], key), key
        assert len(found.frames[key]) == len(ENTRIES[key]), key
    assert found.remarks.empty
