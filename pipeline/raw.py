"""What stands in a form before it is judged: plain cells by sheet and column, with their places; and how a cell is cleaned."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from pipeline.form import Form, Sheet
from pipeline.sheet_xml import MOST_NAMED

_MARKS = re.compile(r"[\s*°＊]")
# Control and zero-width characters, and the way Excel writes a carriage return in its files.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]|_x00[01][0-9A-Fa-f]_")


class RawFinding(NamedTuple):
    """A finding about a sheet, a column or a row; its kind (code) stands in findings.FAULTS."""

    sheet: str
    code: str
    key: str = ""
    row: int = 0
    value: str = ""


class Place(NamedTuple):
    """Where a column of the form lies: 0-based column (None: nowhere), and the row where a key has a row of its own."""

    sheet: str
    key: str
    column: int | None
    row: int | None = None


@dataclass(frozen=True)
class RawSheet:
    """The entries of one sheet: column key -> values (None where blank), and the number of each entry's row in Excel."""

    columns: dict[str, list[Any]]
    rows: list[int]
    places: list[Place]
    findings: list[RawFinding]
    above: str = ""


@dataclass(frozen=True)
class RawForm:
    """What stands in one form, by sheet key, and its hidden marks (version, unit, period, copy, prefilled) as far as they are there."""

    sheets: dict[str, RawSheet]
    stamp: dict[str, str]


class FoundSheet(NamedTuple):
    """The name under which a sheet of the form stands in the workbook ("" if nowhere), and findings about that."""

    name: str
    findings: tuple[RawFinding, ...] = ()


@dataclass(frozen=True)
class Layout:
    """Where the columns of a sheet lie: key -> column, and the index of its header."""

    sheet: Sheet
    form: Form
    columns: dict[str, int]
    header: int

    @cached_property
    def key_at(self) -> dict[int, str]:
        """Column -> key."""
        return {column: key for key, column in self.columns.items()}

    def title(self, key: str) -> str:
        """The title of a column."""
        return self.sheet.by_key[key].title


def clean(value: Any) -> Any:
    """A cell's value without what cannot be seen; None where nothing is left."""
    if value.__class__ is str:
        text = value.strip()
        # Nearly every text is plain; asking first is ten times cheaper than looking for what to remove.
        plain_text = text.isprintable() and "_x" not in text
        return (text if plain_text else _UNSEEN.sub("", text).strip()) or None
    if value.__class__ is bool:
        return "TRUE" if value else "FALSE"
    if value.__class__ is time or value.__class__ is timedelta:
        return str(value)
    return value


def clean_all(values: Sequence[Any]) -> list[Any]:
    """Some cells' values, each as `clean` has it; a text that occurs often is looked at once."""
    texts = {value: clean(value) for value in {value for value in values if value.__class__ is str}}
    return [texts[value] if value.__class__ is str else clean(value) for value in values]


def plain(value: Any) -> str:
    """A title without marks, white space and differences of width."""
    return _plain(str(value))


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", text))


def name_some(names: Sequence[str]) -> str:
    """The first names of a list, and how many there are."""
    return "、".join(names[:MOST_NAMED]) + (f"等{len(names)}处" if len(names) > MOST_NAMED else "")


def first_text(row: list[Any]) -> str:
    """The first text of a row as a title; "" in a blank one."""
    for value in row:
        if value != "" and clean(value) is not None:
            return plain(value)
    return ""
