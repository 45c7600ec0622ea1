"""Workers: results in order, what dies alone is refused, the others do not notice."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from pipeline.workers import CRASHED, FAULTY, OUT_OF_MEMORY, TIMED_OUT, Done, Failed, Limits, Workers, run_here
from tests.worker_tasks import Shared, act, give_function, has_imported, make_big, shout, tell_process

ROOT = Path(__file__).parents[1]
LIMITS = Limits(workers=2, seconds_per_batch=1.5, seconds_per_task=1.5, memory_mb=150)


@pytest.fixture(scope="module")
def workers():
    with Workers(LIMITS) as workers:
        yield workers


def whys(settled: list) -> dict[str, str]:
    """Why each failed task failed."""
    return {failed.task: failed.why for failed in settled if isinstance(failed, Failed)}


class TestGoodBatches:
    def test_results_come_in_the_order_of_the_batches_whichever_ends_first(self, workers):
        settled = workers.run(act, [["wait a little", "a"], ["b"], [], ["c", "d"]], "+")
        assert settled == [
            Done(("wait a little", "a"), ["+wait a little", "+a"]),
            Done(("b",), ["+b"]),
            Done((), []),
            Done(("c", "d"), ["+c", "+d"]),
        ]

    def test_no_batches_no_results(self, workers):
        assert workers.run(act, [], "+") == []

    def test_the_same_processes_serve_one_run_after_the_other_with_what_each_run_shares(self, workers):
        first = {done.result for done in workers.run(tell_process, [["a"]] * 8, "+")}
        second = {done.result for done in workers.run(tell_process, [["a"]] * 8, "-")}
        assert len(first | second) <= LIMITS.workers
        assert os.getpid() not in first
        assert workers.run(act, [["a"]], "+") + workers.run(act, [["a"]], "-") == [
            Done(("a",), ["+a"]),
            Done(("a",), ["-a"]),
        ]

    def test_what_is_shared_is_read_once_by_each_worker(self, workers, tmp_path):
        workers.run(tell_process, [["a"]] * 20, Shared(tmp_path / "log"))
        processes = (tmp_path / "log").read_text().split()
        assert 1 <= len(processes) == len(set(processes)) <= LIMITS.workers

    def test_what_is_imported_when_idle_is_there_for_the_next_run_and_what_cannot_be_does_no_harm(self):
        with Workers(Limits(workers=1)) as workers:
            workers.import_when_idle("wave", "no_such_module")
            assert workers.run(has_imported, [["wave"]], "") == [Done(("wave",), [False])]
            assert workers.run(has_imported, [["wave"]], "") == [Done(("wave",), [True])]

    def test_large_results_and_noise_on_standard_error_do_no_harm(self, workers, capfd):
        assert [len(done.result) for done in workers.run(make_big, [["a"], ["b", "c"]], "")] == [10_000_000, 20_000_000]
        assert [done.result for done in workers.run(shout, [["a"], ["b"]], "")] == [120_000, 120_000]
        assert "noise" not in capfd.readouterr().err

    def test_progress_adds_up_to_the_tasks(self, workers):
        steps: list[int] = []
        workers.run(act, [["a", "b"], ["c", "raise"], ["d"]], "", steps.append)
        assert sorted(steps) == [1, 1, 1, 2]

    def test_in_this_process_the_results_look_the_same(self, workers):
        batches = [["a", "b"], ["c"]]
        assert run_here(act, batches, "+") == workers.run(act, batches, "+")
        with pytest.raises(ValueError, match="读不了"):
            run_here(act, [["raise"]], "+")


MISDEEDS = [
    ("abort", CRASHED, "in act"),
    ("segfault", CRASHED, "string_at"),
    ("exit badly", CRASHED, "退出码 3"),
    ("leave", CRASHED, "SystemExit"),
    ("panic", CRASHED, "Option::unwrap"),
    ("raise", FAULTY, "ValueError: 这个文件读不了"),
    ("raise unpicklable", FAULTY, "UnpicklableError: a b"),
    ("hang", TIMED_OUT, "in act"),
    ("exit as if all were well", TIMED_OUT, "1.5 秒"),
    ("ask too much", OUT_OF_MEMORY, "MemoryError"),
    ("eat", OUT_OF_MEMORY, "退出码"),
    ("abort as rust does without memory", OUT_OF_MEMORY, "549755813888"),
]


class TestMisdeeds:
    @pytest.fixture(scope="class")
    @classmethod
    def settled(cls, workers):
        """Every misdeed once, in a batch of its own, between good ones."""
        return workers.run(act, [["a"], *([deed] for deed, *_ in MISDEEDS), ["b"]], "+")

    @pytest.mark.parametrize(("deed", "why", "trace"), MISDEEDS)
    def test_is_named_for_what_it_is_with_a_trace_for_the_log(self, settled, deed, why, trace):
        failed = settled[1 + [deed for deed, *_ in MISDEEDS].index(deed)]
        assert isinstance(failed, Failed)
        assert (failed.task, failed.why) == (deed, why)
        assert trace in failed.trace

    def test_does_no_harm_to_other_batches(self, settled):
        assert [settled[0], settled[-1]] == [Done(("a",), ["+a"]), Done(("b",), ["+b"])]

    def test_does_no_harm_to_its_neighbours_in_the_batch_nor_to_the_next_run(self, workers):
        start = time.monotonic()
        settled = workers.run(act, [["a"], ["b", "abort", "c"], ["hang", "d"], ["e"]], "")
        assert [done.tasks for done in settled if isinstance(done, Done)] == [(task,) for task in "abcde"]
        assert whys(settled) == {"abort": CRASHED, "hang": TIMED_OUT}
        assert [type(one) for one in settled] == [Done, Done, Failed, Done, Failed, Done, Done]
        assert workers.run(act, [["a", "b"]], "") == [Done(("a", "b"), ["a", "b"])]
        assert time.monotonic() - start < 15

    def test_workers_ended_from_outside_are_replaced(self, workers):
        workers.run(act, [["a"]], "")
        for child in psutil.Process().children():
            if "spawn_main" in " ".join(child.cmdline()):
                child.kill()
        settled = workers.run(act, [["a"], ["b"], ["c"]], "")
        assert settled == [Done((task,), [task]) for task in "abc"]
        assert workers.run(act, [["a", "b"]], "") == [Done(("a", "b"), ["a", "b"])]

    def test_a_result_that_cannot_be_sent_is_a_fault_of_that_task_alone(self, workers):
        settled = workers.run(give_function, [["a", "bad"], ["b"]], "")
        assert whys(settled) == {"bad": FAULTY}
        assert settled[0] == Done(("a",), 1)

    def test_slow_is_not_hung(self, workers):
        assert not whys(workers.run(act, [["wait a little"] * 3], ""))

    def test_a_function_that_cannot_be_sent_is_a_fault_of_the_caller(self, workers):
        with pytest.raises((AttributeError, TypeError, ValueError), match="pickle"):
            workers.run(lambda tasks, shared: None, [["a"]], "")


class TestEnd:
    def test_no_worker_outlives_the_with_statement(self):
        with Workers(LIMITS) as workers:
            (done,) = workers.run(tell_process, [["a"]], "")
            assert psutil.pid_exists(done.result)
        assert not psutil.pid_exists(done.result)

    @pytest.mark.skipif(sys.platform == "win32", reason="no way to send Ctrl-C to a single process")
    def test_ctrl_c_ends_hanging_workers_at_once(self):
        process = subprocess.Popen(
            [sys.executable, ROOT / "tests" / "interrupted_workers.py"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        children = psutil.Process(process.pid).children()
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=5) == ("interrupted\n", None)
        assert time.monotonic() - start < 2
        assert not psutil.wait_procs(children, timeout=2)[1]
