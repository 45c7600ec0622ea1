"""A process whose workers hang, to be interrupted: prints 'ready' when they do, 'interrupted' when it is told."""

from pipeline.workers import Limits, Workers
from tests.worker_tasks import act

if __name__ == "__main__":
    try:
        with Workers(Limits(workers=2, seconds_per_batch=100)) as workers:
            settled = workers.run(act, [["a"]], "")
            print("ready", flush=True)
            workers.run(act, [["hang"], ["hang"], ["hang"]], "")
    except KeyboardInterrupt:
        print("interrupted", flush=True)
