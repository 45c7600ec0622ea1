"""退回/<单位>.xlsx: the unit's own file with every fault marked, and a sheet 退回说明 that says what to do."""

from pipeline.returns.book import return_form
from pipeline.returns.notes import Note, write_notes

__all__ = ["Note", "return_form", "write_notes"]
