"""单位情况 as plain data -> a .docx in the styles of templates/简报模板.docx, a page for each unit."""

from pipeline.document.blocks import UnitPage, UnitPages, UnitPart
from pipeline.document.paper import drop_letterhead, open_template, put_together, sign, text_width
from pipeline.document.tables import set_block
from pipeline.document.wordml import Setting
from pipeline.wording import Layout


def render_unit_pages(units: UnitPages, layout: Layout, template: bytes) -> bytes:
    """单位情况 as a .docx; the same three give the same bytes.

    Raises TemplateError as render_briefing does. The page turns before every unit's name, by its style.
    """
    paper = open_template(template)
    drop_letterhead(paper)
    setting = Setting(paper.styles, layout, text_width(paper.page), {}, {})
    text = "".join(_page(page, setting) for page in units.pages)
    sign(paper, units.title, units.author, units.date)
    return put_together(paper, text)


def _page(page: UnitPage, setting: Setting) -> str:
    top = [setting.line("单位情况标题", page.unit), setting.line("单位情况说明", page.note)]
    first = [setting.line("单位情况正文", line) for line in page.lines]
    return "".join([*top, *first, *(_part(part, setting) for part in page.parts)])


def _part(part: UnitPart, setting: Setting) -> str:
    lines = [setting.line("单位情况正文", line) for line in part.lines]
    table = set_block(part.table, setting) if part.table else []
    return "".join([setting.line("单位情况小标题", part.title), *lines, *table])
