"""The whole program from real files to real files, through process.main."""

import hashlib
import os
import re
import subprocess
import sys
import time
from email import message_from_bytes
from email.policy import default
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

import process
from pipeline.cli import HELP, parse_options
from pipeline.stop import Stop
from tests.forms import ROOT
from tests.worked import form_bytes, values_of

OUTPUTS = ["办公室登记表（第2期）.xlsx", "工作简报（第2期）.docx", "汇总表（第2期）.xlsx"]
UNITS = ["区教体局", "区民政局", "区司法局"]
TWO_ITEMS = "事项清单：\n事项清单：进驻大厅=否 | 厅外办件量=2 | 受理地点=厅外"


def a_form(unit: str, period: int, form: str = TWO_ITEMS) -> bytes:
    return form_bytes(values_of({"form": form}, unit, period), unit, period)


def a_catalogue() -> bytes:
    book = Workbook()
    page = book.active
    page.title = "事项目录"
    for row in (["单位名称", "事项名称"], ["区教体局", "事项1"], ["区教体局", "取水许可"]):
        page.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def another_workbook() -> bytes:
    book = Workbook()
    book.active["A1"] = "食堂菜单"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@cache  # openpyxl writes the time into a workbook: the bytes are made once
def the_mail() -> dict[str, bytes]:
    """What lies in inputs/: two periods of three units, one faulty form, and what else people send."""
    mail = {f"第{period}期/{unit}.xlsx": a_form(unit, period) for unit in UNITS for period in (1, 2)}
    return {
        **mail,
        "第2期/区财政局.xlsx": a_form("区财政局", 2, "事项清单：进驻大厅=部分"),
        "第2期/市财政局.xlsx": a_form("市财政局", 2),
        "第2期/菜单.xlsx": another_workbook(),
        "第2期/空.xlsx": b"",
        "第2期/自查报告.pdf": b"%PDF-1.4",
        "目录.xlsx": a_catalogue(),
    }


def put(folder: Path, mail: dict[str, bytes]) -> None:
    for name, data in mail.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def run(inputs: Path, outputs: Path, *options: str) -> int:
    return process.main([*options, "--inputs", str(inputs), "--outputs", str(outputs), "--workers", "1"])


