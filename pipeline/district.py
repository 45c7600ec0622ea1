"""inputs/ -> the result of one period: find and classify, identify, choose, assess, run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import TypeVar

import pandas as pd

from pipeline import intake
from pipeline.assess import Assessed, Assignment, Background, assess, join
from pipeline.catalogue import catalogue_by_period, read_catalogues
from pipeline.cli import Progress
from pipeline.corrections import compare_forms, replaced_forms
from pipeline.finals import Published, RawFinal, publish_finals
from pipeline.findings import gather
from pipeline.intake import Identified, Source, find_files, identify_files
from pipeline.phone import assign_corrections
from pipeline.reader import RawSheet
from pipeline.register.read import Decisions, RawRegister, no_decisions, read_decisions
from pipeline.rules import Rules
from pipeline.run import Result, run
from pipeline.stop import Stop
from pipeline.submissions import CORRECTED, assign_carried, current_period, register_of, say_what_counts, settle
from pipeline.workers import FAULTY, Failed, Workers

T = TypeVar("T")
FILES_A_BATCH = 8
# A batch of any size costs about half a second of fixed work; a large one holds all its forms in memory at once.
MOST_A_BATCH = 50
WHY = {
    "崩溃": "读取这个文件时程序崩溃，文件可能已损坏；请用 Excel 打开后另存为 .xlsx 再报送",
    "超时": "读取这个文件用时过长；请删去多余的空行空列、另存为 .xlsx 后再报送",
    "内存不足": "这个文件展开后过大；请删去多余的空行空列、另存为 .xlsx 后再报送",
    FAULTY: "处理这个文件时程序出错（不是填报的问题）；请把运行日志发给程序维护人员",
}


@dataclass(frozen=True)
class Mailbox:
    """What lies in inputs/: a row for every file and member; catalogues, registers and 定稿 by file; all sources; the faults of the program."""

    identified: pd.DataFrame
    catalogues: dict[str, RawSheet]
    registers: dict[str, RawRegister]
    finals: dict[str, RawFinal]
    sources: list[Source]
    faults: list[str]


@dataclass(frozen=True)
class District:
    """The result of a period, what waits for a later one, the files by their path, and the faults of the program (for the log)."""

    result: Result
    waiting: pd.DataFrame
    sources: dict[str, Source]
    faults: tuple[str, ...]


def read_district(folder: Path, rules: Rules, wanted: int | None, workers: Workers, progress: Progress) -> District:
    """The result of the `wanted` period (the current one, if None) of the files below `folder`.

    Raises Stop where there is nothing to process or the period is not in the calendar.
    """
    mailbox = identify_sources(find_files(folder), rules, workers, progress)
    identified, sources, faults = mailbox.identified, mailbox.sources, mailbox.faults
    entries, catalogue_findings = read_catalogues(mailbox.catalogues, rules)
    published = publish_finals(mailbox.finals, identified, rules)
    while True:
        files, findings = settle(identified, rules, published.forms)
        period = _period(files, wanted, folder, rules)
        _refuse_final(period, published, files)
        decisions = decisions_of(mailbox, files, period, rules)
        corrections, left = assign_corrections(decisions.of("corrections"), files, period)
        changes, uncompared = _compare(files, period, sources, rules, workers, progress)
        findings = gather([findings, changes])
        catalogue = catalogue_by_period(entries, files, period, rules)
        background = Background(rules, catalogue, findings, period, decisions, corrections)
        assessed, failed = _assess(files, sources, background, workers, progress)
        if not failed:
            faults += uncompared
            break
        # A form that cannot be assessed is refused, and another one of its unit may count instead.
        identified = _refuse(identified, failed)
        faults += _faults(failed)
    assessed = replace(assessed, phoned=pd.concat([assessed.phoned, left], ignore_index=True))
    result = run(
        assessed,
        catalogue_findings,
        say_what_counts(files, period),
        rules.calendar.by_number[period],
        rules,
        decisions,
        published.before(period),
    )
    waiting = files[files["period"].gt(period).fillna(False) & files["kind"].eq(intake.FORM)]
    return District(result, waiting, {source.path: source for source in sources}, tuple(faults))


def identify_sources(sources: list[Source], rules: Rules, workers: Workers, progress: Progress) -> Mailbox:
    """What lies in inputs/, mails and archives opened."""
    known: list[Identified] = []
    failed: list[Failed[Source]] = []
    todo = _keep(sources, workers.folder, 0)
    found = list(todo)
    # The members of a mail or an archive are identified as files of their own, so that one cannot harm another.
    while todo:
        step = progress.step("辨认文件", len(todo))
        settled = workers.run(identify_files, _chunks(todo, FILES_A_BATCH), rules, step)
        failed += [one for one in settled if isinstance(one, Failed)]
        now = [one for done in settled if not isinstance(done, Failed) for one in done.result]
        todo = _keep([member for one in now for member in one.members], workers.folder, len(found))
        known, found = known + now, found + todo
    rows = [one.row for one in known] + [_refused_row(failure) for failure in failed]
    return Mailbox(
        identified=pd.DataFrame(rows, columns=intake.ROW).sort_values("file", ignore_index=True),
        catalogues={one.row["file"]: one.catalogue for one in known if one.catalogue is not None},
        registers={one.row["file"]: one.register for one in known if one.register is not None},
        finals={one.row["file"]: one.final for one in known if one.final is not None},
        sources=found,
        faults=_faults(failed),
    )


def decisions_of(mailbox: Mailbox, files: pd.DataFrame, period: int, rules: Rules) -> Decisions:
    """What the office decided, by the register that counts for a period."""
    file = register_of(files, period)
    return read_decisions(file, mailbox.registers[file].sheets, rules) if file else no_decisions(rules)


def _refuse_final(period: int, published: Published, files: pd.DataFrame) -> None:
    """Stop before anything of a period is computed anew whose briefing has been printed."""
    if period not in published.periods:
        return
    name = f"第{period}期"
    final = files.loc[files["kind"].eq(intake.FINAL) & files["period"].eq(period), "file"].max()
    late = files.loc[files["outcome"].eq(CORRECTED) & files["period"].eq(period), "file"]
    lines = [f"{name}已定稿（{final}），结果不再改写。"]
    lines += [f"  更正 {file}：从第{period + 1}期起计入" for file in late]
    raise Stop(
        "\n".join([*lines, f"要重新计算{name}，请先把这份定稿从 inputs 文件夹移出；处理别的期次请加 --period N"]), 0
    )


def _keep(sources: Sequence[Source], folder: Path, start: int) -> list[Source]:
    """The sources, each with a file below `folder` for what is read of it, numbered from `start` on."""
    return [source._replace(kept=str(folder / f"form-{number}")) for number, source in enumerate(sources, start)]


def _refused_row(failure: Failed[Source]) -> dict[str, object]:
    return {"file": failure.task.path, "kind": intake.REFUSED, "reason": WHY[failure.why]}


def _period(files: pd.DataFrame, wanted: int | None, folder: Path, rules: Rules) -> int:
    if wanted is not None and wanted not in rules.calendar.by_number:
        known = rules.calendar.by_number
        raise Stop(f"没有第{wanted}期；calendar.toml 中有第{min(known)}期到第{max(known)}期", 2)
    period = wanted or current_period(files, rules)
    if period is None:
        raise Stop(_nothing_to_do(files, folder), 3)
    return period


def _nothing_to_do(files: pd.DataFrame, folder: Path) -> str:
    lines = [f"{folder} 里没有可以处理的填报表。"]
    lines += [f"  {file}：{reason}" for file, reason in zip(files["file"], files["reason"], strict=True) if reason]
    return "\n".join(
        [*lines, "请把各单位发来的填报表放进这个文件夹，再运行一次；想先看看效果，请运行 python process.py demo"]
    )


def _assess(
    files: pd.DataFrame, sources: list[Source], background: Background, workers: Workers, progress: Progress
) -> tuple[Assessed, list[Failed[Assignment]]]:
    by_path = {source.path: source for source in sources}
    said = assign_carried(files, background.last, background.rules)
    tasks = [
        Assignment(by_path[file], unit, period, own)
        for file, unit, period, own in said[["file", "unit", "period", "own_period"]].itertuples(index=False)
    ]
    batches = _chunks(tasks, min(MOST_A_BATCH, max(1, ceil(len(tasks) / workers.count))))
    settled = workers.run(assess, batches, background, progress.step("核对填报表", len(tasks)))
    failed = [one for one in settled if isinstance(one, Failed)]
    return join([done.result for done in settled if not isinstance(done, Failed)]), failed


def _compare(
    files: pd.DataFrame, period: int, sources: list[Source], rules: Rules, workers: Workers, progress: Progress
) -> tuple[pd.DataFrame, list[str]]:
    """Findings about what the forms of the period changed against those they replaced, and what could not be compared (for the log)."""
    pairs = replaced_forms(files, period, {source.path: source for source in sources})
    step = progress.step("比较重报的表", len(pairs))
    settled = workers.run(compare_forms, _chunks(pairs, FILES_A_BATCH), rules, step)
    failed = [one for one in settled if isinstance(one, Failed)]
    traces = [f"{failure.task.new.path}\n{failure.trace}" for failure in failed]
    return gather([done.result for done in settled if not isinstance(done, Failed)]), traces


def _refuse(identified: pd.DataFrame, failed: list[Failed[Assignment]]) -> pd.DataFrame:
    reasons = {_path(failure.task): WHY[failure.why] for failure in failed}
    refused = identified["file"].isin(reasons)
    reason = identified["file"].map(reasons).fillna(identified["reason"])
    return identified.assign(kind=identified["kind"].mask(refused, intake.REFUSED), reason=reason)


def _faults(failed: Sequence[Failed]) -> list[str]:
    """The traces of what failed through a fault of the program, with the file that showed it."""
    return [f"{_path(failure.task)}\n{failure.trace}" for failure in failed if failure.why == FAULTY]


def _path(task: Source | Assignment) -> str:
    return task.source.path if isinstance(task, Assignment) else task.path


def _chunks(things: Sequence[T], size: int) -> list[Sequence[T]]:
    return [things[start : start + size] for start in range(0, len(things), size)]
