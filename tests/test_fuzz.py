"""Whatever is typed into a form, and whatever happens to its bytes on the way: it is read or refused, in words, and quickly."""

import re
from datetime import date, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.exceptions import IllegalCharacterError

from pipeline.intake import Source, identify_files
from pipeline.reader import read_form
from pipeline.sniff import sniff
from tests.forms import assess_values, the_rules
from tests.hostile.parts import book, form_values, mail, plain_form, printed_form, zipped
from tests.results import an_item

BOUNDED = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
FORM = the_rules().form
ITEM_KEYS = FORM.by_key["items"].keys
TYPED = st.one_of(
    st.none(), st.text(max_size=12), st.integers(-(10**6), 10**12), st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(), st.dates(date(1900, 3, 1), date(2200, 1, 1)), st.datetimes(datetime(1900, 3, 1), datetime(2200, 1, 1)),
    st.sampled_from(["是", "否", "√", "大厅", "3月底", "2000万", "#REF!", "=1+1", "/", "合计", "示例", "_x000D_", "　"]),
)  # fmt: skip
BYTES = {"plain": plain_form, "printed": printed_form, "zip": lambda: zipped({"a.xlsx": plain_form()}), "mail": lambda: mail(("a.xlsx", plain_form()))}  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from(ITEM_KEYS), TYPED, max_size=8), min_size=20, max_size=20))
@settings(BOUNDED, max_examples=6)
def test_any_cells_of_items_are_assessed(rows: list) -> None:
    values = form_values(*({**an_item(name=f"事项{number}"), **typed} for number, typed in enumerate(rows)))
    assessed = assess_values({"区发改委.xlsx": values}, [("区发改委.xlsx", "区发改委", 2, 2)])
    assert set(assessed.findings["level"]) <= {"错误", "提醒"}
    assert assessed.results["numerator"].fillna(0).le(assessed.results["denominator"].fillna(0)).all()


@given(st.lists(st.lists(TYPED, max_size=6), max_size=5), st.sampled_from([sheet.title for sheet in FORM.sheets]))
@BOUNDED
def test_any_rows_below_a_sheet_are_read_or_refused(rows: list, title: str) -> None:
    def edit(workbook) -> None:
        for row in rows:
            workbook[title].append(row)

    try:
        data = book(edit)
    except (IllegalCharacterError, ValueError):
        return
    raw = read_form(data, FORM)
    assert all(len(values) == len(sheet.rows) for sheet in raw.sheets.values() for values in sheet.columns.values())


@given(
    kind=st.sampled_from(sorted(BYTES)),
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=12),
)
@BOUNDED
def test_flipped_bytes_are_read_or_refused_in_words(kind: str, flips: list, tmp_path: Path) -> None:
    data = bytearray(BYTES[kind]())
    for place, value in flips:
        data[int(place * (len(data) - 1))] = value
    _survives(bytes(data), tmp_path)


@given(kind=st.sampled_from(sorted(BYTES)), share=st.floats(0, 1))
@BOUNDED
def test_cut_files_are_read_or_refused_in_words(kind: str, share: float, tmp_path: Path) -> None:
    data = BYTES[kind]()
    _survives(data[: int(share * len(data))], tmp_path)


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"From: a\r\nDate: b\r\n"]),
)
@BOUNDED
def test_any_bytes_are_told_apart(data: bytes, start: bytes) -> None:
    found = sniff("区残联.xlsx", start + data)
    assert found.reason or found.kind in ("workbook", "zip", "mail")


def _survives(data: bytes, folder: Path) -> None:
    (folder / "a.bin").write_bytes(data)
    todo = [Source("a.bin", str(folder))]
    while todo:
        found = identify_files(todo, the_rules())
        for one in found:
            assert one.row["kind"] in ("form", "contact", "refused", "container", "scan", "lock")
            assert not re.search(r"Error|Exception|Traceback|None", one.row.get("reason", ""))
        todo = [member for one in found for member in one.members]
