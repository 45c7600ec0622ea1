"""Every file and every member of a container is found, named as people see it, and told apart by its content."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipeline.containers import MOST_MEMBERS, decode, list_members, received_on
from pipeline.district import WHY
from pipeline.intake import ROW, Source, find_files, identify_files, period_in, read_source
from pipeline.reader import read_form
from pipeline.sniff import MAIL, ZIP, NotReadable, sniff
from pipeline.submissions import late_units, settle
from tests.forms import the_rules
from tests.hostile.parts import book, form_values, mail, ole, plain_form, raw_mail, zipped, zipped_gbk

FORM = the_rules().form


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("第2期", 2),
        ("2", 2),
        ("第十二期", 12),
        ("第 ３ 期", 3),
        ("二期", 2),
        ("", None),
        ("2023年", None),
        ("期末", None),
    ],
)
def test_a_period_is_read_from_what_people_write(text: str, period: int | None) -> None:
    assert period_in(text) == period


def test_files_are_found_in_all_folders_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("乙/b.xlsx", "甲/丙/a.xlsx", "c.xlsx", ".gitkeep"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [source.path for source in find_files(tmp_path)] == sorted(["乙/b.xlsx", "甲/丙/a.xlsx", "c.xlsx"])
    assert find_files(tmp_path / "没有") == []


def test_a_file_is_what_its_content_says_whatever_its_name() -> None:
    for name in ("a.xlsx", "a.xls", "a.et", "a.pdf", "a"):
        assert sniff(name, plain_form()).kind == "workbook"
        assert sniff(name, b"%PDF-1.4").kind == "scan"
        assert sniff(name, mail(("a.xlsx", b"x"))).kind == MAIL


def test_an_ole_file_is_a_workbook_only_if_it_holds_one() -> None:
    assert sniff("a.et", ole("Workbook")).kind == "workbook"
    assert "Word" in sniff("a.et", ole("WordDocument")).reason


def one_file(folder: Path, name: str, data: bytes) -> Source:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return Source(name, str(folder))


def members_of(source: Source) -> list[Source]:
    [found] = identify_files([source], the_rules())
    return list(found.members)


def test_a_member_is_read_from_within_its_containers(tmp_path: Path) -> None:
    inner = zipped_gbk({"区残联填报表.xlsx": plain_form()})
    [archive] = members_of(one_file(tmp_path, "第2期/mail.eml", mail(("报送.zip", inner))))
    [form] = members_of(archive)
    assert form.path == "第2期/mail.eml › 报送.zip › 区残联填报表.xlsx"
    assert form.name == "区残联填报表.xlsx"
    assert form.read() == plain_form()
    [known] = identify_files([form], the_rules())
    assert (known.row["kind"], known.row["folder_period"]) == ("form", 2)


def test_a_form_is_read_once_where_what_was_read_is_kept(tmp_path: Path) -> None:
    source = one_file(tmp_path, "区残联.xlsx", plain_form())
    kept = source._replace(kept=str(tmp_path / "kept"))
    assert read_source(kept, FORM) == read_form(plain_form(), FORM)  # nothing is kept yet
    identify_files([kept], the_rules())
    (tmp_path / "区残联.xlsx").unlink()
    assert read_source(kept, FORM) == read_form(plain_form(), FORM)
    with pytest.raises(FileNotFoundError):
        read_source(source, FORM)


def test_a_form_that_cannot_be_kept_is_identified_all_the_same_and_read_again(tmp_path: Path) -> None:
    source = one_file(tmp_path, "区残联.xlsx", plain_form())._replace(kept=str(tmp_path / "没有" / "kept"))
    [known] = identify_files([source], the_rules())
    assert known.row["kind"] == "form"
    assert read_source(source, FORM) == read_form(plain_form(), FORM)


def test_a_folder_within_an_archive_is_no_folder_of_the_office(tmp_path: Path) -> None:
    [form] = members_of(one_file(tmp_path, "报送.zip", zipped({"第1期/区残联.xlsx": plain_form()})))
    [known] = identify_files([form], the_rules())
    assert (known.row["folder_period"], known.row["written_period"]) == (None, 2)


def test_the_day_of_a_mail_is_told_in_china() -> None:
    assert received_on(mail(when="Thu, 30 Mar 2023 09:00:00 +0800")) == date(2023, 3, 30)
    assert received_on(raw_mail(b"attachment", b"x")) == date(2023, 3, 31)  # 23:30 in London
    assert received_on(b"Date: someday\r\nFrom: a\r\n\r\n") is None
    assert received_on(b"From: a\r\n\r\n") is None


def test_members_take_the_day_of_their_mail_along(tmp_path: Path) -> None:
    [archive] = members_of(one_file(tmp_path, "mail.eml", mail(("a.zip", zipped({"a.xlsx": plain_form()})))))
    assert [member.received_on for member in members_of(archive)] == [date(2023, 3, 30)]
    [loose] = members_of(one_file(tmp_path, "a.zip", zipped({"a.xlsx": plain_form()})))
    assert loose.received_on is None


@pytest.mark.parametrize(
    ("received", "filled", "late"),
    [
        ("2023-04-01", "2023-03-30", True),
        ("2023-03-31", "2023-04-05", False),
        (None, "2023-04-01", True),
        (None, None, False),
    ],
)
def test_the_day_of_the_mail_goes_before_the_date_in_the_form(
    received: str | None, filled: str | None, late: bool
) -> None:
    row = {
        "file": "a.xlsx",
        "sha256": "",
        "kind": "form",
        "unit_written": "区残联",
        "written_period": 2,
        "period_text": "第2期",
    }
    told = {
        "received_on": pd.Timestamp(received) if received else None,
        "filled_on": pd.Timestamp(filled) if filled else None,
    }
    files, _ = settle(pd.DataFrame([{**row, **told}], columns=ROW), the_rules())
    assert late_units(files, the_rules().calendar)["unit"].tolist() == (["区残联"] if late else [])


def test_names_in_every_code_are_read() -> None:
    for charset in ("gb18030", "gbk", "utf-8"):
        assert decode("区残联填报表".encode(charset)) == "区残联填报表"
    assert decode("區殘聯".encode("gb18030"), "gb2312") == "區殘聯"
    assert decode("区残联".encode(), "no-such-code") == "区残联"


def test_an_archive_may_hold_so_many_files_and_no_more() -> None:
    assert len(list_members(ZIP, zipped({f"{n}": b"" for n in range(MOST_MEMBERS)}))) == MOST_MEMBERS
    with pytest.raises(NotReadable, match="分开存放"):
        list_members(ZIP, zipped({f"{n}": b"" for n in range(MOST_MEMBERS + 1)}))


def test_a_file_that_vanished_is_refused(tmp_path: Path) -> None:
    [known] = identify_files([Source("没有.xlsx", str(tmp_path))], the_rules())
    assert known.row["kind"] == "refused"
    assert "打不开" in known.row["reason"]


def test_a_form_with_nothing_but_unit_information_is_a_contact_form(tmp_path: Path) -> None:
    values = {"unit_info": form_values()["unit_info"]}
    [known] = identify_files([one_file(tmp_path, "联系表.xlsx", book(values=values))], the_rules())
    assert known.row["kind"] == "contact"


def test_what_a_form_holds_is_counted(tmp_path: Path) -> None:
    [known] = identify_files([one_file(tmp_path, "a.xlsx", plain_form())], the_rules())
    values = form_values()
    assert known.row["rows_read"] == sum(len(rows) for key, rows in values.items() if key != "unit_info")
    assert known.row["cells_read"] == sum(
        v not in (None, "") for rows in values.values() for row in rows for v in row.values()
    )


def test_every_way_a_worker_can_end_has_words_for_people() -> None:
    assert set(WHY) == {"崩溃", "超时", "内存不足", "程序出错"}


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["xls", "ods", "xlsx"])
def test_a_form_saved_by_another_office_program_reads_the_same(suffix: str, tmp_path: Path) -> None:
    import shutil
    import subprocess

    if not shutil.which("soffice"):
        pytest.skip("LibreOffice 没有安装")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "区残联.xlsx").write_bytes(plain_form())
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    order = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        suffix,
        "--outdir",
        str(tmp_path),
        str(tmp_path / "in" / "区残联.xlsx"),
    ]
    subprocess.run(order, check=True, capture_output=True, timeout=120)
    saved, original = identify_files(
        [Source(f"区残联.{suffix}", str(tmp_path)), Source("in/区残联.xlsx", str(tmp_path))], the_rules()
    )
    same = ("kind", "unit_written", "written_period", "filled_on", "has_items", "rows_read", "cells_read")
    assert {key: saved.row[key] for key in same} == {key: original.row[key] for key in same}
