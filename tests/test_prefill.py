"""prefill.py and sendout.py: what a unit's next form holds, and what becomes of it when it is sent back."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

import process
from pipeline import intake
from pipeline.catalogue import read_catalogues
from pipeline.check import Checked, Shelf, check_sources
from pipeline.demo.district import load_district
from pipeline.demo.forms import fill_form
from pipeline.frames import Frames, type_forms
from pipeline.intake import Source
from pipeline.prefill import items_of, next_values
from pipeline.reader import read_form
from pipeline.register.read import no_decisions
from pipeline.template.book import Stamp, write_form
from pipeline.validate import keep_items
from tests.districts import raw_sheet
from tests.forms import raw_form, the_rules
from tests.office import address

RULES = the_rules()
FORM = RULES.form
UNIT = "区残联"
SECOND = RULES.calendar.by_number[2]
CARRIED = "FFE8F3FB"

Values = Mapping[str, Sequence[Mapping[str, Any]]]


def filled() -> dict[str, list[dict[str, Any]]]:
    district = load_district()
    return dict(fill_form(district, district.by_name[UNIT], 1))


def frames_of(values: Values) -> Frames:
    frames, faults, _ = type_forms({"表": raw_form(values, FORM)}, FORM)
    items, _, _ = keep_items(frames["items"], faults)
    return {**frames, "items": items}


def entries(rows: Sequence[Mapping[str, Any]] = ()) -> pd.DataFrame:
    return read_catalogues({"目录": raw_sheet(rows, FORM.catalogue)}, RULES)[0]


def prefilled(values: Values | None, catalogue: Sequence[Mapping[str, Any]] = ()) -> dict[str, list[dict[str, Any]]]:
    last = frames_of(values) if values else None
    return next_values(UNIT, SECOND, last, entries(catalogue), no_decisions(RULES).of("dispatches"), RULES)


def checked(data: bytes, folder: Path) -> Checked:
    path = folder / "区残联.xlsx"
    path.write_bytes(data)
    shelf = Shelf(RULES, pd.DataFrame(columns=intake.ROW), {})
    return check_sources([Source(path.name, str(folder))], shelf)[0]


def sent_back(change: Mapping[str, Mapping[str, Any]], folder: Path) -> Checked:
    """What is said of a prefilled form in which these columns of these sheets were filled in, every row alike."""
    values = prefilled(filled())
    for sheet, cells in change.items():
        values[sheet] = [{**row, **cells} for row in values[sheet]]
    return checked(write_form(RULES, values, Stamp(UNIT, "第2期", prefilled=True)), folder)


# What is carried over.


def test_everything_is_carried_over_but_what_is_told_anew_each_period() -> None:
    values, last = prefilled(filled()), filled()
    for sheet in FORM.sheets:
        anew = {column.key for column in sheet.columns if column.each_period}
        rows = [{k: v for k, v in row.items() if k not in anew and v not in (None, "")} for row in last[sheet.key]]
        rows = [{**row, "period": "第2期"} if sheet.key == "unit_info" else row for row in rows]
        assert values[sheet.key] == rows, sheet.title


def test_the_columns_told_anew_are_the_date_the_answers_and_the_cases() -> None:
    anew = [(sheet.key, column.key) for sheet in FORM.sheets for column in sheet.columns if column.each_period]
    cases = [("items", key) for key in ("hall_cases", "online_cases", "outside_cases")]
    assert anew == [("unit_info", "filled_on"), ("declarations", "declared"), *cases]


def test_values_that_could_not_be_understood_are_asked_for_again() -> None:
    values = filled()
    values["items"][0] |= {"accept_at": "办公楼", "legal_days": "五天", "promised_days": "3个工作日"}
    first = prefilled(values)["items"][0]
    assert "accept_at" not in first
    assert "legal_days" not in first
    assert first["promised_days"] == 3


def test_rows_that_are_no_item_are_not_carried_over() -> None:
    values = filled()
    rows = values["items"]
    values["items"] = [
        *rows,
        dict(rows[0]),
        {**rows[1], "name": ""},
        {**rows[1], "name": "罚", "item_type": "行政处罚"},
    ]
    assert [row["name"] for row in prefilled(values)["items"]] == [row["name"] for row in rows]


CATALOGUE = [
    {
        "unit": UNIT,
        "name": "残疾人证办理",
        "code": "001",
        "item_type": "公共服务",
        "legal_days": 20,
        "online_stages": 1,
    },
    {
        "unit": UNIT,
        "name": "某审批",
        "item_type": "行政许可",
        "basis": "《甲法》第一条",
        "negative_no": "平龙政〔2023〕5号",
    },
    {"unit": UNIT, "name": "某处罚", "item_type": "行政处罚"},
]


def test_a_unit_without_a_form_gets_its_items_from_the_catalogue() -> None:
    values = prefilled(None, CATALOGUE)
    assert values["unit_info"] == [{"unit": UNIT, "period": "第2期"}]
    assert values["items"] == [
        {"seq": "1", "name": "残疾人证办理", "code": "001", "item_type": "公共服务", "legal_days": 20, "online_stages": 1,
         "negative": "否"},
        {"seq": "2", "name": "某审批", "item_type": "行政许可", "basis": "《甲法》第一条", "negative_no": "平龙政〔2023〕5号",
         "negative": "是"},
    ]  # fmt: skip


def test_the_catalogue_does_not_go_before_the_last_form() -> None:
    assert len(prefilled(filled(), CATALOGUE)["items"]) == len(filled()["items"])


def test_a_unit_that_said_it_has_no_items_gets_none_from_the_catalogue() -> None:
    told = {"unit_info": [{"unit": UNIT, "no_items": "是"}]}
    assert prefilled(told, CATALOGUE)["items"] == []
    assert len(prefilled({"unit_info": [{"unit": UNIT, "no_items": "否"}]}, CATALOGUE)["items"]) == 2


def test_an_empty_catalogue_gives_no_items() -> None:
    assert items_of(entries()) == []


# How it is marked.


def test_what_was_carried_over_is_pale_blue_and_what_is_to_be_filled_in_is_not() -> None:
    values = prefilled(filled())
    values["declarations"][0]["explanation"] = "已集中"
    book = load_workbook(BytesIO(write_form(RULES, values, Stamp(UNIT, "第2期", prefilled=True))))
    items, info, checks = (FORM.by_key[key] for key in ("items", "unit_info", "declarations"))

    def colour(sheet: Any, key: str) -> str:
        return str(book[sheet.title][address(sheet, key)].fill.fgColor.rgb)

    assert {colour(items, key) for key in ("name", "item_type", "accept_at")} == {CARRIED}
    assert {colour(info, key) for key in ("head", "liaison")} == {CARRIED}
    assert colour(checks, "explanation") == CARRIED
    others = [(items, "outside_cases"), (info, "filled_on"), (info, "unit"), (info, "period"), (checks, "declared")]
    assert CARRIED not in {colour(sheet, key) for sheet, key in others}


def test_every_sheet_says_that_it_holds_last_times_entries_and_no_entry_does() -> None:
    data = write_form(RULES, prefilled(filled()), Stamp(UNIT, "第2期", prefilled=True))
    book = load_workbook(BytesIO(data))
    for sheet in FORM.sheets:
        assert "上期" in str(book[sheet.title]["A1"].value)
    assert frames_of_file(data)["items"]["name"].tolist() == [row["name"] for row in filled()["items"]]


def frames_of_file(data: bytes) -> Frames:
    return type_forms({"表": read_form(data, FORM)}, FORM)[0]


# Sent back.


def test_a_prefilled_form_sent_back_as_it_was_is_ignored(tmp_path: Path) -> None:
    assert sent_back({}, tmp_path).verdict.startswith("忽略")


def test_with_only_the_answers_filled_in_date_and_counts_are_asked_for_by_cell(tmp_path: Path) -> None:
    found = sent_back({"declarations": {"declared": "是"}}, tmp_path)
    assert found.verdict.startswith("退回补正")
    missing = found.findings[found.findings["code"].eq("missing")]
    items = FORM.by_key["items"]
    counts = {address(items, "outside_cases", entry) for entry in range(len(filled()["items"]))}
    assert set(zip(missing["sheet"], missing["cell"], strict=True)) == {
        ("单位信息", address(FORM.by_key["unit_info"], "filled_on")),
        *(("事项清单", cell) for cell in counts),
    }


def test_with_only_the_counts_filled_in_date_and_answers_are_asked_for_by_cell(tmp_path: Path) -> None:
    found = sent_back({"items": {"outside_cases": 0, "hall_cases": 3}}, tmp_path)
    missing = found.findings[found.findings["code"].eq("missing")]
    assert set(zip(missing["sheet"], missing["cell"], strict=True)) == {
        ("单位信息", address(FORM.by_key["unit_info"], "filled_on")),
        *(("九项自查", f"D{row}") for row in range(4, 13)),
    }


def test_with_date_answers_and_counts_it_is_accepted(tmp_path: Path) -> None:
    told = {
        "declarations": {"declared": "是"},
        "items": {"outside_cases": 0},
        "unit_info": {"filled_on": date(2023, 3, 30)},
    }
    found = sent_back(told, tmp_path)
    assert (found.unit, found.period, found.verdict) == (UNIT, 2, "接收")


# The command.


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mailbox with the first period's form of one unit, the second's 联系表 of another and a catalogue."""
    folder = tmp_path_factory.mktemp("mailbox")
    inputs = folder / "inputs"
    inputs.mkdir()
    (inputs / "区残联.xlsx").write_bytes(write_form(RULES, filled(), Stamp(UNIT, "第1期")))
    info = {"unit": "区民政局", "period": "第1期", "filled_on": date(2023, 3, 5), "head": "张三"}
    (inputs / "民政.xlsx").write_bytes(write_form(RULES, {"unit_info": [info]}))
    book = Workbook()
    page = book.active
    page.title = "事项目录"
    for row in (
        ["单位名称", "事项名称", "事项类型"],
        ["区民政局", "社会团体成立登记", "行政许可"],
        ["区财政局", "会计登记", "公共服务"],
    ):
        page.append(row)
    book.save(inputs / "目录.xlsx")
    return folder


