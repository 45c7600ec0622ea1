"""Looks added to the styles of a unit's workbook; one that is there already is used again."""

from functools import lru_cache
from typing import Any, NamedTuple

from lxml import etree

from pipeline.returns.package import BOOK, MAIN, Package

GROUPS = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst",
)  # fmt: skip
SPACE = f'xmlns="{MAIN.strip("{}")}"'


class Look(NamedTuple):
    """How a cell looks: its font (colours as ARGB), fill (blank: none), a line below, centred; a text whatever it begins with."""

    size: float = 11
    bold: bool = False
    ink: str = "FF000000"
    underlined: bool = False
    fill: str = ""
    line: str = ""
    centred: bool = False
    quoted: bool = False


class Looks:
    """The styles of a workbook, by which looks get their numbers."""

    def __init__(self, package: Package) -> None:
        """Take the styles of a workbook, to be added to."""
        self._root = package.change(package.target(BOOK, "styles"))
        self.cell = lru_cache(maxsize=None)(self._cell)

    def colour(self, ink: str, fill: str) -> int:
        """The number of a look laid over a cell by a condition: ink, fill and a box in the ink's colour."""
        sides = "".join(
            f'<{side} style="thin"><color rgb="{ink}"/></{side}>' for side in ("left", "right", "top", "bottom")
        )
        return self._number(
            "dxfs",
            f'<dxf {SPACE}><font><color rgb="{ink}"/></font><fill><patternFill patternType="solid"><fgColor rgb="{fill}"/>'
            f'<bgColor rgb="{fill}"/></patternFill></fill><border>{sides}</border></dxf>',
        )

    def _cell(self, look: Look) -> int:
        """The number of a cell's look."""
        font = (
            f"<font {SPACE}>{'<b/>' * look.bold}{'<u/>' * look.underlined}"
            f'<sz val="{look.size:g}"/><color rgb="{look.ink}"/><name val="宋体"/></font>'
        )
        pattern = f'"solid"><fgColor rgb="{look.fill}"/></patternFill>' if look.fill else '"none"/>'
        bottom = f'<bottom style="thin"><color rgb="{look.line}"/></bottom>' if look.line else "<bottom/>"
        numbers = (
            self._number("fonts", font),
            self._number("fills", f"<fill {SPACE}><patternFill patternType={pattern}</fill>"),
            self._number("borders", f"<border {SPACE}><left/><right/><top/>{bottom}<diagonal/></border>"),
        )
        across = 'horizontal="center" ' * look.centred
        return self._number(
            "cellXfs",
            '<xf {} numFmtId="0" fontId="{}" fillId="{}" borderId="{}" xfId="0"{} applyFont="1" applyFill="1" applyBorder="1" '
            'applyAlignment="1"><alignment {}vertical="center" wrapText="1"/></xf>'.format(
                SPACE, *numbers, ' quotePrefix="1"' * look.quoted, across
            ),
        )

    def _number(self, group: str, xml: str) -> int:
        """The place of a style in its group, where it is put if it is not there."""
        styles = self._group(group)
        new = etree.fromstring(xml)
        known = [_canonical(style) for style in styles]
        if _canonical(new) not in known:
            styles.append(new)
            styles.set("count", str(len(styles)))
            return len(styles) - 1
        return known.index(_canonical(new))

    def _group(self, name: str) -> Any:
        found = self._root.find(MAIN + name)
        if found is None:
            found = etree.Element(MAIN + name)
            later = [MAIN + group for group in GROUPS[GROUPS.index(name) :]]
            places = [place for place, other in enumerate(self._root) if other.tag in later]
            self._root.insert(places[0] if places else len(self._root), found)
        return found


def _canonical(style: Any) -> bytes:
    written: bytes = etree.tostring(style, method="c14n", exclusive=True, with_tail=False)
    return written
