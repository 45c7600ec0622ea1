"""Run a function over batches in worker processes with limits; what dies alone is refused.

A batch may abort its process, hang, take all memory or raise. Then it is run again task by task, each in a fresh
process: what dies there is Failed, everything else is Done. Workers are spawned on every system (Windows cannot fork)
and stay alive between batches, since a new one has to import pandas first.

All workers of a pool share one pipe, and one that is ended while it holds the pipe takes the others with it. So results
go by file, and whatever could raise while it is packed or unpacked goes through the pipe as plain bytes.
"""

import faulthandler
import gc
import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exc
from typing import Any, Generic, Self, TypeVar

import psutil
from pebble import ProcessExpired, ProcessPool

from pipeline.garbage import collect_rarely

if sys.platform == "win32":
    import msvcrt

CRASHED, TIMED_OUT, OUT_OF_MEMORY, FAULTY = "崩溃", "超时", "内存不足", "程序出错"

LOOK = 0.1  # seconds between two looks at the memory of the workers
STALLED = 120.0  # seconds of silence beyond the time limit after which the pool itself counts as broken
TRIES = 3  # pools given to tasks whose pool broke down without telling what became of them
TRACE_ENDS = 2000  # characters kept of the start (a library's last words) and of the end (where the code was) of a log
RUST_OUT_OF_MEMORY = "memory allocation of"  # what a library written in Rust says before it aborts
KILLED = -9  # exit code of a process that Linux ended because memory ran out

Task = TypeVar("Task")
Result = TypeVar("Result")
Function = Callable[[tuple[Task, ...], Any], Result]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Limits:
    """How many workers there are, and what each may take: seconds and megabytes."""

    workers: int = 2
    seconds_per_batch: float = 120
    seconds_per_task: float = 60
    memory_mb: int = 2048


@dataclass(frozen=True)
class Done(Generic[Task, Result]):
    """What the function returned for some tasks: a whole batch, or one task of a batch that had died."""

    tasks: tuple[Task, ...]
    result: Result


@dataclass(frozen=True)
class Failed(Generic[Task]):
    """A task that died alone: `why` is 崩溃, 超时, 内存不足 or 程序出错; `trace` is for the log."""

    task: Task
    why: str
    trace: str


@dataclass(frozen=True)
class _Fault:
    """Why a call came to nothing."""

    why: str
    trace: str


@dataclass(frozen=True)
class _Call:
    """One run of the function in a worker: what goes in, where the result comes out, and how long it may take."""

    tasks: tuple
    work: bytes
    shared: Path
    answer: Path
    seconds: float


_Outcome = Done | _Fault | None  # None: the pool broke down before the call was settled


