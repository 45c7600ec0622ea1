"""What units wrote in their own words, as a 工作简报 may quote it."""

import re
import unicodedata
from collections.abc import Iterable
from string import whitespace

from pipeline.tables import NO_PHONE, NOTHING_TOLD, hide_contact

NO_NAME = "（姓名略）"
CUT_OFF = "……"
_LINES = re.compile(r"[\r\n\u2028\u2029\v\f]+")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_ENDS = "。；，、：！？…,.;:!?"
# Shorter numbers without a word that says what they are: seven or eight digits in one or two pieces, unless they are
# a date, a span of years, part of a longer number or followed by what is counted.
_BARE_PHONE = re.compile(
    r"(?<![\d.A-Za-z〔号第])(?!(?:19|20)\d{2}[-—－ ]?(?:19|20)\d{2}(?!\d))(?!20\d{2}(?:0[1-9]|1[0-2])[0-3]\d(?!\d))"
    r"\d{3,4}[-—－ ]?\d{4}(?![\d.]|\s*[A-Za-z号元万亿件项个户人家平米吨度年月%％])"
)


def quote(text: object, most: int, names: Iterable[str] = ()) -> str:
    """The text on one line, at most `most` characters of it, without telephone numbers, addresses and the names given.

    Empty where nothing was told. Names of persons that are not among `names` cannot be recognised.
    """
    if not isinstance(text, str) or text.strip(f"。.{whitespace}") in ("", *NOTHING_TOLD):
        return ""
    line = _without_contacts(_in_one_line(text))
    for name in sorted(set(names), key=len, reverse=True):
        line = line.replace(name, NO_NAME)
    line = line.replace("“", "‘").replace("”", "’")
    return line if len(line) <= most else line[:most] + CUT_OFF


def _in_one_line(text: str) -> str:
    """The lines joined, by ； where one does not end in a mark of its own; nothing that cannot be seen."""
    lines = [_UNSEEN.sub("", line).strip() for line in _LINES.split(text)]
    told = [line for line in lines if line]
    marked = [line if line[-1] in _ENDS else line + "；" for line in told[:-1]]
    return "".join([*marked, *told[-1:]])


def _without_contacts(line: str) -> str:
    digits = "".join(unicodedata.normalize("NFKC", sign) if sign.isdecimal() else sign for sign in line)
    return _BARE_PHONE.sub(NO_PHONE, hide_contact(digits))
