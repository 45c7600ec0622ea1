"""A process that publishes and is killed at a step: `python killed_publish.py FOLDER STEP`, the files as JSON on stdin.

Python announces every opening, renaming and removing of a file; the process ends, without any clean-up, at the
announcement number STEP, and leaves a file it was about to write half written. It ends with 0 where it was through
before.
"""

import itertools
import json
import os
import sys
from pathlib import Path

from pipeline.publish import publish

STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}


def main(folder: Path, step: int) -> None:
    """Publish the files given on stdin, up to the step."""
    files = {name: text.encode() for name, text in json.load(sys.stdin).items()}
    steps = itertools.count()

    def die_at_step(event: str, details: tuple) -> None:
        if event not in STEPS or next(steps) != step:
            return
        if event == "open" and "w" in str(details[1]):
            Path(details[0]).write_bytes(b"ha")
        os._exit(9)

    sys.addaudithook(die_at_step)
    publish(folder, files)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