def run(folder: Path, *more: str) -> int:
    where = ["--inputs", str(folder / "inputs"), "--outputs", str(folder / "outputs"), "--workers", "1"]
    return process.main(["templates", *where, *more])


def test_the_command_writes_a_form_for_every_unit_for_the_period_after_the_last_reported(
    mailbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(mailbox) == 0
    sent = mailbox / "outputs" / "第2期" / "下发"
    assert {path.stem for path in sent.glob("*.xlsx")} == set(RULES.roster.names)
    said = capsys.readouterr().out
    assert "33份" in said
    assert "没有办结的督办派发已填进整改台账" in said
    names = {unit: list(frames_of_file((sent / f"{unit}.xlsx").read_bytes())["items"]["name"]) for unit in
             (UNIT, "区民政局", "区财政局", "区公安局")}  # fmt: skip
    assert names[UNIT] == [row["name"] for row in filled()["items"]]
    assert (names["区民政局"], names["区财政局"], names["区公安局"]) == (["社会团体成立登记"], ["会计登记"], [])
    contact = frames_of_file((sent / "区民政局.xlsx").read_bytes())["unit_info"].iloc[0]
    assert (contact["unit"], contact["period"], contact["head"]) == ("区民政局", "第2期", "张三")


def test_a_file_of_a_colleague_in_the_folder_stays_and_one_he_changed_is_kept(
    mailbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where somebody else's file lies there before the program first writes it."""
    sent = mailbox / "outputs" / "第3期" / "下发"
    sent.mkdir(parents=True)
    (sent / "下发记录.txt").write_text("已发", "utf-8")
    (sent / "区残联.xlsx").write_bytes(b"changed")
    assert run(mailbox, "--period", "3", "--dry-run") == 0
    assert "会生成33份" in capsys.readouterr().out
    assert {path.name for path in sent.iterdir()} == {"下发记录.txt", "区残联.xlsx"}
    assert run(mailbox, "--period", "3") == 0
    assert (sent / "下发记录.txt").read_text("utf-8") == "已发"
    assert (sent / "区残联（手改）.xlsx").read_bytes() == b"changed"
    assert "区残联（手改）.xlsx" in capsys.readouterr().out


def test_without_any_form_every_unit_gets_one_of_the_first_period_that_claims_nothing(tmp_path: Path) -> None:
    assert run(tmp_path) == 0
    book = load_workbook(tmp_path / "outputs" / "第1期" / "下发" / "区残联.xlsx")
    assert [book["单位信息"][cell].value for cell in ("B4", "B5", "B6")] == ["区残联", "第1期", None]
    assert "上期" not in str(book["单位信息"]["A1"].value)


def test_a_period_that_is_not_in_the_calendar_is_refused(mailbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(mailbox, "--period", "99") == 2
    assert "没有第99期" in capsys.readouterr().err


def test_the_unit_whose_form_came_back_unchanged_counts_as_not_reported(mailbox: Path, tmp_path: Path) -> None:
    form = write_form(RULES, prefilled(filled()), Stamp(UNIT, "第2期", prefilled=True))
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    for name in ("区残联.xlsx", "目录.xlsx"):
        (inputs / name).write_bytes((mailbox / "inputs" / name).read_bytes())
    (inputs / "回来的.xlsx").write_bytes(form)
    where = ["--inputs", str(inputs), "--outputs", str(tmp_path / "outputs"), "--workers", "1", "--period", "2"]
    assert process.main(where) == 0
    book = load_workbook(tmp_path / "outputs" / "第2期" / "汇总表（第2期）.xlsx", read_only=True)
    header, *rows = _table([list(row) for row in book["报送情况"].iter_rows(values_only=True)])
    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert [line["处理结果"] for line in told if line["文件"] == "回来的.xlsx"] == ["忽略"]
    assert {line["状态"] for line in told if line["单位名称"] == UNIT and "2" in str(line["期号"])} == {"未报送"}


def _table(rows: list[list[Any]]) -> list[list[Any]]:
    """The rows of a sheet from its header on."""
    return rows[next(place for place, row in enumerate(rows) if "处理结果" in row) :]
