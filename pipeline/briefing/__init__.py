"""Result -> the 工作简报 as plain data: sections, annexes, every number from the result."""

from pipeline.briefing.body import write_briefing

__all__ = ["write_briefing"]
