"""inputs/ -> every file found, and what each one is: form, register, catalogue, 定稿, scan, mail or archive, other."""

import hashlib
import pickle
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pipeline.book import Book, open_book
from pipeline.containers import ARROW, list_members, read_member, received_on
from pipeline.finals import RawFinal, final_in
from pipeline.findings import text_of
from pipeline.form import YES, Form
from pipeline.periods import period_in
from pipeline.reader import RawForm, RawSheet, catalogue_in, form_in, read_form, sheet_titles
from pipeline.register.read import RawRegister, register_in
from pipeline.roster import match_unit
from pipeline.rulebook import Roster
from pipeline.rules import Rules
from pipeline.sniff import IGNORED, MAIL, SCAN, ZIP, NotReadable, Sniffed, sniff
from pipeline.sniff import REFUSED as NOT_OPENED
from pipeline.values import understand

FORM, CONTACT, CATALOGUE, REGISTER, FINAL, LOCK, CONTAINER, REFUSED = (
    "form",
    "contact",
    "catalogue",
    "register",
    "final",
    "lock",
    "container",
    "refused",
)
REGISTER_SHEETS = {"评议确认", "线索核查"}
FINAL_SHEETS = {"单位排名", "自查对照"}
MOST_LEVELS, MOST_ZIPS = 4, 2  # containers within containers; an archive may hold archives, but these no more
IN_WORDS = {MAIL: "邮件", ZIP: "压缩包"}
NO_MEMBERS = {
    MAIL: "邮件里没有附件；如是超大附件的链接，请下载后放进来",
    ZIP: "压缩包是空的；请重新发送",
}
SYSTEM_FOLDERS = {"__MACOSX"}
ROW = [
    "file", "sha256", "kind", "reason", "folder_period", "written_period", "unit_written", "period_text", "filled_on", "copy",
    "has_items", "untouched", "received_on", "rows_read", "cells_read",
]  # fmt: skip
_CASES = ["hall_cases", "online_cases", "outside_cases"]


class Source(NamedTuple):
    """A file of inputs/, or a member of a mail or archive there: its path as shown to people, and where it lies.

    inside: for a member, the kind of each container on the way and the number in it. received_on: the day of the mail. kept: the file in
    which what was read of a form waits until it is assessed; blank where nothing is to be kept.
    """

    path: str
    folder: str
    inside: tuple[tuple[str, int], ...] = ()
    received_on: date | None = None
    kept: str = ""

    @property
    def name(self) -> str:
        """The name without folders and containers."""
        return self.path.rsplit(ARROW, 1)[-1].rsplit("/", 1)[-1]

    def read(self) -> bytes:
        """The bytes of the file.

        Raises NotReadable where a member is locked, damaged or too large.
        """
        outer = self.path.split(ARROW)[: -len(self.inside)] if self.inside else [self.path]
        data = (Path(self.folder) / ARROW.join(outer)).read_bytes()
        for kind, number in self.inside:
            data = read_member(kind, data, number)
        return data


@dataclass(frozen=True)
class Identified:
    """What a file is, as one row of plain values; what it brings if it is a catalogue, a register or a 定稿; its members if it is a container."""

    row: dict[str, Any]
    catalogue: RawSheet | None = None
    register: RawRegister | None = None
    final: RawFinal | None = None
    members: tuple[Source, ...] = ()


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


def read_source(source: Source, form: Form) -> RawForm:
    """The raw cells of a form, as they were read when it was identified if that was kept.

    Raises NotReadable as `read_form` does.
    """
    kept = Path(source.kept) if source.kept else None
    if kept and kept.exists():
        raw: RawForm = pickle.loads(kept.read_bytes())
        return raw
    return read_form(source.read(), form)


def _identify(source: Source, rules: Rules) -> Identified:
    row = {
        "file": source.path,
        "folder_period": _folder_period(source),
        "received_on": pd.Timestamp(source.received_on) if source.received_on else None,
    }
    try:
        data = source.read()
        row["sha256"] = hashlib.sha256(data).hexdigest()
        return _identify_content(source, data, row, rules)
    except NotReadable as refusal:
        return Identified({**row, "kind": REFUSED, "reason": str(refusal)})
    except OSError:
        return Identified({**row, "kind": REFUSED, "reason": "文件打不开；请核对文件是否在别处打开、有没有读取权限"})


