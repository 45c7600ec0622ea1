"""A believable demo district: what the office received over the first three periods, written into a folder.

Everything is invented but the names of the items and the laws. Which unit shows what:

    data/units.csv        each unit: how far it is in each period, when it reports, what it declares wrongly
    data/items.csv        its service items with their bases, limits, systems and hurdles
    data/plans.toml       how the approval of an item is laid out, before and after it is mended
    data/outside.csv      items worked outside the hall though they are in it
    data/oddities.toml    what really arrives: late, twice, faulty, under another name …, each with what it shows
    data/decisions.toml   what the office entered in its register, period by period

The rest of the folder holds systems, tasks, hurdles, 一证通办, texts, names, and entries of the 事项目录 no form has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipeline.cli import Progress
from pipeline.demo.district import PERIODS, District, Unit, load_district
from pipeline.demo.files import make_catalogue, make_loose
from pipeline.demo.forms import Form, fill_form
from pipeline.demo.items import Row
from pipeline.demo.moves import drop_items
from pipeline.demo.oddities import Contact, Edit, Stranger, Untouched, Version
from pipeline.demo.registers import make_registers
from pipeline.form import Sheet
from pipeline.rules import Rules
from pipeline.template.book import Stamp, write_form
from pipeline.workers import Done, Failed, Workers

CATALOGUE_PATH = "事项目录/一体化平台事项目录.xlsx"
EVERY_ROW = "*"
FINAL_PATH = "定稿/汇总表（第1期）.xlsx"
FORMS_A_BATCH = 8


@dataclass(frozen=True)
class Sent:
    """A form somebody sent: where it lies below the folder, what is in it and how it is stamped."""

    path: str
    values: Form
    stamp: Stamp


def write_demo(folder: Path, rules: Rules, workers: Workers | None = None, progress: Progress | None = None) -> None:
    """Write into `folder` everything the office received in the first three periods, and its registers; the same bytes every time.

    What write_late adds once 第1期 is printed is not there yet, and is removed where an earlier demo left it.
    """
    district = load_district()
    remove_late(folder, district)
    files = _written(_submissions(district, rules), rules, workers, progress)
    files |= {copy.path: files[copy.of] for copy in district.oddities.copies}
    files |= {loose.path: make_loose(loose.kind, rules) for loose in district.oddities.loose}
    files[CATALOGUE_PATH] = make_catalogue(district, rules)
    _write_files(folder, files | make_registers(district.decisions, rules))


def write_forms(forms: Sequence[Sent], rules: Rules) -> dict[str, bytes]:
    """Some forms as files, by path."""
    return {sent.path: write_form(rules, sent.values, sent.stamp) for sent in forms}


def _written(
    forms: Sequence[Sent], rules: Rules, workers: Workers | None, progress: Progress | None
) -> dict[str, bytes]:
    """The forms as files, made by the workers where there are any, and here what these do not manage."""
    if workers is None or progress is None:
        return write_forms(forms, rules)
    batches = [forms[at : at + FORMS_A_BATCH] for at in range(0, len(forms), FORMS_A_BATCH)]
    settled = workers.run(write_forms, batches, rules, progress.step("生成示例", len(forms)))
    rest = write_forms([one.task for one in settled if isinstance(one, Failed)], rules)
    return {path: data for one in settled if isinstance(one, Done) for path, data in one.result.items()} | rest


def write_late(folder: Path, summary: bytes, rules: Rules) -> None:
    """Write into `folder` what is there once 第1期 is printed: its 汇总表 as 定稿, and the forms that came too late for it."""
    district = load_district()
    late = [_version(district, version) for version in district.oddities.late]
    _write_files(folder, {FINAL_PATH: summary, **write_forms(late, rules)})


def remove_late(folder: Path, district: District) -> None:
    """Remove from `folder` what write_late wrote."""
    for path in (FINAL_PATH, *(version.path for version in district.oddities.late)):
        (folder / path).unlink(missing_ok=True)


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def submissions(rules: Rules) -> list[Sent]:
    """Every form the office received: the regular ones by period in the notice's order, then the others."""
    return _submissions(load_district(), rules)


def _submissions(district: District, rules: Rules) -> list[Sent]:
    units, odd = [district.by_name[name] for name in rules.roster.names], district.oddities
    return [
        *(sent for period in PERIODS for unit in units for sent in _regular(district, unit, period)),
        *(_version(district, version) for version in odd.versions),
        *(_untouched(district, prefill, rules) for prefill in odd.untouched),
        *(_contact(district, contact) for contact in odd.contacts),
        *(_stranger(district, stranger) for stranger in odd.strangers),
    ]


