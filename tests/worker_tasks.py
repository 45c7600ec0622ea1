"""Functions for workers, some of whose tasks misbehave: a task is a word that says what it does."""

import ctypes
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path


class Panic(BaseException):
    """What a library written in Rust raises when it panics: no Exception."""


class UnpicklableError(Exception):
    """An exception that cannot be sent from process to process."""

    def __init__(self, first: str, second: str):
        super().__init__(f"{first} {second}")


def _eat_memory() -> None:
    hoard = []
    while True:
        hoard.append(b"x" * 2**22)


def _say_rust_has_no_memory() -> None:
    os.write(2, b"memory allocation of 549755813888 bytes failed\n" + b"stack backtrace\n" * 500)
    os.abort()


def _raise(error: BaseException) -> None:
    raise error


DEEDS: dict[str, Callable[[], object]] = {
    "abort": os.abort,
    "segfault": lambda: ctypes.string_at(0),
    "exit as if all were well": lambda: os._exit(0),
    "exit badly": lambda: os._exit(3),
    "leave": sys.exit,
    "hang": lambda: time.sleep(60),
    "raise": lambda: _raise(ValueError("这个文件读不了")),
    "raise unpicklable": lambda: _raise(UnpicklableError("a", "b")),
    "panic": lambda: _raise(Panic("called `Option::unwrap()` on a `None` value")),
    "ask too much": lambda: bytearray(2**62),
    "eat": _eat_memory,
    "abort as rust does without memory": _say_rust_has_no_memory,
    "wait a little": lambda: time.sleep(0.3),
}


def act(tasks: tuple[str, ...], shared: str) -> list[str]:
    """What came of the tasks: the shared word and the task, for each that is not a misdeed."""
    for task in tasks:
        DEEDS.get(task, bool)()
    return [f"{shared}{task}" for task in tasks]


def tell_process(tasks: tuple[str, ...], shared: object) -> int:
    """The id of the worker process."""
    time.sleep(0.05)
    return os.getpid()


def give_function(tasks: tuple[str, ...], shared: object) -> object:
    """A result that cannot be sent back, for the task 'bad'."""
    return (lambda: 0) if "bad" in tasks else len(tasks)


class Shared:
    """Something that takes down in a file how often it is unpacked."""

    def __init__(self, log: Path):
        self.log = log

    def __setstate__(self, state: dict) -> None:
        self.__dict__ = state
        with self.log.open("a") as file:
            file.write(f"{os.getpid()}\n")


def shout(tasks: tuple[str, ...], shared: object) -> int:
    """Write more on standard error than a pipe can hold."""
    return os.write(2, b"noise\n" * 20_000)


def make_big(tasks: tuple[str, ...], shared: object) -> bytes:
    """Ten megabytes for each task."""
    return b"x" * 10_000_000 * len(tasks)


def has_imported(modules: tuple[str, ...], _shared: object) -> list[bool]:
    """Whether this process has imported some modules."""
    return [module in sys.modules for module in modules]