class Workers:
    """A few worker processes for use in a `with` statement; they stay alive from one `run` to the next.

    With a `module`, which they import first, they start at once: the main process has libraries of its own to import.
    """

    def __init__(self, limits: Limits, module: str = "") -> None:
        self._limits = limits
        self._module = module
        self._later: tuple[str, ...] = ()
        self._pool: ProcessPool | None = None
        self._folder = TemporaryDirectory(prefix="workers-", ignore_cleanup_errors=True)
        self._numbers = count()
        self._greedy: set[int] = set()

    def __enter__(self) -> Self:
        """The workers; without a module the first `run` starts them."""
        if self._module:
            self._pool = self._new_pool(self._module, max_tasks=0)
            _ = self._pool.active  # asking starts it
        return self

    def __exit__(self, *_: object) -> None:
        """End the workers at once, whatever they are doing."""
        if self._pool:
            _stop(self._pool)
        self._folder.cleanup()

    def import_when_idle(self, *modules: str) -> None:
        """Let the workers import what they will need later as soon as they have nothing else to do."""
        self._later = modules

    @property
    def folder(self) -> Path:
        """A folder in which workers may leave files to each other; it goes with them."""
        return Path(self._folder.name)

    @property
    def count(self) -> int:
        """How many workers there are."""
        return self._limits.workers

    def run(
        self,
        function: Function[Task, Result],
        batches: Sequence[Sequence[Task]],
        shared: object,
        progress: Progress = lambda tasks: None,
    ) -> list[Done[Task, Result] | Failed[Task]]:
        """What `function(tasks, shared)` returned for each batch, in the order of the batches.

        In the place of a batch that died stand its tasks one by one, Done or Failed. `function` is a top-level
        function; `shared` goes to each worker once. `progress` is told how many more tasks are settled.
        """
        if not batches:
            return []
        path = self._new_path("shared")
        path.write_bytes(_packed(shared))
        calls = self._calls(function, [tuple(batch) for batch in batches], path, self._limits.seconds_per_batch)
        firsts = self._run_together(function, calls, progress)
        died = [call for call, first in zip(calls, firsts, strict=True) if not isinstance(first, Done)]
        singles = [(task,) for call in died for task in call.tasks]
        alone = self._calls(function, singles, path, self._limits.seconds_per_task)
        seconds = iter(self._run_alone(function, alone, progress))
        path.unlink()
        return [
            settled
            for call, first in zip(calls, firsts, strict=True)
            for settled in ([first] if isinstance(first, Done) else islice(seconds, len(call.tasks)))
        ]

    def _calls(self, function: Callable, batches: list[tuple], shared: Path, seconds: float) -> list[_Call]:
        return [
            _Call(tasks, pickle.dumps((function, tasks)), shared, self._new_path("answer"), seconds)
            for tasks in batches
        ]

    def _run_together(self, function: Callable, calls: list[_Call], progress: Progress) -> list[_Outcome]:
        """Run whole batches on the workers that stay alive."""
        if not calls:
            return []
        pool = self._lasting_pool(function.__module__)
        outcomes: list[_Outcome] = [None] * len(calls)
        for number, outcome in self._settle(pool, calls):
            outcomes[number] = outcome
            if isinstance(outcome, Done):
                progress(len(outcome.tasks))
        self._import_later(pool)
        return outcomes

    def _import_later(self, pool: ProcessPool) -> None:
        modules, self._later = self._later, ()
        if modules and pool.active:
            for _ in range(self._limits.workers):
                pool.schedule(_import, args=(modules,))

    def _run_alone(self, function: Callable, calls: list[_Call], progress: Progress) -> list[Done | Failed]:
        """Run single tasks, each in a process of its own."""
        outcomes: list[_Outcome] = [None] * len(calls)
        for _ in range(TRIES):
            todo = [number for number, outcome in enumerate(outcomes) if outcome is None]
            if not todo:
                break
            pool = self._new_pool(function.__module__, max_tasks=1)
            try:
                for number, outcome in self._settle(pool, [calls[number] for number in todo]):
                    outcomes[todo[number]] = outcome
                    progress(1)
            finally:
                _stop(pool)
        return [_final(call, outcome) for call, outcome in zip(calls, outcomes, strict=True)]

    def _settle(self, pool: ProcessPool, calls: list[_Call]) -> Iterator[tuple[int, Done | _Fault]]:
        """Yield the number and the outcome of each call as it is settled; ends the pool where that broke down."""
        scheduled = [(_schedule(pool, call), number) for number, call in enumerate(calls)]
        numbers: dict[Future, int] = {future: number for future, number in scheduled if future}
        patience = max(call.seconds for call in calls) + STALLED
        pending, silence = set(numbers), 0.0
        while pending and pool.active and silence < patience:
            done, pending = wait(pending, timeout=LOOK, return_when=FIRST_COMPLETED)
            silence = 0.0 if done else silence + LOOK
            self._greedy |= _end_greedy(self._limits.memory_mb)
            for future in done:
                outcome = _outcome(future, calls[numbers[future]], self._greedy)
                if outcome:
                    yield numbers[future], outcome
        if pending:
            _stop(pool)

    def _lasting_pool(self, module: str) -> ProcessPool:
        if self._pool and not self._pool.active:
            _stop(self._pool)
            self._pool = None
        self._pool = self._pool or self._new_pool(module, max_tasks=0)
        return self._pool

    def _new_pool(self, module: str, max_tasks: int) -> ProcessPool:
        spawn: Any = multiprocessing.get_context("spawn")
        return ProcessPool(
            max_workers=self._limits.workers,
            max_tasks=max_tasks,
            initializer=_prepare,
            initargs=(module, str(self._new_path("start"))),
            context=spawn,
        )

    def _new_path(self, what: str) -> Path:
        return Path(self._folder.name, f"{what}-{next(self._numbers)}")


def run_here(
    function: Function[Task, Result], batches: Sequence[Sequence[Task]], shared: object
) -> list[Done[Task, Result]]:
    """The same as `Workers.run` in this very process, without limits: what the function raises is raised."""
    return [Done(tuple(batch), function(tuple(batch), shared)) for batch in batches]


# In the main process.


def _schedule(pool: ProcessPool, call: _Call) -> Future | None:
    try:
        arguments = (call.work, str(call.shared), str(call.answer), call.seconds)
        return pool.schedule(_work, args=arguments, timeout=call.seconds)
    except RuntimeError:  # the pool has broken down
        return None


