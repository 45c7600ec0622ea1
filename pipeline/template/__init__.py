"""The form as a workbook to fill in: blank, prefilled or re-written (python -m pipeline.template makes the committed one)."""

from pipeline.template.book import TEMPLATE, Stamp, Values, write_form

__all__ = ["TEMPLATE", "Stamp", "Values", "write_form"]