def _regular(district: District, unit: Unit, period: int) -> list[Sent]:
    """The form a unit sent for a period, if it did."""
    if not unit.sent_on(period):
        return []
    moved = {(odd.unit, odd.period): odd.path for odd in district.oddities.moved}
    path = moved.get((unit.unit, period), f"第{period}期/{unit.unit}.xlsx")
    return [Sent(path, _edited(district, unit, period), _stamp(unit, period))]


def _stamp(unit: Unit, period: int) -> Stamp:
    """From 第2期 on the office sends out prefilled forms."""
    return Stamp(unit.unit, f"第{period}期", prefilled=period > 1)


def _edited(district: District, unit: Unit, period: int) -> Form:
    """The form with the slips of its writer."""
    form = fill_form(district, unit, period)
    for edit in district.oddities.edits:
        if edit.unit == unit.unit and edit.period in (0, period):
            form[edit.sheet] = _edit_rows(form[edit.sheet], edit)
    return form


def _edit_rows(rows: list[Row], edit: Edit) -> list[Row]:
    """The rows with other values in the one the edit names, or in a copy of it at the end, or without it."""
    meant = [at for at, row in enumerate(rows) if edit.row in (EVERY_ROW, _name_of(row))]
    if not meant:
        raise ValueError(f"{edit.unit} 第{edit.period}期 {edit.sheet}: no row “{edit.row}”")
    if edit.drop:
        return [row for at, row in enumerate(rows) if at not in meant]
    if edit.add:
        return [*rows, rows[meant[0]] | edit.put]
    return [row | edit.put if at in meant else row for at, row in enumerate(rows)]


def _name_of(row: Row) -> str:
    """What a row of the form is called: its item, its own name or its number."""
    return str(row.get("item") or row.get("name") or row.get("number") or "").strip()


def _version(district: District, version: Version) -> Sent:
    unit = district.by_name[version.unit]
    make = fill_form if version.clean else _edited
    form = _dress(make(district, unit, version.period), version.filled_on, version.written, version.written_period)
    stamp = replace(_stamp(unit, version.period), copy=version.copy_number)
    return Sent(version.path, _drop_items(form, version.drop), stamp)


def _dress(form: Form, filled_on: date | None = None, written: str = "", period: str = "") -> Form:
    """The form with another day, another unit's name or another 期号 in 单位信息."""
    told: Mapping[str, object] = {"filled_on": filled_on, "unit": written, "period": period}
    return form | {"unit_info": [form["unit_info"][0] | {key: value for key, value in told.items() if value}]}


def _drop_items(form: Form, number: int) -> Form:
    """The form without its last `number` items and what speaks of them."""
    return drop_items(form, {str(row["name"]) for row in form["items"][len(form["items"]) - number :]})


def _untouched(district: District, odd: Untouched, rules: Rules) -> Sent:
    """A prefilled form sent back as it was: all of last time but what is to be filled in each period."""
    unit = district.by_name[odd.unit]
    last = fill_form(district, unit, odd.period - 1)
    emptied = {sheet.key: [_without(row, sheet) for row in last[sheet.key]] for sheet in rules.form.sheets}
    return Sent(odd.path, _dress(emptied, period=f"第{odd.period}期"), _stamp(unit, odd.period))


def _without(row: Row, sheet: Sheet) -> Row:
    """The row without what is to be filled in each period."""
    each = {column.key for column in sheet.columns if column.each_period}
    return {key: value for key, value in row.items() if key not in each}


def _contact(district: District, odd: Contact) -> Sent:
    """A 对接人员联系表: a form in which only 单位信息 is filled in."""
    info = fill_form(district, district.by_name[odd.unit], 1)["unit_info"][0]
    return Sent(odd.path, {"unit_info": [info | {"filled_on": odd.filled_on, "period": ""}]}, Stamp(odd.unit))


def _stranger(district: District, odd: Stranger) -> Sent:
    """A form of somebody who is not in the roster: as a unit's own, or with items of its own."""
    form = _dress(fill_form(district, district.by_name[odd.unit], odd.period), written=odd.written)
    if odd.items:
        items = [form["items"][0] | {"code": ""} | item for item in odd.items]
        form = {"unit_info": form["unit_info"], "declarations": form["declarations"], "items": items}
    return Sent(odd.path, form, Stamp(odd.written, f"第{odd.period}期"))
