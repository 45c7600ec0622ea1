"""Result -> the files of outputs/第N期/, as bytes by name."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.cli import Progress
from pipeline.run import Result
from pipeline.workers import Done, Workers

SUMMARY, BRIEFING, REGISTER = "汇总表", "工作简报", "办公室登记表"
ENDINGS = {SUMMARY: ".xlsx", BRIEFING: ".docx", REGISTER: ".xlsx"}  # the one that takes longest first

Shared = tuple[Result, bytes]


def render_outputs(result: Result, template: Path, workers: Workers, progress: Progress) -> dict[str, bytes]:
    """The summary workbook, the briefing and the register of a result, by file name."""
    shared = (result, template.read_bytes())
    settled = workers.run(render_files, [[name] for name in ENDINGS], shared, progress.step("生成文件", len(ENDINGS)))
    # What a worker could not finish is made here, where nothing limits it and a fault shows where it is.
    made = [done.result if isinstance(done, Done) else render_files([done.task], shared) for done in settled]
    return {name: data for files in made for name, data in files.items()}


def render_files(names: Sequence[str], shared: Shared) -> dict[str, bytes]:
    """The bytes of some of the files (keys of ENDINGS) of a result and the letterhead, by file name."""
    period = f"（第{shared[0].period.number}期）"
    return {f"{name}{period}{ENDINGS[name]}": _render(name, f"{name}{period}", *shared) for name in names}


def _render(name: str, title: str, result: Result, letterhead: bytes) -> bytes:
    # Imported here, so that the main process, which only hands the work out, does without xlsxwriter and python-docx.
    if name == BRIEFING:
        from pipeline.briefing.body import write_briefing
        from pipeline.document.render import render_briefing

        return render_briefing(write_briefing(result), result.rules.briefing.layout, letterhead)
    from pipeline.register import register_sheets
    from pipeline.summary.book import summary_sheets
    from pipeline.workbook.render import render_workbook

    return render_workbook(summary_sheets(result) if name == SUMMARY else register_sheets(result), title)
