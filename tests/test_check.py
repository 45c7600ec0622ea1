"""check.py: what a unit hears of its form before it mails it."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

import process
from pipeline.cli import HELP
from pipeline.demo.district import load_district
from pipeline.demo.forms import fill_form
from pipeline.template.book import TEMPLATE, Stamp, write_form
from tests.forms import the_rules

RULES = the_rules()
UNIT = "区残联"


def filled(**change: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """A faultless form, with some columns of the first row of some sheets changed."""
    district = load_district()
    values = dict(fill_form(district, district.by_name[UNIT], 1))
    values["staff"] = [{**person, "in_hall": "是"} for person in values["staff"]]
    return {key: [{**rows[0], **change.get(key, {})}, *rows[1:]] for key, rows in values.items()}


def write(folder: Path, name: str, values: Mapping[str, Sequence[Mapping[str, Any]]]) -> Path:
    path = folder / name
    path.write_bytes(write_form(RULES, values, Stamp(UNIT, "第1期")))
    return path


def said(capsys: pytest.CaptureFixture[str], folder: Path, *paths: Path) -> str:
    """What the command prints about some files; `folder` holds the mailbox with the catalogue, if there is one."""
    where = ["--inputs", str(folder / "inputs"), "--workers", "1"]
    assert process.main(["check", *map(str, paths), *where]) == 0
    return capsys.readouterr().out


def test_a_faultless_form_is_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, tmp_path, write(tmp_path, "表.xlsx", filled()))
    for part in ("单位：区残联", "期号：第1期", "结果：接收", "没有发现问题"):
        assert part in text


def test_every_finding_is_named_by_sheet_and_cell_errors_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change: dict[str, Mapping[str, Any]] = {
        "unit_info": {"liaison_email": "没有"},
        "items": {"accept_at": "办公楼"},
        "tasks": {"due": "年底"},
    }
    text = said(capsys, tmp_path, write(tmp_path, "表.xlsx", filled(**change)))
    assert "结果：退回补正：有2处错误，仍先计入" in text
    assert "错误2处，提醒1处" in text
    lines = [line.split("　")[:2] for line in text.splitlines() if line.startswith(("  错误　", "  提醒　"))]
    assert lines == [["  错误", "事项清单 O5"], ["  错误", "任务清单 E5"], ["  提醒", "单位信息 B13"]]
    assert "办公楼" in text
    assert "请从下拉列表中选择" in text


def test_each_file_is_judged_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two copies of one form are not weighed against each other."""
    text = said(capsys, tmp_path, write(tmp_path, "一.xlsx", filled()), write(tmp_path, "二.xlsx", filled()))
    assert text.count("结果：接收") == 2
    assert "被替代" not in text


def test_the_folder_a_file_lies_in_says_nothing_about_its_period(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "第3期").mkdir()
    assert "期号：第1期" in said(capsys, tmp_path, write(tmp_path / "第3期", "表.xlsx", filled()))


def test_the_catalogue_of_the_mailbox_is_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """无政务服务事项=是 against a catalogue that lists the unit is an 错误; without the catalogue it is none."""
    values = {**filled(unit_info={"no_items": "是"}), "items": [], "stages": [], "one_card": [], "problems": []}
    path = write(tmp_path, "表.xlsx", values)
    assert "事项目录中有" not in said(capsys, tmp_path, path)
    (tmp_path / "inputs").mkdir()
    book = Workbook()
    page = book.create_sheet("事项目录")
    for row in (["单位名称", "事项名称"], [UNIT, "残疾人证办理"]):
        page.append(row)
    book.save(tmp_path / "inputs" / "目录.xlsx")
    assert "事项目录中有本单位事项1个" in said(capsys, tmp_path, path)


def test_a_unit_that_is_not_in_the_roster_hears_all_the_rest_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change = {"unit_info": {"unit": "某某局"}, "items": {"accept_at": "办公楼"}}
    text = said(capsys, tmp_path, write(tmp_path, "表.xlsx", filled(**change)))
    assert "单位：没有认出" in text
    assert "拒收：单位名称“某某局”不在成员单位名册中" in text
    assert "事项清单 O5" in text


def test_without_period_and_date_the_period_is_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change = {"unit_info": {"period": None, "filled_on": None}}
    text = said(capsys, tmp_path, write(tmp_path, "表.xlsx", filled(**change)))
    assert "期号：没有认出" in text
    assert "期号待确认" in text


def test_only_the_first_sheet_filled_in_is_the_contact_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, tmp_path, write(tmp_path, "表.xlsx", {"unit_info": filled()["unit_info"]}))
    assert "《对接人员联系表》" in text
    assert "九项自查" not in text


def test_what_is_no_form_is_refused_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "说明.xlsx"
    other.write_bytes(b"nothing")
    text = said(capsys, tmp_path, other, TEMPLATE)
    assert text.count("结果：拒收：") == 2
    assert "没有填写单位名称" in text


def test_the_forms_in_an_archive_are_checked_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "表.xlsx", filled())
    with ZipFile(tmp_path / "打包.zip", "w") as parts:
        parts.write(path, "一.xlsx")
        parts.write(path, "二.xlsx")
    text = said(capsys, tmp_path, tmp_path / "打包.zip")
    assert text.count("结果：接收") == 2
    assert "打包.zip › 二.xlsx" in text


def test_a_file_that_is_not_there_ends_with_2_and_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "表.xlsx", filled())
    assert process.main(["check", str(path), str(tmp_path / "没有.xlsx")]) == 2
    assert "没有.xlsx" in capsys.readouterr().err


def test_check_without_a_file_and_a_file_without_check_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert process.main(["check"]) == 2
    assert process.main(["templates", "表.xlsx"]) == 2
    assert "命令写得不对" in capsys.readouterr().err


def test_the_help_names_the_commands() -> None:
    for command in ("templates", "check", "demo"):
        assert f"\n  {command}" in HELP


# An older form.


def older(folder: Path, titles: Mapping[str, str]) -> Path:
    """The form of an earlier version: other titles on 事项清单, another version mark."""
    path = write(folder, "旧表.xlsx", filled(unit_info={"filled_on": date(2023, 3, 15)}))
    book = load_workbook(path)
    header = {cell.value: cell for cell in book["事项清单"][3]}
    for now, then in titles.items():
        header[now].value = then
    book["_版本"]["B1"].value = "2023.1"
    book.save(path)
    return path


def test_a_form_of_the_version_before_is_read_by_its_former_titles(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, tmp_path, older(tmp_path, {"窗口号": "窗口编号", "承诺时限": "承诺办结时限"}))
    assert "结果：接收" in text
    assert "没有发现问题" in text


def test_a_title_the_form_never_had_is_a_column_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, tmp_path, older(tmp_path, {"窗口号": "柜台号码牌"}))
    assert "柜台号码牌" in text
