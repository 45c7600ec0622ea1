"""The command line: options, help and progress, in Chinese. Imports nothing heavy, so that --help answers at once."""

import argparse
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

from pipeline.stop import Stop

if TYPE_CHECKING:
    from pipeline.workers import Limits

MOST_WORKERS = 4  # more than this only wait for each other
MOST_MEMORY = 1536  # megabytes a worker may hold; the largest honest workbook needs a tenth of it
ROOT = Path(__file__).resolve().parent.parent
HELP = """用法：python process.py [命令] [选项]
      python process.py check 文件…

命令：
  （不写）              读取 inputs 文件夹，生成 outputs/第N期/ 中的工作简报、汇总表和办公室登记表
  templates             生成下一期的填报表，每个单位一份，已填好上期内容，在 outputs/第N期/下发/
  check 文件…           核对一份或几份填报表，列出全部问题（单位发出之前可以自己查，不写任何文件）
  demo                  生成一个示例区（33个单位、三期）并逐期处理，结果在 outputs/示例/

选项：
  --inputs 文件夹       收到的填报表放在哪里（默认 inputs）
  --outputs 文件夹      结果写到哪里（默认 outputs）
  --rules 文件夹        规则文件在哪里（默认 rules）
  --period N            处理第几期（默认：至少三个单位报送的最近一期；templates 默认是它的下一期）
  --workers N           同时用几个进程读表（默认按电脑核数，最多4个）
  --dry-run             只说明会改动什么，不写文件
  -h, --help            显示本说明

退出码：0 处理完成；1 程序出错；2 参数或规则文件需要改正；3 没有可处理的填报表
"""


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    command: str
    inputs: Path
    outputs: Path
    rules: Path
    period: int | None
    workers: int | None
    dry_run: bool
    files: tuple[Path, ...] = ()

    @property
    def limits(self) -> "Limits":
        """How many worker processes, and what each may take."""
        from pipeline.workers import Limits

        return Limits(workers=self.workers or min(os.cpu_count() or 1, MOST_WORKERS), memory_mb=MOST_MEMORY)

    @property
    def template(self) -> Path:
        """The letterhead of the briefing."""
        return ROOT / "templates" / "简报模板.docx"

    def of(self, **changes: Any) -> Self:
        """The same options with some changed."""
        return replace(self, **changes)


def parse_options(arguments: list[str]) -> Options:
    """The options of a command line.

    Raises Stop with the help (code 0) or what is wrong with the arguments (code 2).
    """
    survive_narrow_terminals()
    parser = _Parser(add_help=False)
    parser.add_argument("command", nargs="?", default="process", choices=["process", "templates", "check", "demo"])
    parser.add_argument("files", nargs="*", type=Path)
    for name, default in (("inputs", "inputs"), ("outputs", "outputs"), ("rules", "rules")):
        parser.add_argument(f"--{name}", type=Path, default=ROOT / default)
    parser.add_argument("--period", type=int)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("-h", "--help", action="store_true")
    found = vars(parser.parse_intermixed_args(arguments))
    if found.pop("help"):
        raise Stop(HELP, 0)
    found["files"] = tuple(found["files"])
    if bool(found["files"]) != (found["command"] == "check"):
        parser.error("only check takes files, and needs them")
    return Options(**found)


def survive_narrow_terminals() -> None:
    """Let a terminal that lacks a character (GBK) show “?” instead of ending the run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


class _Parser(argparse.ArgumentParser):
    """argparse without its English words."""

    def error(self, message: str) -> NoReturn:
        given = " ".join(sys.argv[1:])
        raise Stop(f"命令写得不对：{given}\n\n{HELP}", 2)


class Progress:
    """A bar on a terminal; silent elsewhere."""

    def __enter__(self) -> Self:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Bar(*columns, transient=True, disable=not sys.stdout.isatty())
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def step(self, what: str, total: int) -> "Step":
        """A step of `total` parts; call the result with the number of parts just done."""
        return Step(self._bar, self._bar.add_task(what, total=total))


@dataclass(frozen=True)
class Step:
    """One line of the progress display."""

    bar: Any
    task: Any

    def __call__(self, done: int) -> None:
        """Move the bar on by `done` parts."""
        self.bar.advance(self.task, done)
