"""inputs/ -> every file found, and what each one is: form, register, catalogue, 定稿, scan, other."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.findings import text_of
from pipeline.form import YES
from pipeline.reader import NotReadable, RawForm, RawSheet, open_workbook, read_catalogue, read_form, sheet_titles
from pipeline.rules import Rules
from pipeline.values import understand

FORM, CONTACT, CATALOGUE, REGISTER, FINAL, SCAN, LOCK, REFUSED = (
    "form",
    "contact",
    "catalogue",
    "register",
    "final",
    "scan",
    "lock",
    "refused",
)
REGISTER_SHEETS = {"评议确认", "线索核查"}
FINAL_SHEETS = {"单位排名", "自查对照"}
SCAN_ENDINGS = {".pdf", ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"}
ROW = [
    "file", "sha256", "kind", "reason", "folder_period", "written_period", "unit_written", "period_text", "filled_on", "copy",
    "has_items", "untouched",
]  # fmt: skip
_CASES = ["hall_cases", "online_cases", "outside_cases"]
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


class Source(NamedTuple):
    """A file of inputs/: its path below the folder (as shown to people) and the folder."""

    path: str
    folder: str

    def read(self) -> bytes:
        """The bytes of the file."""
        return (Path(self.folder) / self.path).read_bytes()


@dataclass(frozen=True)
class Identified:
    """What a file is, as one row of plain values, and what it brings if it is a catalogue."""

    row: dict[str, Any]
    catalogue: RawSheet | None = None


def find_files(folder: Path) -> list[Source]:
    """Every file below `folder`, in the order of their paths."""
    if not folder.is_dir():
        return []
    paths = (
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.name != ".gitkeep"
    )
    return [Source(path, str(folder)) for path in sorted(paths)]


def identify_files(sources: Sequence[Source], rules: Rules) -> list[Identified]:
    """What each of some files is; for a form also whose, of which period, and whether anything is filled in.

    The rows hold values under the names ROW.
    """
    return [_identify(source, rules) for source in sources]


def period_in(text: str) -> int | None:
    """The number in “第2期”, “2”, “第十二期”; None where there is none."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    match = re.search(r"第(\d{1,3}|[一二三四五六七八九十]{1,3})期", plain) or re.fullmatch(
        r"(\d{1,3}|[一二三四五六七八九十]{1,3})期?", plain
    )
    return _number(match[1]) if match else None


def _number(digits: str) -> int | None:
    """An Arabic or Chinese number below 100."""
    if digits.isdigit():
        return int(digits)
    tens, ten, ones = digits.rpartition("十")
    if not ten:
        return _DIGITS.get(digits)
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)


def _identify(source: Source, rules: Rules) -> Identified:
    data = source.read()
    row = {
        "file": source.path,
        "sha256": hashlib.sha256(data).hexdigest(),
        "folder_period": _folder_period(source.path),
    }
    name = Path(source.path).name
    if name.startswith("~$"):
        return Identified({**row, "kind": LOCK, "reason": "Excel 打开文件时留下的临时文件"})
    if Path(name).suffix.lower() in SCAN_ENDINGS:
        return Identified({**row, "kind": SCAN, "reason": "扫描件或图片，不读取"})
    try:
        return _identify_workbook(data, row, rules)
    except NotReadable as refusal:
        return Identified({**row, "kind": REFUSED, "reason": str(refusal)})


def _folder_period(path: str) -> int | None:
    """The period a folder on the way to the file names; the nearest folder counts."""
    folders = path.split("/")[:-1]
    return next((period for part in reversed(folders) if "期" in part and (period := period_in(part))), None)


def _identify_workbook(data: bytes, row: dict[str, Any], rules: Rules) -> Identified:
    titles = set(sheet_titles(open_workbook(data)))
    if rules.form.catalogue.title in titles:
        raw = read_catalogue(data, rules.form)
        return Identified({**row, "kind": CATALOGUE, "written_period": period_in(raw.above)}, raw)
    if titles >= REGISTER_SHEETS:
        return Identified({**row, "kind": REGISTER})
    if titles >= FINAL_SHEETS:
        return Identified({**row, "kind": FINAL})
    return Identified({**row, **identify_form(read_form(data, rules.form), rules)})


def identify_form(raw: RawForm, rules: Rules) -> dict[str, Any]:
    """Whose form it is, of which period, and whether anything is filled in."""
    told = {key: values[0] for key, values in raw.sheets["unit_info"].columns.items()}
    items, declared = raw.sheets["items"].columns, _anything(raw.sheets["declarations"].columns["declared"])
    filled = any(sheet.rows for key, sheet in raw.sheets.items() if key not in ("unit_info", "declarations"))
    contact = not filled and not declared and _understood("no_items", told, rules) != YES
    copy = raw.stamp.get("copy", "")
    return {
        "kind": CONTACT if contact else FORM,
        "unit_written": text_of(told["unit"]),
        "written_period": period_in(text_of(told["period"])),
        "period_text": text_of(told["period"]),
        "filled_on": _understood("filled_on", told, rules),
        "copy": int(copy) if copy.isdigit() else 0,
        "has_items": _anything(items["name"]),
        "untouched": raw.stamp.get("prefilled") == YES
        and not declared
        and not any(_anything(items[key]) for key in _CASES),
    }


def _understood(key: str, told: dict[str, Any], rules: Rules) -> Any:
    """What a line of 单位信息 was understood as."""
    return understand(told[key], rules.form.column("unit_info", key), rules.form).value


def _anything(values: list[Any]) -> bool:
    return any(value is not None for value in values)
