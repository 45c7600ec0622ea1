"""How people write a period: 第2期, 2, 第十二期."""

import re
import unicodedata

_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def period_in(text: str) -> int | None:
    """The number in “第2期”, “2”, “第十二期”; None where there is none."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    match = re.search(r"第(\d{1,3}|[一二三四五六七八九十]{1,3})期", plain) or re.fullmatch(
        r"(\d{1,3}|[一二三四五六七八九十]{1,3})期?", plain
    )
    return _number(match[1]) if match else None


def _number(digits: str) -> int | None:
    """An Arabic or Chinese number below 100."""
    if digits.isdigit():
        return int(digits)
    tens, ten, ones = digits.rpartition("十")
    if not ten:
        return _DIGITS.get(digits)
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
