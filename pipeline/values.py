"""Raw cell values -> typed values, column by column; what cannot be understood becomes a code, never a guess in silence."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import pandas_dtype

from pipeline.choices import mean_choice
from pipeline.findings import text_of
from pipeline.form import Column, Form

DTYPES = {"date": "datetime64[s]", "count": "Int64"}
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_DATE = re.compile(
    r"(\d{4}|\d{2})\s*[年.\-/．。、]\s*(\d{1,2})\s*[月.\-/．。、]\s*(\d{1,2})\s*[日号]?[.。]?"
    r"\s*(?:[T\s]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\s*(?:\(?(?:星期|周)[一二三四五六日天]\)?)?"
)
_NO_DAY = re.compile(
    r"(?:\d{2,4}\s*年)?\s*\d{1,2}\s*月\s*(?:初|中|上旬|中旬|下旬|底|末|份)?\s*(?:前|以前|之前)?|\d{4}\s*[.\-/]\s*\d{1,2}|\d{4}\s*年(?:底|末|内)?"
)
_NO_YEAR = re.compile(r"\d{1,2}\s*月\s*\d{1,2}\s*[日号]?|\d{1,2}\s*[./]\s*\d{1,2}")
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]?"
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_COUNT = re.compile(r"(\d+)(?:\.0+)?")
_COUNT_WITH_UNIT = re.compile(r"(?:共|约)?(\d+)(?:\.0+)?\s*(?:个工作日|工作日|个|件|天|日|份|人|项|次)")
_OLDEST_DATE, _EXCEL_LEAP_FAULT = 1930, 60
_BLANK_MARKS = {"/", "\\", "-", "--", "—", "——", "一一"}
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
    places, distinct = pd.factorize(cells.to_numpy())
    # A missing cell has place -1, so what it reads as comes last.
    values, codes, details = zip(*map(read, distinct), Read(), strict=True)
    typed = pd.Series(values, dtype="object").astype(pandas_dtype(DTYPES.get(column.type, "str"))).array
    texts = {"code": codes, "detail": details}
    spread = {name: np.array(told, dtype="object")[places] for name, told in texts.items()}
    return pd.DataFrame({"value": typed[places], **spread}, index=cells.index)


def _short_list(choices: Sequence[str]) -> str:
    return "".join(f"“{choice}”" for choice in choices)


def understand(raw: Any, column: Column, form: Form) -> Read:
    """What one raw value of the column means."""
    return Read() if raw is None else _reader_of(column, form)(raw)


def _reader_of(column: Column, form: Form) -> Callable[[Any], Read]:
    """The function that understands one raw value of the column."""
    read = _reader_by_type(column, form)
    if column.type not in ("choice", "date", "count") or column.required or column.required_when:
        return read
    blanks = _BLANK_MARKS if column.type == "choice" else _BLANK_MARKS | {"无", "没有", "暂无"}
    return lambda raw: Read(None, "guessed", "未填") if raw.__class__ is str and _narrow(raw) in blanks else read(raw)


def _reader_by_type(column: Column, form: Form) -> Callable[[Any], Read]:
    if column.type == "choice":
        spellings = _spellings(column, form)
        return lambda raw: _read_choice(raw, spellings, column, form)
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


def _read_choice(raw: Any, spellings: dict[str, tuple[str, bool]], column: Column, form: Form) -> Read:
    text = text_of(raw)
    choice, guessed = spellings.get(_narrow(text), (None, False))
    if choice is not None:
        return Read(choice, "guessed", choice) if guessed else Read(choice)
    if _narrow(text) in form.out_of_scope:
        return Read(None, "item_out_of_scope")
    meant, maybe = mean_choice(text, column, spellings, form)
    if meant:
        return Read(meant, "guessed", meant)
    return Read(None, "not_a_choice", f"，是否为{_short_list(maybe)}？" if maybe else "")


def _read_date(raw: Any, form: Form) -> Read:
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, date):
        return _date_or_fault(raw, form)
    if isinstance(raw, (int, float)):
        return _read_day_number(float(raw), form)
    text = _from_chinese(unicodedata.normalize("NFKC", str(raw)).strip())
    parts = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if not parts:
        return Read(None, "not_a_date", _what_lacks(text))
    year, month, day = map(int, parts.groups())
    try:
        read = _date_or_fault(date(year + 2000 if year < 100 else year, month, day), form)
    except ValueError:
        return Read(None, "not_a_date", "，没有这一天")
    return Read(read.value, "guessed", text_of(read.value)) if year < 100 and not read.code else read


def _what_lacks(text: str) -> str:
    if _NO_DAY.fullmatch(text):
        return "，没有写到日"
    return "，没有写年份" if _NO_YEAR.fullmatch(text) else ""


def _from_chinese(text: str) -> str:
    """A date in Chinese numerals with Arabic ones: 二〇二三年三月三十一日."""
    match = _CHINESE_DATE.fullmatch(text)
    if not match:
        return text
    return f"{match[1].translate(_CHINESE_DIGITS)}-{_below_hundred(match[2])}-{_below_hundred(match[3])}"


def _below_hundred(numerals: str) -> int:
    tens, ten, ones = numerals.rpartition("十")
    digits = (tens or ("1" if ten else "0")) + (ones or "0")
    return int(digits.translate(_CHINESE_DIGITS))


def _read_day_number(number: float, form: Form) -> Read:
    """A date that lost its format: Excel's count of days, or the eight digits of a date."""
    if number.is_integer() and _COMPACT_DATE.fullmatch(str(int(number))):
        return _read_date(str(int(number)), form)
    if not 1 <= number < 100_000:
        return Read(None, "not_a_date")
    read = _date_or_fault(_EXCEL_DAY_ZERO + timedelta(days=int(number)), form)
    return read if read.code else Read(read.value, "guessed", text_of(read.value))


def _date_or_fault(day: date, form: Form) -> Read:
    within = form.year_from <= day.year <= form.year_to
    return (
        Read(pd.Timestamp(day))
        if within
        else Read(None, "not_a_date", f"（应在{form.year_from}—{form.year_to}年之间）")
    )


def _read_count(raw: Any) -> Read:
    if isinstance(raw, date) and raw.year < _OLDEST_DATE:  # a small number in a cell that has the format of a date
        number = (date(raw.year, raw.month, raw.day) - _EXCEL_DAY_ZERO).days
        number -= number <= _EXCEL_LEAP_FAULT  # Excel counts a 29 February 1900
        return Read(number, "guessed", str(number)) if number >= 0 else Read(None, "not_a_count")
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