def _outcome(future: Future, call: _Call, greedy: set[int]) -> _Outcome:
    """What became of a call whose future is done."""
    try:
        fault = future.result()
    except TimeoutError:
        return _Fault(TIMED_OUT, f"超过 {call.seconds:g} 秒\n{_shortened(_read_log(call))}")
    except ProcessExpired as error:
        return _expired(error, _read_log(call), greedy)
    except (BrokenProcessPool, CancelledError):
        return None
    if fault:
        return _Fault(*fault)
    result = pickle.loads(call.answer.read_bytes())
    call.answer.unlink()
    return Done(call.tasks, result)


def _expired(error: ProcessExpired, log: str, greedy: set[int]) -> _Fault:
    starved = error.pid in greedy or error.exitcode == KILLED or RUST_OUT_OF_MEMORY in log
    greedy.discard(error.pid)  # the system may give the id to another process
    return _Fault(OUT_OF_MEMORY if starved else CRASHED, f"进程退出码 {error.exitcode}\n{_shortened(log)}")


def _shortened(log: str) -> str:
    return log if len(log) <= 2 * TRACE_ENDS else f"{log[:TRACE_ENDS]}\n…\n{log[-TRACE_ENDS:]}"


def _read_log(call: _Call) -> str:
    """What the worker said on its standard error."""
    try:
        return _log_path(str(call.answer)).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _final(call: _Call, outcome: _Outcome) -> Done | Failed:
    if isinstance(outcome, Done):
        return outcome
    fault = outcome or _Fault(CRASHED, "工作进程反复中断")
    return Failed(call.tasks[0], fault.why, fault.trace)


def _end_greedy(memory_mb: int) -> set[int]:
    """The ids of the workers that held more memory than they may; they are ended."""
    greedy = [child for child in multiprocessing.active_children() if _memory_of(child.pid) > memory_mb]
    for child in greedy:
        child.kill()
    return {child.pid for child in greedy if child.pid}


def _memory_of(process: int | None) -> float:
    """The megabytes a process holds; on Windows those it was promised, since what it holds may be on the disk."""
    try:
        info = psutil.Process(process).memory_info()
    except psutil.Error:
        return 0
    return getattr(info, "private", info.rss) / 2**20


def _stop(pool: ProcessPool) -> None:
    pool.stop()
    pool.join()


# In a worker.


def _prepare(module: str, log: str) -> None:
    """Make a new worker ready: quick to end, silent on the console, with the libraries of its work imported."""
    collect_rarely()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _log_to(Path(log))
    faulthandler.enable(file=2)
    if sys.platform == "win32":  # no window “python.exe has stopped working” that waits for somebody
        msvcrt.SetErrorMode(msvcrt.SEM_FAILCRITICALERRORS | msvcrt.SEM_NOGPFAULTERRORBOX)
    with suppress(BaseException):  # it will be raised, and caught, again at the first call
        import_module(module)
    gc.freeze()  # what was imported stays


def _import(modules: tuple[str, ...]) -> None:
    """Import what will be needed; what cannot be imported is told where it is needed."""
    with suppress(Exception):
        for module in modules:
            import_module(module)


def _work(work: bytes, shared: str, answer: str, seconds: float) -> tuple[str, str] | None:
    """None where the result lies in the file `answer`, else why there is none and the traceback."""
    _log_to(_log_path(answer))
    faulthandler.dump_traceback_later(0.9 * seconds, file=2)
    try:
        function, tasks = pickle.loads(work)
        Path(answer).write_bytes(_packed(function(tasks, _load(shared))))
    except MemoryError:
        return OUT_OF_MEMORY, format_exc()
    except Exception:
        return FAULTY, format_exc()
    except BaseException:  # a panic in a library written in Rust is no Exception
        return CRASHED, format_exc()
    finally:
        faulthandler.cancel_dump_traceback_later()
    return None


@lru_cache(maxsize=1)
def _load(path: str) -> Any:
    """What all calls of a run share; a worker reads it once."""
    return pickle.loads(Path(path).read_bytes())


def _packed(value: object) -> bytes:
    """The value as bytes for another process; the newest format takes frames without copying them first."""
    return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)


def _log_path(answer: str) -> Path:
    return Path(answer + ".log")


def _log_to(path: Path) -> None:
    """Send what this process, its libraries included, says on standard error to a file."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(handle, 2)
    os.close(handle)
