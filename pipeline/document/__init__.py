"""A briefing as plain data -> the bytes of a .docx in the layout of GB/T 9704-2012."""

from pipeline.document.render import TemplateError, render_briefing

__all__ = ["TemplateError", "render_briefing"]
