"""Result -> the files of outputs/第N期/, as bytes by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.cli import Progress
from pipeline.intake import Source
from pipeline.letters import Attachment, attachment_name, letter_sheets, render_letter, write_letters
from pipeline.returns.notes import Note, write_notes
from pipeline.rules import Rules
from pipeline.run import Result
from pipeline.stop import Stop
from pipeline.workers import Done, Failed, Workers

SUMMARY, BRIEFING, REGISTER, TEXTS = "汇总表", "工作简报", "办公室登记表", "通知文字"
ENDINGS = {SUMMARY: ".xlsx", BRIEFING: ".docx", REGISTER: ".xlsx", TEXTS: ".xlsx"}  # the one that takes longest first
RETURNS, LETTERS = "退回", "通知"  # folders

Shared = tuple[Result, bytes]


@dataclass(frozen=True)
class Rendered:
    """The bytes of the files of a period by name, and the faults of the program on the way (for the log)."""

    files: dict[str, bytes]
    faults: tuple[str, ...]


def render_outputs(
    result: Result, sources: Mapping[str, Source], template: Path, workers: Workers, progress: Progress
) -> Rendered:
    """All files of a period: workbook, briefing, register, returned forms, letters; `sources`: the units' files by path."""
    shared = (result, _letterhead(template))
    settled = workers.run(render_files, [[name] for name in ENDINGS], shared, progress.step("生成文件", len(ENDINGS)))
    # What a worker could not finish is made here, where nothing limits it and a fault shows where it is.
    made = [done.result if isinstance(done, Done) else render_files([done.task], shared) for done in settled]
    files = {name: data for part in made for name, data in part.items()}
    returned, faults = _mark_forms(write_notes(result, sources), result.rules, workers, progress)
    files |= {f"{RETURNS}/{unit}.xlsx": data for unit, data in returned.items()} | _letters(result, returned)
    return Rendered(files, tuple(faults))


def _letterhead(template: Path) -> bytes:
    if not template.is_file():
        raise Stop(f"{template} 不见了；请从程序包中重新拷贝，或运行 python -m pipeline.document.letterhead 重新生成")
    return template.read_bytes()


def render_files(names: Sequence[str], shared: Shared) -> dict[str, bytes]:
    """The bytes of some of the files (keys of ENDINGS) of a result and the letterhead, by file name."""
    titles = {name: name if name == TEXTS else f"{name}（第{shared[0].period.number}期）" for name in names}
    return {f"{title}{ENDINGS[name]}": _render(name, title, *shared) for name, title in titles.items()}


def _mark_forms(
    notes: Sequence[Note], rules: Rules, workers: Workers, progress: Progress
) -> tuple[dict[str, bytes], list[str]]:
    """The returned forms by unit, one that could not be marked written anew; and what failed both times (for the log)."""
    from pipeline.returns.book import return_forms, rewrite_forms

    made, failed = _made(
        workers.run(return_forms, [[note] for note in notes], rules, progress.step("标注退回的表", len(notes)))
    )
    again, lost = _made(workers.run(rewrite_forms, [[failure.task] for failure in failed], rules))
    return made | again, [f"{failure.task.source.path}\n{failure.trace}" for failure in lost]


def _made(settled: Sequence[Done | Failed]) -> tuple[dict[str, bytes], list[Failed]]:
    done = {name: data for one in settled if isinstance(one, Done) for name, data in one.result.items()}
    return done, [one for one in settled if isinstance(one, Failed)]


def _letters(result: Result, returned: Mapping[str, bytes]) -> dict[str, bytes]:
    """The drafts by file name, each returned form with its letter."""
    attached = {unit: Attachment(attachment_name(result, unit), data) for unit, data in returned.items()}
    return {
        f"{LETTERS}/{letter.unit}.eml": render_letter(letter, result.period, attached.get(letter.unit))
        for letter in write_letters(result)
    }


def _render(name: str, title: str, result: Result, letterhead: bytes) -> bytes:
    # Imported here, so that the main process, which only hands the work out, does without xlsxwriter and python-docx.
    if name == BRIEFING:
        from pipeline.briefing.body import write_briefing
        from pipeline.document.render import render_briefing

        return render_briefing(write_briefing(result), result.rules.briefing.layout, letterhead)
    from pipeline.register import register_sheets
    from pipeline.summary.book import summary_sheets
    from pipeline.workbook.render import render_workbook

    if name == TEXTS:
        return render_workbook(letter_sheets(write_letters(result), result), title)
    return render_workbook(summary_sheets(result) if name == SUMMARY else register_sheets(result), title)
