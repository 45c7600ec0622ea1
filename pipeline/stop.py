"""The one way a run ends early: with words for a person and an exit code."""


class Stop(Exception):
    """What to say, in Chinese, and the exit code (0 help, 2 something to mend, 3 nothing to process)."""

    code = 2

    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.text, self.code = text, self.code if code is None else code
