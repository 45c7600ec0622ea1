"""Sheets as plain data -> the bytes of an .xlsx."""
