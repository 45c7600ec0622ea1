"""Single forms checked as the office would: whose, which period, every finding, and what would become of the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline import intake
from pipeline.assess import Assignment, Background, assess
from pipeline.catalogue import catalogue_by_period, read_catalogues
from pipeline.cli import Progress
from pipeline.district import WHY, identify_sources
from pipeline.findings import ERROR, REMARK
from pipeline.intake import Source, find_files, identify_files
from pipeline.reader import RawSheet
from pipeline.rules import Rules
from pipeline.stop import Stop
from pipeline.submissions import REFUSED, TAKEN, settle
from pipeline.workers import Failed, Workers

WHAT = {
    intake.CATALOGUE: "这是事项目录，不是填报表",
    intake.REGISTER: "这是办公室登记表，不是填报表",
    intake.FINAL: "这是汇总表，不是填报表",
}


@dataclass(frozen=True)
class Checked:
    """What one file is found to be.

    unit, period: blank and None where not found out; verdict: what would become of the file, in Chinese; findings: sheet, cell,
    level, problem, advice, code, an 错误 before a 提醒, each in the order of the form.
    """

    path: str
    unit: str
    period: int | None
    verdict: str
    findings: pd.DataFrame


@dataclass(frozen=True)
class Shelf:
    """What every file is checked against: the rules and the catalogues of inputs/ (their rows as settled, their entries by file)."""

    rules: Rules
    rows: pd.DataFrame
    catalogues: dict[str, RawSheet]


def check_files(
    paths: Sequence[Path], inputs: Path, rules: Rules, workers: Workers, progress: Progress
) -> list[Checked]:
    """What each of some files is found to be, each by itself, against the catalogue below `inputs` if there is one.

    A mail or an archive gives one answer for each file in it. Raises Stop (2) where a path is no file.
    """
    absent = [str(path) for path in paths if not path.is_file()]
    if absent:
        raise Stop(
            f"没有这个文件：{'、'.join(absent)}；请核对文件名和文件夹，例：python process.py check 区残联.xlsx", 2
        )
    mailbox = identify_sources(find_files(inputs), rules, workers, progress)
    identified = mailbox.identified
    shelf = Shelf(rules, identified[identified["kind"].eq(intake.CATALOGUE)], mailbox.catalogues)
    # The name alone: a folder 第N期 on the way says where the file lies here, not where the office will put it.
    sources = [Source(path.name, str(path.parent)) for path in paths]
    settled = workers.run(check_sources, [[source] for source in sources], shelf, progress.step("核对", len(sources)))
    return [one for batch in settled for one in ([_died(batch)] if isinstance(batch, Failed) else batch.result)]


def check_sources(sources: Sequence[Source], shelf: Shelf) -> list[Checked]:
    """What some files, and the members of those that are containers, are found to be."""
    checked: list[Checked] = []
    for source, known in zip(sources, identify_files(sources, shelf.rules), strict=True):
        checked += check_sources(known.members, shelf) if known.members else [_check(source, known, shelf)]
    return checked


def _died(failed: Failed[Source]) -> Checked:
    """What is said of a file that ended the process that read it."""
    return Checked(_shown(failed.task), "", None, f"{REFUSED}：{WHY[failed.why]}", _no_findings())


def _shown(source: Source) -> str:
    return str(Path(source.folder) / source.path)


def _check(source: Source, known: intake.Identified, shelf: Shelf) -> Checked:
    rules = shelf.rules
    files, moved = settle(
        pd.concat([pd.DataFrame([known.row], columns=intake.ROW), shelf.rows], ignore_index=True), rules
    )
    mine = files[files["file"].eq(source.path)].iloc[0]
    unit, period = _text(mine["unit"]), None if pd.isna(mine["period"]) else int(mine["period"])
    if mine["kind"] not in (intake.FORM, intake.CONTACT):
        verdict = f"{mine['outcome']}：{mine['reason'] or WHAT.get(mine['kind'], '不是填报表')}"
        return Checked(_shown(source), unit, period, verdict, _no_findings())
    findings = _findings(source, unit, period, files, moved, shelf)
    if mine["kind"] == intake.CONTACT:
        findings = findings[findings["sheet"].eq(rules.form.by_key["unit_info"].title)]
    return Checked(_shown(source), unit, period, _verdict(mine, findings), findings)


def _findings(
    source: Source, unit: str, period: int | None, files: pd.DataFrame, moved: pd.DataFrame, shelf: Shelf
) -> pd.DataFrame:
    """Every finding of a form; one of an unknown unit or period is judged by the first of the calendar, without a catalogue."""
    rules = shelf.rules
    period = period or min(rules.calendar.by_number)
    entries, _ = read_catalogues(shelf.catalogues, rules)
    catalogue = catalogue_by_period(entries, files, period, rules)
    catalogue = catalogue if unit else catalogue.iloc[:0]
    background = Background(rules, catalogue, moved, period)
    assessed = assess([Assignment(source, unit or rules.roster.names[0], period, period)], background)
    found = assessed.findings[assessed.findings["file"].eq(source.path)]
    return found.sort_values("level", key=lambda levels: levels.ne(ERROR), kind="stable", ignore_index=True)


def _verdict(mine: pd.Series, findings: pd.DataFrame) -> str:
    """What would become of the form."""
    if mine["outcome"] != TAKEN:
        return f"{mine['outcome']}：{mine['reason']}"
    if mine["kind"] == intake.CONTACT:
        return "接收为《对接人员联系表》（只填了“单位信息”），不算填报"
    errors = int(findings["level"].eq(ERROR).sum())
    return f"退回补正：有{errors}处错误，仍先计入" if errors else "接收"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _no_findings() -> pd.DataFrame:
    return pd.DataFrame(columns=["sheet", "cell", "level", "problem", "advice", "code"])


# What is printed.


def report_checks(checked: Sequence[Checked]) -> None:
    """Print what was found, file by file."""
    for one in checked:
        print("\n".join(_lines(one)))


def _lines(one: Checked) -> list[str]:
    counts = one.findings["level"].value_counts()
    errors, remarks = (int(counts.get(level, 0)) for level in (ERROR, REMARK))
    lines = [
        f"{one.path}",
        f"  单位：{one.unit or '没有认出'}　期号：{f'第{one.period}期' if one.period else '没有认出'}",
        f"  结果：{one.verdict}",
        f"  错误{errors}处，提醒{remarks}处" if errors + remarks else "  没有发现问题" if one.unit else "",
    ]
    lines += [
        f"  {level}　{sheet}{' ' + cell if cell else ''}　{problem}；{advice}（{code}）"
        for level, sheet, cell, problem, advice, code in one.findings[
            ["level", "sheet", "cell", "problem", "advice", "code"]
        ].itertuples(index=False)
    ]
    return [line for line in lines if line]
