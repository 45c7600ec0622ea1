"""Result -> the sheets of 汇总表, as plain data."""

from pipeline.summary.book import summary_sheets

__all__ = ["summary_sheets"]
