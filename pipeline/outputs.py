"""Result -> the files of outputs/第N期/, as bytes by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.cli import Progress
from pipeline.intake import Source
from pipeline.letters import (
    Attachment,
    Letter,
    attachment_name,
    letter_sheets,
    render_letter,
    write_letter,
    write_letters,
)
from pipeline.returns.notes import returned_forms, write_note
from pipeline.run import Result
from pipeline.stop import Stop
from pipeline.workers import Done, Failed, Workers

SUMMARY, BRIEFING, UNITS, REGISTER, TEXTS = "汇总表", "工作简报", "单位情况", "办公室登记表", "通知文字"
ENDINGS = {SUMMARY: ".xlsx", BRIEFING: ".docx", UNITS: ".docx", REGISTER: ".xlsx", TEXTS: ".xlsx"}
# What the workers need for them; imported where it is used, so that the main process, which only hands the work out, does without.
LIBRARIES = (
    "pipeline.workbook.render",
    "pipeline.summary.book",
    "pipeline.document.render",
    "pipeline.briefing.body",
    "pipeline.returns.book",
)
RETURNS, LETTERS = "退回", "通知"  # folders


class Part(NamedTuple):
    """A part of the work: one of the files (a key of ENDINGS), or what goes back to a unit; anew: its form is not marked but written anew."""

    name: str
    unit: str = ""
    anew: bool = False


@dataclass(frozen=True)
class Shared:
    """What all parts are made from: the result, the letterhead, and the forms that are returned, by unit."""

    result: Result
    letterhead: bytes
    returned: Mapping[str, Source]


@dataclass(frozen=True)
class Rendered:
    """The bytes of the files of a period by name, and the faults of the program on the way (for the log)."""

    files: dict[str, bytes]
    faults: tuple[str, ...]


def render_outputs(
    result: Result, sources: Mapping[str, Source], template: Path, workers: Workers, progress: Progress
) -> Rendered:
    """All files of a period: workbook, briefing, register, returned forms, letters; `sources`: the units' files by path."""
    returned = {unit: sources[file] for unit, file in returned_forms(result).items()}
    shared = Shared(result, _letterhead(template), returned)
    longest, others = (
        [Part(SUMMARY), Part(BRIEFING)],
        [Part(name) for name in ENDINGS if name not in (SUMMARY, BRIEFING)],
    )
    parts = [*longest, *(Part(RETURNS, unit) for unit in returned), *others]
    files, failed = _made(
        workers.run(render_parts, [[part] for part in parts], shared, progress.step("生成文件", len(parts)))
    )
    again = [failure.task._replace(anew=True) for failure in failed if failure.task.unit]
    more, lost = _made(workers.run(render_parts, [[part] for part in again], shared))
    # What a worker could not finish is made here, where nothing limits it and a fault shows where it is.
    rest = render_parts([failure.task for failure in failed if not failure.task.unit], shared)
    files |= more | rest | _drafts([write_letter(failure.task.unit, result) for failure in lost], result)
    return Rendered(files, tuple(f"{returned[failure.task.unit].path}\n{failure.trace}" for failure in lost))


def _made(settled: Sequence[Done | Failed]) -> tuple[dict[str, bytes], list[Failed[Part]]]:
    done = {name: data for one in settled if isinstance(one, Done) for name, data in one.result.items()}
    return done, [one for one in settled if isinstance(one, Failed)]


def _letterhead(template: Path) -> bytes:
    if not template.is_file():
        raise Stop(f"{template} 不见了；请从程序包中重新拷贝，或运行 python -m pipeline.document.letterhead 重新生成")
    return template.read_bytes()


def render_parts(parts: Sequence[Part], shared: Shared) -> dict[str, bytes]:
    """The bytes of the files some parts consist of, by name."""
    return {name: data for part in parts for name, data in _files_of(part, shared).items()}


def _files_of(part: Part, shared: Shared) -> dict[str, bytes]:
    result = shared.result
    if part.unit:
        return _return(part, shared.returned[part.unit], result)
    if part.name == TEXTS:
        return _texts(shared)
    title = f"{part.name}（第{result.period.number}期）"
    return {f"{title}{ENDINGS[part.name]}": _render(part.name, title, result, shared.letterhead)}


def _return(part: Part, source: Source, result: Result) -> dict[str, bytes]:
    """The returned form of a unit, and the letter it goes with."""
    from pipeline.returns.book import return_form

    data = return_form(source.read(), write_note(part.unit, source, result), result.rules, part.anew)
    attachment = Attachment(attachment_name(result, part.unit), data)
    letter = render_letter(write_letter(part.unit, result), result.period, attachment)
    return {f"{RETURNS}/{part.unit}.xlsx": data, f"{LETTERS}/{part.unit}.eml": letter}


def _texts(shared: Shared) -> dict[str, bytes]:
    """All letters as texts to copy, and the drafts to the units whose form is not returned."""
    from pipeline.workbook.render import render_workbook

    letters = write_letters(shared.result)
    texts = render_workbook(letter_sheets(letters, shared.result), TEXTS)
    others = [letter for letter in letters if letter.unit not in shared.returned]
    return {f"{TEXTS}{ENDINGS[TEXTS]}": texts, **_drafts(others, shared.result)}


def _drafts(letters: Sequence[Letter], result: Result) -> dict[str, bytes]:
    """Drafts without an attachment, by file name."""
    return {f"{LETTERS}/{letter.unit}.eml": render_letter(letter, result.period, None) for letter in letters}


def _render(name: str, title: str, result: Result, letterhead: bytes) -> bytes:
    if name == BRIEFING:
        from pipeline.briefing.body import write_briefing
        from pipeline.document.render import render_briefing

        return render_briefing(write_briefing(result), result.rules.briefing.layout, letterhead)
    if name == UNITS:
        from pipeline.briefing.units import write_unit_pages
        from pipeline.document.unit_pages import render_unit_pages

        return render_unit_pages(write_unit_pages(result), result.rules.briefing.layout, letterhead)
    from pipeline.register.write import register_sheets
    from pipeline.summary.book import summary_sheets
    from pipeline.workbook.render import render_workbook

    return render_workbook(summary_sheets(result) if name == SUMMARY else register_sheets(result), title)
