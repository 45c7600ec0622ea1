"""What a run says at its end: what to open, and what needs a person."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.markup import escape

from pipeline.district import District
from pipeline.letters import address_of
from pipeline.publish import Published
from pipeline.register.layout import register_layout
from pipeline.run import Result
from pipeline.words import ACCEPTED, RETURNED

LOG = "运行日志.txt"
NAMED = 3  # so many files are named, of the others only the number


def report_run(district: District, folder: Path, notices: Sequence[str], faults: Sequence[str]) -> None:
    """Print a short summary: figures, and what needs a person."""
    console = Console(highlight=False, soft_wrap=True)
    result = district.result
    console.print(f"[bold]第{result.period.number}期（截至{result.period.cutoff:%Y-%m-%d}）[/bold]")
    for line in [*_figures(result), *_needs(result), *_waiting(district.waiting)]:
        console.print(line)
    for notice in notices:
        console.print(f"[yellow]注意[/yellow] {escape(notice)}")
    if faults:
        console.print(f"[red]程序出错[/red] {len(faults)}处，详见 {escape(str(write_log(folder.parent, faults)))}")


def report_files(folder: Path, published: Published) -> None:
    """Print what was written, and where."""
    console = Console(highlight=False, soft_wrap=True)
    console.print("[bold]请打开：[/bold]")
    for line in _files(folder, published):
        console.print(f"  {escape(line)}")


def _files(folder: Path, published: Published) -> list[str]:
    """The files of the period, those in a folder of their own as one line."""
    names = sorted({*published.written, *published.unchanged})
    inner = [name.split("/")[0] for name in names if "/" in name]
    lines = [f"{folder / name}（{inner.count(name)}个文件）" for name in dict.fromkeys(inner)]
    marks = {name: "" if name in published.written else "（没有变化）" for name in names}
    return [f"{folder / name}{mark}" for name, mark in marks.items() if "/" not in name] + lines


def write_log(folder: Path, faults: Iterable[str]) -> Path:
    """Where the faults of the program were written down."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOG
    path.write_text("\n\n".join(faults), encoding="utf-8")
    return path


def _figures(result: Result) -> list[str]:
    units = result.units
    reported = units["state"].isin([ACCEPTED, RETURNED])
    late = reported & units["late"]
    five = result.five.set_index("name").loc["事项"]
    return [
        f"  应报{len(units)}个单位：按时{(reported & ~late).sum()}，逾期{late.sum()}，未报{(~reported).sum()}",
        f"  应进驻事项{five['target']}项，已进驻{five['done']}项",
    ]


def _needs(result: Result) -> list[str]:
    """What needs a person: units and files, each with what to do."""
    units, files = result.units, result.files
    silent = units.loc[~units["state"].isin([ACCEPTED, RETURNED]), "unit"]
    returned = units[units["state"].eq(RETURNED)]
    lines = [f"[red]未报送[/red] {'、'.join(silent)}"] if len(silent) else []
    if len(returned):
        named = "、".join(
            f"{unit}（{errors}处）" for unit, errors in zip(returned["unit"], returned["errors"], strict=True)
        )
        lines.append(f"[yellow]退回补正[/yellow] {named}")
    unaddressed = [unit for unit in units["unit"] if not address_of(unit, result)]
    if unaddressed:
        lines.append(f"[yellow]没有邮箱[/yellow] 通知草稿没有收件人，发送前请填写：{'、'.join(unaddressed)}")
    lines += _entries_to_check(result)
    for period, late in result.late_corrections.groupby("period"):
        told = "、".join(f"{unit}（{escape(file)}）" for unit, file in zip(late["unit"], late["file"], strict=True))
        lines.append(f"[cyan]更正[/cyan] 第{period}期定稿以后才来的表，从本期起计入：{told}")
    now = result.period.number
    # A form under last fortnight's 期号 may be this period's: its 填报日期 says so.
    open_now = files["period"].isna() | files["period"].eq(now) | files["window"].eq(now).fillna(False)
    doubtful = files[files["outcome"].isin(["拒收", "期号待确认"]) & open_now]
    lines += [
        f"[red]{outcome}[/red] {escape(file)}：{escape(reason)}"
        for outcome, file, reason in zip(doubtful["outcome"], doubtful["file"], doubtful["reason"], strict=True)
    ]
    return ["  " + line for line in lines] or ["  各单位都已报送，没有需要处理的"]


def _entries_to_check(result: Result) -> list[str]:
    """How many entries of the register want a look, by sheet."""
    if result.remarks.empty:
        return []
    titles = {key: layout.sheet.title for key, layout in register_layout(result.rules).items()}
    counts = result.remarks.drop_duplicates(["sheet", "row"]).groupby("sheet", sort=False).size()
    told = "、".join(f"{titles[str(sheet)]}{count}行" for sheet, count in counts.items())
    return [f"[yellow]登记表[/yellow] {escape(result.decisions.file)} 有需要核对的：{told}；见新登记表最后一栏“提示”"]


def _waiting(waiting: pd.DataFrame) -> list[str]:
    """Forms of later periods, a line for each period, naming the first few files."""
    lines = []
    for period, files in waiting.groupby("period")["file"]:
        named = "、".join(files.head(NAMED)) + ("等" if len(files) > NAMED else "")
        lines.append(f"  [cyan]等下期[/cyan] 第{period}期的表{len(files)}份，本次没有计入：{escape(named)}")
    return lines