def bytes_in(folder: Path) -> dict[str, bytes]:
    """The files a run wrote, without its own records."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix in (".xlsx", ".docx", ".eml")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}


def sheet_of(path: Path, title: str) -> list[dict[str, object]]:
    """The rows of a sheet of a workbook by column title."""
    rows = list(load_workbook(path, read_only=True, data_only=True)[title].iter_rows(values_only=True))
    head = next(number for number, row in enumerate(rows) if row and "单位名称" in row)
    return [dict(zip(rows[head], row, strict=False)) for row in rows[head + 1 :] if any(row)]


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """inputs, outputs and what the console said."""
    folder = tmp_path_factory.mktemp("区")
    put(folder / "inputs", the_mail())
    command = [sys.executable, str(ROOT / "process.py"), "--inputs", str(folder / "inputs"), "--workers", "1"]
    done = subprocess.run(
        [*command, "--outputs", str(folder / "outputs")], capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"}, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "inputs", folder / "outputs", done.stdout


# ---- one run ----


def test_a_run_writes_the_files_of_its_period(district: tuple[Path, Path, str]) -> None:
    _, outputs, _ = district
    assert sorted(name for name in bytes_in(outputs) if "退回/" not in name and "通知" not in name) == [
        f"第2期/{name}" for name in sorted([*OUTPUTS, "单位情况（第2期）.docx"])
    ]


def test_the_console_names_what_needs_a_person(district: tuple[Path, Path, str]) -> None:
    said = district[2]
    assert "第2期（截至2023-03-31）" in said
    assert "应报33个单位：按时4，逾期0，未报29" in said
    assert "退回补正 区财政局（1处）" in said
    for refused in ("市财政局.xlsx", "菜单.xlsx", "空.xlsx"):
        assert re.search(rf"拒收 第2期/{refused}：.+；", said)
    assert "区统计局" in said
    assert all(name in said for name in OUTPUTS)


def test_every_file_has_a_line_that_says_what_became_of_it(district: tuple[Path, Path, str]) -> None:
    inputs, outputs, _ = district
    lines = sheet_of(outputs / "第2期" / OUTPUTS[2], "报送情况")
    became = {str(line["文件"]): line["处理结果"] for line in lines if line["文件"]}
    expected = dict.fromkeys(the_mail(), "采用") | {
        "第2期/市财政局.xlsx": "拒收", "第2期/菜单.xlsx": "拒收", "第2期/空.xlsx": "拒收", "第2期/自查报告.pdf": "附件", "目录.xlsx": "目录",
    }  # fmt: skip
    assert became == expected
    hashes = {str(line["文件"]): line["sha256"] for line in lines if line["文件"]}
    assert hashes == {name: hashlib.sha256((inputs / name).read_bytes()).hexdigest() for name in expected}
    silent = [line["单位名称"] for line in lines if line["状态"] == "未报送"]
    assert len(silent) == 29


def test_a_bad_cell_is_found_with_its_place_and_the_form_still_counts(district: tuple[Path, Path, str]) -> None:
    _, outputs, _ = district
    findings = sheet_of(outputs / "第2期" / OUTPUTS[2], "数据问题")
    [bad] = [line for line in findings if line["级别"] == "错误"]
    assert (bad["单位名称"], bad["文件"], bad["工作表"], bad["单元格"]) == (
        "区财政局",
        "第2期/区财政局.xlsx",
        "事项清单",
        "K5",
    )
    assert bad["原值"] == "部分"
    checks = sheet_of(outputs / "第2期" / OUTPUTS[2], "自查对照")
    third = [line for line in checks if line["单位名称"] == "区财政局" and line["序号"] == 3]
    assert [(line["分子"], line["分母"]) for line in third] == [(0, 1)]


def test_the_figures_in_the_workbook_are_those_of_the_forms(district: tuple[Path, Path, str]) -> None:
    _, outputs, _ = district
    checks = {(line["单位名称"], line["序号"]): line for line in sheet_of(outputs / "第2期" / OUTPUTS[2], "自查对照")}
    # 区教体局: two items of the form (one entered) and one that only the catalogue lists.
    told = [checks[("区教体局", 3)][title] for title in ("数据结果", "分子", "分母", "自报结论", "比对")]
    assert told == ["不到位", 1, 3, "是", "自报偏高"]
    assert [checks[("区民政局", 9)][title] for title in ("数据结果", "分子", "分母")] == ["未核验", None, None]
    assert (checks[("区民政局", 8)]["分子"], checks[("区民政局", 8)]["分母"]) == (1, 2)


def test_leads_stand_in_the_register_and_nowhere_else(district: tuple[Path, Path, str]) -> None:
    _, outputs, _ = district
    register = load_workbook(outputs / "第2期" / OUTPUTS[0], read_only=True)
    leads = [cell for row in register["线索核查"].iter_rows(values_only=True) for cell in row if cell]
    assert "疑似清单外审批" in leads
    for name in OUTPUTS[1:]:
        parts = bytes_in(outputs)[f"第2期/{name}"]
        assert "疑似".encode() not in b"".join(_parts(parts))


def test_a_faulty_form_comes_back_marked_with_its_letter_and_every_unit_has_a_draft(
    district: tuple[Path, Path, str],
) -> None:
    folder = district[1] / "第2期"
    assert [path.name for path in (folder / "退回").iterdir()] == ["区财政局.xlsx"]
    marked = folder / "退回" / "区财政局.xlsx"
    assert load_workbook(marked).sheetnames[0] == "退回说明"
    assert len(list((folder / "通知").glob("*.eml"))) == 33
    letter = message_from_bytes((folder / "通知" / "区财政局.eml").read_bytes(), policy=default)
    assert [part.get_content() for part in letter.iter_attachments()] == [marked.read_bytes()]
    assert "没有邮箱" in district[2]  # nobody in this district has told an address
    texts = [message_from_bytes(path.read_bytes(), policy=default) for path in (folder / "通知").iterdir()]
    assert not any("疑似" in text["Subject"] + text.get_body().get_content() for text in texts)
    for path in (marked, folder / "通知文字.xlsx"):
        assert "疑似".encode() not in b"".join(_parts(path.read_bytes()))


def _parts(data: bytes) -> list[bytes]:
    with ZipFile(BytesIO(data)) as archive:
        return [archive.read(name) for name in archive.namelist()]


# ---- the same again ----


def test_the_same_files_give_the_same_bytes_whatever_their_dates_and_order(
    district: tuple[Path, Path, str], tmp_path: Path
) -> None:
    mail = dict(reversed(the_mail().items()))
    put(tmp_path / "别处" / "inputs", mail)
    for number, path in enumerate(sorted((tmp_path / "别处").rglob("*.xlsx"))):
        os.utime(path, (1_000_000_000 + number, 1_000_000_000 + number))
    assert run(tmp_path / "别处" / "inputs", tmp_path / "outputs") == 0
    assert bytes_in(tmp_path / "outputs") == bytes_in(district[1])


def test_a_form_of_a_later_period_waits_and_changes_nothing(
    district: tuple[Path, Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = {"区教体局3.xlsx": a_form("区教体局", 3, "事项清单 ×9："), "区统计局3.xlsx": a_form("区统计局", 3)}
    put(tmp_path / "inputs", {**the_mail(), **later})
    assert run(tmp_path / "inputs", tmp_path / "outputs", "--period", "2") == 0
    assert "第3期的表2份，本次没有计入：区教体局3.xlsx、区统计局3.xlsx" in capsys.readouterr().out
    assert bytes_in(tmp_path / "outputs") == bytes_in(district[1])


def test_another_period_can_be_asked_for_and_a_dry_run_writes_nothing(
    district: tuple[Path, Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in district[0].rglob("*")}
    assert run(district[0], tmp_path / "outputs", "--period", "1", "--dry-run") == 0
    assert not (tmp_path / "outputs").exists()
    assert "第1期（截至2023-03-17）" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in district[0].rglob("*")} == before


def test_what_a_person_changed_is_kept_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path / "inputs", {f"{unit}.xlsx": a_form(unit, 1) for unit in UNITS})
    assert run(tmp_path / "inputs", tmp_path / "outputs") == 0
    path = tmp_path / "outputs" / "第1期" / "汇总表（第1期）.xlsx"
    book = load_workbook(path)
    book.active["A1"] = "改过"
    book.save(path)
    changed = path.read_bytes()
    capsys.readouterr()
    assert run(tmp_path / "inputs", tmp_path / "outputs") == 0
    kept = [other for other in path.parent.iterdir() if "（手改" in other.name]
    assert [other.read_bytes() for other in kept] == [changed]
    assert path.read_bytes() != changed
    assert kept[0].name in capsys.readouterr().out


# ---- nothing to do, and wrong arguments ----


def test_an_empty_mailbox_ends_with_3_and_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "inputs").mkdir()
    for inputs in (tmp_path / "inputs", tmp_path / "没有这个文件夹"):
        assert run(inputs, tmp_path / "outputs") == 3
        assert "请把各单位发来的填报表放进这个文件夹" in capsys.readouterr().err
    assert not (tmp_path / "outputs").exists()


def test_a_mailbox_with_nothing_readable_says_why_each_file_was_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path / "inputs", {"空.xlsx": b"", "菜单.xlsx": another_workbook()})
    assert run(tmp_path / "inputs", tmp_path / "outputs") == 3
    said = capsys.readouterr().err
    assert "空.xlsx：" in said
    assert "菜单.xlsx：" in said


def test_a_period_that_is_not_in_the_calendar_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "inputs").mkdir()
    assert run(tmp_path / "inputs", tmp_path / "outputs", "--period", "99") == 2
    assert "没有第99期；calendar.toml 中有第1期到第18期" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--perod", "2"], ["--period", "二"], ["--period"], ["nonsense"], ["--workers", "x"]]
)
def test_wrong_arguments_end_with_2_and_the_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert process.main(arguments) == 2
    said = capsys.readouterr().err
    assert "命令写得不对" in said
    assert "用法" in said


def test_the_help_is_chinese_complete_and_at_once() -> None:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(ROOT / "process.py"), "--help"], capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert time.perf_counter() - began < 1
    assert (done.returncode, done.stdout.strip()) == (0, HELP.strip())
    assert not re.search(r"usage|optional|show this", done.stdout)


def test_every_command_and_option_is_documented() -> None:
    for command in set(process.COMMANDS) - {"process"}:
        assert re.search(rf"^\s+{command}\b", HELP, re.MULTILINE), command
    source = (ROOT / "pipeline" / "cli.py").read_text(encoding="utf-8")
    options = set(re.findall(r'"(--[a-z-]+)"', source)) | {"--inputs", "--outputs", "--rules", "--help"}
    assert options >= {"--period", "--workers", "--dry-run"}
    for option in options:
        assert option in HELP
    for option in ("--inputs", "--outputs", "--rules"):
        assert str(vars(parse_options([option, "某处"]))[option.strip("-")]) == "某处"


def test_the_console_survives_a_terminal_that_knows_few_characters(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "process.py"), "--inputs", str(tmp_path), "--outputs", str(tmp_path / "o")]
    done = subprocess.run(
        command, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    )
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


def test_help_is_no_fault() -> None:
    with pytest.raises(Stop) as stop:
        parse_options(["-h"])
    assert stop.value.code == 0


def test_a_folder_that_cannot_be_written_is_told_in_words_not_in_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "区教体局.xlsx").write_bytes(a_form("区教体局", 2))
    (tmp_path / "结果").write_text("一个同名的文件", encoding="utf-8")
    code = process.main(["--inputs", str(tmp_path / "inputs"), "--outputs", str(tmp_path / "结果")])
    assert code == 2
    assert "结果" in capsys.readouterr().err
