"""Raw cell values -> typed values, column by column; what cannot be understood becomes a code, never a guess in silence."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import pandas as pd
from pandas.api.types import pandas_dtype

from pipeline.findings import text_of
from pipeline.form import Column, Form

DTYPES = {"date": "datetime64[s]", "count": "Int64"}
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_DATE = re.compile(
    r"(\d{4})\s*[年.\-/．。、]\s*(\d{1,2})\s*[月.\-/．。、]\s*(\d{1,2})\s*[日号]?(?:\s+0{1,2}:00(?::00)?)?"
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_COUNT = re.compile(r"(\d+)(?:\.0+)?")
_COUNT_WITH_UNIT = re.compile(r"(?:共|约)?(\d+)(?:\.0+)?\s*(?:个工作日|工作日|个|件|天|日|份|人|项|次)")
_DAMAGED_CODE = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")


class Read(NamedTuple):
    """What one raw value was understood as: the value, and the code and detail of a finding ("" if there is none)."""

    value: Any = None
    code: str = ""
    detail: str = ""


def convert(cells: pd.Series, column: Column, form: Form) -> pd.DataFrame:
    """The typed values of a column of raw cells: columns value (dtype by the column's type), code, detail.

    Each distinct value is understood once; a value that is not understood is missing and carries the code of its finding.
    """
    read = _reader_of(column, form)
    places, distinct = pd.factorize(cells)
    # A missing cell has place -1, so what it reads as comes last.
    table = pd.DataFrame([*map(read, distinct), Read()], columns=list(Read._fields), dtype="object")
    frame = table.take(places.astype("int64") % len(table)).set_axis(cells.index)
    frame["value"] = frame["value"].astype(pandas_dtype(DTYPES.get(column.type, "str")))
    return frame


def understand(raw: Any, column: Column, form: Form) -> Read:
    """What one raw value of the column means."""
    return Read() if raw is None else _reader_of(column, form)(raw)


def _reader_of(column: Column, form: Form) -> Callable[[Any], Read]:
    """The function that understands one raw value of the column."""
    if column.type == "choice":
        spellings = _spellings(column, form)
        return lambda raw: _read_choice(raw, spellings, form)
    if column.type == "date":
        return lambda raw: _read_date(raw, form)
    plain = {"count": _read_count, "code": _read_code, "phone": _read_phone, "email": _read_email}
    if column.type in plain:
        return plain[column.type]
    return lambda raw: _read_text(raw, column.max_length)


def _spellings(column: Column, form: Form) -> dict[str, tuple[str, bool]]:
    """Every way of writing a choice of the column -> (the choice, whether that was a guess)."""
    exact = {_narrow(choice): (choice, False) for choice in column.all_choices}
    others = {_narrow(text): (choice, True) for choice in column.all_choices for text in form.spellings.get(choice, ())}
    return {**others, **exact}


def _read_choice(raw: Any, spellings: dict[str, tuple[str, bool]], form: Form) -> Read:
    text = text_of(raw)
    choice, guessed = spellings.get(_narrow(text), (None, False))
    if choice is None:
        return Read(None, "item_out_of_scope" if _narrow(text) in form.out_of_scope else "not_a_choice")
    return Read(choice, "guessed", choice) if guessed else Read(choice)


def _read_date(raw: Any, form: Form) -> Read:
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, date):
        return _date_or_fault(raw, form)
    if isinstance(raw, (int, float)):
        return _read_day_number(float(raw), form)
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    parts = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if not parts:
        return Read(None, "not_a_date")
    try:
        return _date_or_fault(date(*map(int, parts.groups())), form)
    except ValueError:
        return Read(None, "not_a_date")


def _read_day_number(number: float, form: Form) -> Read:
    """A date that lost its format: Excel's count of days, or the eight digits of a date."""
    if number.is_integer() and _COMPACT_DATE.fullmatch(str(int(number))):
        return _read_date(str(int(number)), form)
    if not 1 <= number < 100_000:
        return Read(None, "not_a_date")
    read = _date_or_fault(_EXCEL_DAY_ZERO + timedelta(days=int(number)), form)
    return read if read.code else Read(read.value, "guessed", text_of(read.value))


def _date_or_fault(day: date, form: Form) -> Read:
    return Read(pd.Timestamp(day)) if form.year_from <= day.year <= form.year_to else Read(None, "not_a_date")


def _read_count(raw: Any) -> Read:
    if isinstance(raw, (int, float)):
        whole = float(raw).is_integer() and 0 <= raw < 1e9
        return Read(int(raw)) if whole else Read(None, "not_a_count")
    text = unicodedata.normalize("NFKC", str(raw)).replace(" ", "").replace(",", "")
    if (plain := _COUNT.fullmatch(text)) and len(plain[1]) < 10:
        return Read(int(plain[1]))
    if (counted := _COUNT_WITH_UNIT.fullmatch(text)) and len(counted[1]) < 10:
        return Read(int(counted[1]), "guessed", counted[1])
    return Read(None, "not_a_count")


def _read_code(raw: Any) -> Read:
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", text_of(raw)))
    damaged = bool(_DAMAGED_CODE.fullmatch(text)) or (isinstance(raw, float) and abs(raw) >= 1e15)
    return Read(text, "code_damaged" if damaged else "")


def is_damaged_code(codes: pd.Series) -> pd.Series:
    """Which codes Excel has turned into a rounded number."""
    return codes.str.fullmatch(_DAMAGED_CODE.pattern, na=False)


def _read_phone(raw: Any) -> Read:
    text = text_of(raw)
    return Read(text, "" if len(re.findall(r"\d", unicodedata.normalize("NFKC", text))) >= 7 else "odd_phone")


def _read_email(raw: Any) -> Read:
    text = text_of(raw)
    return Read(text, "" if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) else "odd_email")


def _read_text(raw: Any, max_length: int | None) -> Read:
    text = text_of(raw)
    over = max_length is not None and len(text) > max_length
    return Read(text, "too_long" if over else "", f"现有{len(text)}字，最多{max_length}字" if over else "")


def _narrow(text: str) -> str:
    """A choice without differences of width and white space."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
