"""How often Python looks for objects that nobody needs: seldom, since nearly all that a run makes lives to its end."""

import gc

COLLECT_AFTER = 50_000  # new objects; Python's own choice, 700, costs a run a twentieth of its time


def collect_rarely() -> None:
    """Nothing; from now on this process looks for unneeded objects only after many new ones."""
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
