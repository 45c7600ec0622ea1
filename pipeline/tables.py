"""Columns beside their values -> what a sheet shows; and the small words the workbooks share."""

import re
from collections.abc import Mapping
from datetime import date
from typing import TypedDict

import pandas as pd

from pipeline.form import NO, YES
from pipeline.sheets import Column, Kind, Tone

Told = tuple[Column, pd.Series]

# Mobile numbers, numbers with an area code, and shorter ones after a word that says what they are.
_PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d([- ]?)\d{4}\1\d{4}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])[（(]?[0０]\d{2,3}[)）]?[-－—– ]?\d{7,8}(?![0-9A-Za-z])"
    r"|(?<=电话|手机|座机|号码|联系)[：:\s]*\d{7,8}(?![0-9A-Za-z])"
)
_EMAIL = re.compile(r"[\w.+-]+[@＠][\w-]+(?:\.[\w-]+)+")
# What every one of these holds, for a quick look.
_MAY_HOLD_CONTACT = re.compile(r"[@＠]|\d{3}[- ]?\d{4}")
# What people write where they have nothing to say.
NOTHING_TOLD = ("无", "暂无", "没有", "/", "—", "-")
NO_PHONE, NO_EMAIL = "（电话略）", "（邮箱略）"


class Laid(TypedDict):
    """The columns of a sheet and the rows that belong to them."""

    columns: tuple[Column, ...]
    rows: pd.DataFrame


def lay_out(told: list[Told]) -> Laid:
    """The columns and rows of a sheet, from columns beside their values (all on one index)."""
    return {
        "columns": tuple(column for column, _ in told),
        "rows": pd.DataFrame({place: values for place, (_, values) in enumerate(told)})
        .infer_objects()
        .reset_index(drop=True),
    }


def centred(
    title: str,
    width: float = 11,
    kind: Kind = "text",
    *,
    words: Mapping[str, Tone] | None = None,
    note: str = "",
    band: str = "",
    linked: bool = False,
) -> Column:
    """A column of short words or numbers."""
    return Column(title, kind, width=width, centre=True, words=words, note=note, band=band, linked=linked)


def yes_no(flags: pd.Series) -> pd.Series:
    """是 and 否 for true and false; missing stays missing."""
    return flags.astype("boolean").map({True: YES, False: NO}).astype("str")


def join_words(parts: list[pd.Series]) -> pd.Series:
    """The texts side by side as one, joined by ；; blanks are left out."""
    texts = [part.fillna("").astype("str") for part in parts]
    marked = [(text + "；").where(text.ne(""), "") for text in texts]
    return sum(marked[1:], marked[0]).str.removesuffix("；")


def words_where(flags: pd.Series, words: str) -> pd.Series:
    """The words where it is so, else an empty text."""
    return pd.Series(words, index=flags.index, dtype="str").where(
        flags.astype("boolean").fillna(False).astype("bool"), ""
    )


def period_name(number: int) -> str:
    """The name of a period: 第3期."""
    return f"第{number}期"


def period_names(numbers: pd.Series) -> pd.Series:
    """The names of periods; missing stays missing."""
    return ("第" + numbers.astype("Int64").astype("str") + "期").where(numbers.notna())


def carried_words(own_period: pd.Series, now: int) -> pd.Series:
    """沿用第N期 where a unit's figures come from an earlier period, else an empty text."""
    carried = own_period.notna() & own_period.ne(now)
    return ("沿用" + period_names(own_period)).where(carried, "")


def day_words(day: date) -> str:
    """A date in words: 2023年4月14日."""
    return f"{day.year}年{day.month}月{day.day}日"


def changed_words(change: float | None, unit: str, digits: int) -> str:
    """较上期+1.2个百分点, or 与上期持平; blank where there is nothing to compare with."""
    if change is None or pd.isna(change):
        return ""
    return f"较上期{change:+.{digits}f}{unit}".replace("-", "−") if round(change, digits) else "与上期持平"


def name_some(names: list[str], most: int) -> str:
    """The first of some names, and how many there are where not all are named."""
    some = "、".join(names[:most])
    return some if len(names) <= most else f"{some}等{len(names)}个"


def hide_contacts(texts: pd.Series) -> pd.Series:
    """The texts without telephone numbers and e-mail addresses."""
    told = (text for text in set(texts.tolist()) if isinstance(text, str))
    hidden = {text: hide_contact(text) for text in told if _MAY_HOLD_CONTACT.search(text)}
    # Most columns hold neither: what need not be made anew is not.
    return texts.map(lambda text: hidden.get(text, text), na_action="ignore").astype("str") if hidden else texts


def hide_contact(text: str) -> str:
    """The text without telephone numbers and e-mail addresses."""
    return _EMAIL.sub(NO_EMAIL, _PHONE.sub(NO_PHONE, text))