def _identify_content(source: Source, data: bytes, row: dict[str, Any], rules: Rules) -> Identified:
    found = _sniff(source, data)
    if found.kind in (ZIP, MAIL):
        return _identify_container(source, found.kind, data, row)
    if found.kind == NOT_OPENED:
        raise NotReadable(found.reason)
    if found.kind == IGNORED:
        return Identified({**row, "kind": LOCK, "reason": found.reason})
    if found.kind == SCAN:
        return Identified({**row, "kind": SCAN, "reason": _scan_of(source, found.reason, rules.roster)})
    return _identify_workbook(source, open_book(data), row, rules)


def _sniff(source: Source, data: bytes) -> Sniffed:
    if SYSTEM_FOLDERS & set(re.split(f"/|{ARROW}", source.path)):
        return Sniffed(IGNORED, "系统自动生成的文件，不是填报内容")
    return sniff(source.name, data)


def _identify_container(source: Source, kind: str, data: bytes, row: dict[str, Any]) -> Identified:
    zips = sum(level == ZIP for level, _ in source.inside) + (kind == ZIP)
    if zips > MOST_ZIPS or len(source.inside) >= MOST_LEVELS:
        raise NotReadable("压缩包一层套一层，没有打开；请解压后把里面的文件放进来")
    members = list_members(kind, data)
    if not members:
        raise NotReadable(NO_MEMBERS[kind])
    day = received_on(data) if kind == MAIL else None
    inner = tuple(
        Source(
            f"{source.path}{ARROW}{member.name}",
            source.folder,
            (*source.inside, (kind, member.number)),
            source.received_on or day,
        )
        for member in members
    )
    reason = f"{IN_WORDS[kind]}，里面的{len(inner)}个文件已分别列出"
    return Identified({**row, "kind": CONTAINER, "reason": reason}, members=inner)


def _scan_of(source: Source, reason: str, roster: Roster) -> str:
    """What a scan is, with the unit its name tells."""
    stem = source.name.rsplit(".", 1)[0]
    named = match_unit(stem, roster).unit or next((u.name for u in roster.units if u.name in stem), "")
    return f"{named}的盖章件：{reason}" if named else reason


def _folder_period(source: Source) -> int | None:
    """The period a folder of inputs/ on the way to the file names; the nearest folder counts."""
    folders = source.path.split(ARROW)[0].split("/")[:-1]
    return next((period for part in reversed(folders) if "期" in part and (period := period_in(part))), None)


def _identify_workbook(source: Source, book: Book, row: dict[str, Any], rules: Rules) -> Identified:
    titles = set(sheet_titles(book))
    if rules.form.catalogue.title in titles:
        raw = catalogue_in(book, rules.form)
        size = {"rows_read": len(raw.rows), "cells_read": _filled(raw)}
        return Identified({**row, **size, "kind": CATALOGUE, "written_period": period_in(raw.above)}, raw)
    if titles >= REGISTER_SHEETS:
        register = register_in(book, rules)
        return Identified({**row, "kind": REGISTER, "written_period": register.period}, register=register)
    if titles >= FINAL_SHEETS:
        final = final_in(book)
        return Identified({**row, "kind": FINAL, "written_period": final.period}, final=final)
    form = form_in(book, rules.form)
    _keep(form, source)
    return Identified({**row, **identify_form(form, rules)})


def _keep(form: RawForm, source: Source) -> None:
    """Lay what was read where `read_source` looks for it, as a whole or not at all."""
    if not source.kept:
        return
    part = Path(f"{source.kept}.part")
    with suppress(OSError):  # no room: it will be read again
        part.write_bytes(pickle.dumps(form))
        part.replace(source.kept)


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
        "rows_read": sum(len(sheet.rows) for key, sheet in raw.sheets.items() if key != "unit_info"),
        "cells_read": sum(_filled(sheet) for sheet in raw.sheets.values()),
    }


def _understood(key: str, told: dict[str, Any], rules: Rules) -> Any:
    """What a line of 单位信息 was understood as."""
    return understand(told[key], rules.form.column("unit_info", key), rules.form).value


def _filled(sheet: RawSheet) -> int:
    """How many cells of a sheet's entries are filled."""
    return sum(len(values) - values.count(None) for values in sheet.columns.values())


def _anything(values: list[Any]) -> bool:
    return any(value is not None for value in values)
