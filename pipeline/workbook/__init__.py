"""Sheets as plain data -> the bytes of an .xlsx."""

from pipeline.workbook.render import render_workbook

__all__ = ["render_workbook"]
