"""python -m tests.bench: the program and the naive script on the same large submissions, in turn, and how they compare."""

import argparse
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from compileall import compile_dir
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import gettempdir

import psutil

from pipeline.cli import MOST_WORKERS
from tests.bench.submissions import ROOT, Size, prepare

LOOK = 0.05  # seconds between two looks at the memory


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds on the clock and of all processors, the most megabytes its processes held together."""

    seconds: float
    worked: float
    megabytes: float


def main(arguments: Sequence[str]) -> None:
    """Run both in turn several times and print the medians."""
    options = _options(arguments)
    size = Size(options.units, options.items, options.stages)
    # A program in use lies compiled on the disk after its first run; where PYTHONDONTWRITEBYTECODE is set it never would.
    compile_dir(ROOT / "pipeline", quiet=1)
    inputs, outputs = prepare(options.folder, size), options.folder / "outputs"
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    commands = {
        f"process.py, {workers} workers": _program(inputs, outputs, workers),
        "process.py, 1 worker": _program(inputs, outputs, 1),
        "naive.py": [sys.executable, "-m", "tests.bench.naive", str(inputs), str(outputs)],
    }
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(options.runs):
        for name, command in commands.items():
            shutil.rmtree(outputs, ignore_errors=True)  # so that neither finds its work done
            costs[name].append(measure(command))
    print(
        f"{size.units} units × {size.items} items, {size.stages} stages each; {os.cpu_count()} processors, {options.runs} runs"
    )
    print("\n".join(compare(costs)))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    for name, default in (("units", Size.units), ("items", Size.items), ("stages", Size.stages), ("runs", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()) / "yingjinbijin-bench")
    return parser.parse_args(arguments)


def _program(inputs: Path, outputs: Path, workers: int) -> list[str]:
    """The program with all its outputs."""
    places = ["--inputs", str(inputs), "--outputs", str(outputs), "--workers", str(workers)]
    return [sys.executable, str(ROOT / "process.py"), *places]


def measure(command: Sequence[str]) -> Cost:
    """What the command cost as a whole process, its workers included; raises CalledProcessError where it failed."""
    start, before = time.perf_counter(), _worked()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    held: list[float] = [0.0]
    watch = threading.Thread(target=_watch, args=(process.pid, held))
    watch.start()
    code = process.wait()
    seconds = time.perf_counter() - start
    watch.join()
    if code:
        raise subprocess.CalledProcessError(code, command)
    return Cost(seconds, _worked() - before, max(held))


def _worked() -> float:
    """The seconds of processor time of everything this process has started and seen end (none on Windows)."""
    times = os.times()
    return times.children_user + times.children_system


def _watch(process: int, held: list[float]) -> None:
    """Note what the process and its children hold, until it ends."""
    try:
        root = psutil.Process(process)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            held.append(sum(map(_memory_of, [root, *root.children(recursive=True)])))
            time.sleep(LOOK)
    except psutil.NoSuchProcess:
        return


def _memory_of(process: psutil.Process) -> float:
    try:
        return process.memory_info().rss / 2**20
    except psutil.Error:
        return 0.0


def compare(costs: dict[str, list[Cost]]) -> list[str]:
    """A line for each: the medians of its costs, and how many times as long the last one takes."""
    seconds = {name: median(cost.seconds for cost in runs) for name, runs in costs.items()}
    *_, naive = seconds.values()
    return [_line(name, seconds[name], runs, naive) for name, runs in costs.items()]


def _line(name: str, seconds: float, runs: list[Cost], naive: float) -> str:
    worked, held = (median(getattr(cost, what) for cost in runs) for what in ("worked", "megabytes"))
    return f"{name:24}{seconds:6.1f} s {worked:6.1f} s of processors {held:6.0f} MB  {naive / seconds:4.1f} ×"


if __name__ == "__main__":
    main(sys.argv[1:])
