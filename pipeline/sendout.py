"""inputs/ -> the forms the office sends out for a period, one prefilled form a unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pipeline import intake
from pipeline.catalogue import read_catalogues
from pipeline.cli import Progress
from pipeline.district import decisions_of, identify_sources
from pipeline.finals import publish_finals
from pipeline.frames import Frames, type_forms
from pipeline.intake import Source, find_files, read_source
from pipeline.phone import Correction, apply_corrections, assign_corrections
from pipeline.prefill import next_values
from pipeline.register.layout import CLOSED
from pipeline.rulebook import Period
from pipeline.rules import Rules
from pipeline.stop import Stop
from pipeline.submissions import CORRECTED, NEWEST_LAST, TAKEN, catalogue_of, current_period, settle
from pipeline.template.book import Stamp, write_form
from pipeline.validate import keep_items
from pipeline.workers import Failed, Workers

FORMS_A_BATCH = 6
CARRIED, FROM_CATALOGUE, EMPTY, LOST = "沿用上期", "取自事项目录", "没有上期和目录", "上期的表没能读取"


class Addressee(NamedTuple):
    """A unit, and the form its next one carries over (its 联系表 where it has no form; None without either)."""

    unit: str
    last: Source | None


class Prefilled(NamedTuple):
    """A unit's next form, and where its entries come from."""

    unit: str
    origin: str
    data: bytes


@dataclass(frozen=True)
class Known:
    """What every form is prefilled by: the period, the catalogue that counts for it, the open 督办派发, 电话更正 by file, and the rules."""

    period: Period
    entries: pd.DataFrame
    dispatches: pd.DataFrame
    corrections: Mapping[str, Sequence[Correction]]
    rules: Rules


@dataclass(frozen=True)
class Sendout:
    """The forms to send out for a period, in the notice's order, and the faults of the program on the way (for the log)."""

    period: Period
    forms: tuple[Prefilled, ...]
    faults: tuple[str, ...]

    @property
    def files(self) -> dict[str, bytes]:
        """The forms by file name."""
        return {f"{form.unit}.xlsx": form.data for form in self.forms}


def prepare_forms(folder: Path, rules: Rules, wanted: int | None, workers: Workers, progress: Progress) -> Sendout:
    """The forms for the `wanted` period (the one after the last one reported, if None) from the files below `folder`.

    Raises Stop where the calendar has no such period.
    """
    mailbox = identify_sources(find_files(folder), rules, workers, progress)
    files, _ = settle(mailbox.identified, rules, publish_finals(mailbox.finals, mailbox.identified, rules).forms)
    period = _next_period(files, wanted, rules)
    decisions = decisions_of(mailbox, files, period.number, rules)
    dispatches = decisions.of("dispatches")
    corrections, _ = assign_corrections(decisions.of("corrections"), files, period.number)
    entries, _ = read_catalogues(mailbox.catalogues, rules)
    entries = entries[entries["file"] == catalogue_of(files, period.number)]
    addressees = _addressees(files, period.number, mailbox.sources, rules)
    batches = [addressees[at : at + FORMS_A_BATCH] for at in range(0, len(addressees), FORMS_A_BATCH)]
    known = Known(period, entries, dispatches[dispatches["state"].ne(CLOSED).fillna(True)], corrections, rules)
    settled = workers.run(prefill_forms, batches, known, progress.step("预填下期的表", len(addressees)))
    forms = [form for one in settled if not isinstance(one, Failed) for form in one.result]
    failed = [one for one in settled if isinstance(one, Failed)]
    forms += [_without_last(one.task, known) for one in failed]
    order = {unit: place for place, unit in enumerate(rules.roster.names)}
    traces = [f"{one.task.unit}\n{one.trace}" for one in failed]
    return Sendout(period, tuple(sorted(forms, key=lambda form: order[form.unit])), (*mailbox.faults, *traces))


def prefill_forms(addressees: Sequence[Addressee], known: Known) -> list[Prefilled]:
    """The next forms of some units."""
    return [_prefill(addressee, known) for addressee in addressees]


def read_last(source: Source, rules: Rules, corrections: Mapping[str, Sequence[Correction]]) -> Frames:
    """The typed frames of one form as corrected by telephone, 事项清单 without the rows that are no item."""
    raws, _ = apply_corrections({source.path: read_source(source, rules.form)}, corrections, rules.form)
    frames, faults, _ = type_forms(raws, rules.form)
    items, _, _ = keep_items(frames["items"], faults)
    return {**frames, "items": items}


def _prefill(addressee: Addressee, known: Known) -> Prefilled:
    last = read_last(addressee.last, known.rules, known.corrections) if addressee.last else None
    return _fill(addressee.unit, last, known)


def _without_last(addressee: Addressee, known: Known) -> Prefilled:
    """The form of a unit whose last one could not be read again."""
    return _fill(addressee.unit, None, known)._replace(origin=LOST)


def _fill(unit: str, last: Frames | None, known: Known) -> Prefilled:
    entries = known.entries[known.entries["unit"] == unit]
    dispatches = known.dispatches[known.dispatches["unit"] == unit]
    values = next_values(unit, known.period, last, entries, dispatches, known.rules)
    stamp = Stamp(unit, f"第{known.period.number}期", copy=0, prefilled=True)
    origin = CARRIED if last else FROM_CATALOGUE if values["items"] else EMPTY
    return Prefilled(unit, origin, write_form(known.rules, values, stamp))


def _next_period(files: pd.DataFrame, wanted: int | None, rules: Rules) -> Period:
    periods = rules.calendar.by_number
    number = (current_period(files, rules) or min(periods) - 1) + 1 if wanted is None else wanted
    if number not in periods:
        raise Stop(f"没有第{number}期；calendar.toml 中有第{min(periods)}期到第{max(periods)}期", 2)
    return periods[number]


def _addressees(files: pd.DataFrame, period: int, sources: list[Source], rules: Rules) -> list[Addressee]:
    """Every unit of the roster with its last form that counts before the period; a form goes before a 联系表."""
    taken = files[files["outcome"].isin([TAKEN, CORRECTED]) & files["period"].lt(period).fillna(False)]
    taken = taken.assign(is_form=taken["kind"].eq(intake.FORM)).assign(late=files["outcome"].eq(CORRECTED))
    taken = taken.sort_values(["is_form", "period", "late", *NEWEST_LAST], na_position="first")
    last = taken.drop_duplicates("unit", keep="last").set_index("unit")["file"]
    by_path = {source.path: source for source in sources}
    return [Addressee(unit, by_path[last[unit]] if unit in last.index else None) for unit in rules.roster.names]


def report_sendout(sendout: Sendout, folder: Path, notices: Sequence[str], dry_run: bool) -> None:
    """Print what was made, where it lies and what is not in it."""
    period = sendout.period
    verb = "会生成" if dry_run else "已生成"
    print(
        f"第{period.number}期（截止 {period.cutoff:%Y-%m-%d}）的填报表{verb}{len(sendout.forms)}份，每个单位一份：{folder}"
    )
    for origin in (CARRIED, FROM_CATALOGUE, EMPTY, LOST):
        units = [form.unit for form in sendout.forms if form.origin == origin]
        if units:
            print(f"  {origin}：{len(units)}个单位" + ("" if origin == CARRIED else f"（{'、'.join(units)}）"))
    print(
        "  各单位只需核对浅蓝底的内容，填写填报日期、自查结论和办件量；没有办结的督办派发已填进整改台账，请选“对应自查项”"
    )
    for notice in notices:
        print(f"注意 {notice}")
