"""What a run would change against the outputs that are there: files, states, ranks, figures, in a short table."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.book import open_book
from pipeline.finals import RawFinal, final_in
from pipeline.findings import text_of
from pipeline.outputs import SUMMARY
from pipeline.publish import Published
from pipeline.run import Result
from pipeline.sniff import NotReadable
from pipeline.summary.ranking import unit_states
from pipeline.tables import period_name

MOST_UNITS = 10  # so many units are told, of the others only the number
NOTHING = "—"
# The checks whose 分子 are told for the district: 事项进驻, 授权, 对接, 环节.
FIGURES = {3: "已进驻事项", 4: "已授权事项", 5: "已对接事项", 6: "环节全部进驻的事项"}


class Change(NamedTuple):
    """One thing that would be otherwise: what, as it stands in outputs/, as it would be."""

    what: str
    before: str
    after: str


def list_changes(folder: Path, result: Result, published: Published) -> list[Change]:
    """What would be otherwise in the folder of a period: its files, the district's figures, states, scores and ranks of units.

    published: what publishing would do. Without a readable 汇总表 in the folder only the files are compared.
    """
    files = [
        *(Change(name, NOTHING if _is_new(folder, name) else "旧的一份", "新的一份") for name in _named(published.written)),
        *(Change(name, "有", "不再生成") for name in published.removed),
    ]  # fmt: skip
    there = _summary_there(folder, result)
    if there is None:
        return files
    return [*_figures(there, result), *_units(there, result), *files]


def report_changes(folder: Path, changes: list[Change]) -> None:
    """Print the table, or that nothing would change."""
    console = Console(highlight=False, soft_wrap=True)
    if not changes:
        console.print(f"[bold]试运行：{escape(str(folder))} 中的结果不会改变；没有写文件[/bold]")
        return
    table = Table("会改动什么", "现在", "运行后", title="试运行，没有写文件", title_justify="left", show_edge=False)
    for change in changes:
        table.add_row(*map(escape, change))
    console.print(table)


def _named(names: tuple[str, ...]) -> list[str]:
    """The names, those in a folder of their own as one."""
    return sorted({name.split("/")[0] for name in names})


def _is_new(folder: Path, name: str) -> bool:
    return not (folder / name).exists()


def _summary_there(folder: Path, result: Result) -> RawFinal | None:
    path = folder / f"{SUMMARY}（{period_name(result.period.number)}）.xlsx"
    try:
        return final_in(open_book(path.read_bytes()))
    except (OSError, NotReadable):
        return None


def _figures(there: RawFinal, result: Result) -> list[Change]:
    before = there.tables.get("自查对照", pd.DataFrame())
    if not {"序号", "分子", "分母"} <= set(before.columns):
        return []
    numbers = before[["序号", "分子", "分母"]].apply(pd.to_numeric, errors="coerce")
    old = numbers.groupby("序号")[["分子", "分母"]].sum()
    new = result.checks.groupby("check")[["numerator", "denominator"]].sum()
    told = [
        Change(f"全区{name}", _share(old, number), _share(new, number)) for number, name in FIGURES.items()
    ]  # fmt: skip
    return [change for change in told if change.before != change.after]


def _share(sums: pd.DataFrame, number: int) -> str:
    if number not in sums.index:
        return NOTHING
    return "/".join(str(count) for count in sums.loc[[number]].to_numpy().astype("int64")[0])


def _units(there: RawFinal, result: Result) -> list[Change]:
    """A line for each unit whose state, score or rank would be another."""
    before = there.tables.get("单位排名", pd.DataFrame())
    if not {"单位名称", "状态", "评比得分", "名次"} <= set(before.columns):
        return []
    old = {
        text_of(row[0]): _standing(*row[1:])
        for row in before[["单位名称", "状态", "评比得分", "名次"]].itertuples(index=False)
    }
    units = result.units.assign(shown=unit_states(result))
    new = {row[0]: _standing(*row[1:]) for row in units[["unit", "shown", "score", "rank"]].itertuples(index=False)}
    changed = [Change(unit, old.get(unit, NOTHING), now) for unit, now in new.items() if old.get(unit, NOTHING) != now]
    more = len(changed) - MOST_UNITS
    return changed[:MOST_UNITS] + ([Change(f"另有{more}个单位", "", "")] if more > 0 else [])


def _standing(state: object, score: object, rank: object) -> str:
    """“已接收，85.20分，第3名”."""
    points = pd.to_numeric(pd.Series([score, rank]), errors="coerce")
    parts = [text_of(state)]
    parts += [f"{points[0]:.2f}分"] if pd.notna(points[0]) else []
    parts += [f"第{int(points[1])}名"] if pd.notna(points[1]) else []
    return "，".join(parts)
