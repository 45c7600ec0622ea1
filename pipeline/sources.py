"""Where a figure of the briefing comes from: cells of 汇总表 and what is made of them, as data and in words."""

from dataclasses import dataclass
from typing import Literal

How = Literal["行数", "合计", "平均", "不同的个数", "数值"]
Sign = Literal["为", "不为", "大于", "小于", "含", "不含", "有", "没有"]
Words = str | int | tuple[str, ...]


@dataclass(frozen=True)
class Where:
    """A condition on a column of a sheet; several words mean one of them."""

    column: str
    sign: Sign
    value: Words = ""

    @property
    def words(self) -> str:
        """“状态”为“已接收”或“暂定”."""
        if self.sign in ("有", "没有"):
            return f"“{self.column}”{'不空' if self.sign == '有' else '空着'}"
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        return f"“{self.column}”{self.sign}{'或'.join(_quoted(value) for value in values)}"


@dataclass(frozen=True)
class Cells:
    """What is made of a column in the rows of a sheet of 汇总表 that satisfy all conditions."""

    sheet: str
    how: How
    column: str = ""
    where: tuple[Where, ...] = ()

    @property
    def words(self) -> str:
        """“自查对照”中“序号”为3的“分子”合计."""
        made = "行数" if self.how == "行数" else f"“{self.column}”{'' if self.how == '数值' else self.how}"
        rows = "、".join(condition.words for condition in self.where)
        return f"“{self.sheet}”{'中' if rows else '的'}{rows}{'的' if rows else ''}{made}"


@dataclass(frozen=True)
class Share:
    """One number divided by another."""

    part: Cells
    whole: Cells

    @property
    def words(self) -> str:
        """Both, with ÷ between them."""
        return f"{self.part.words} ÷ {self.whole.words}"


@dataclass(frozen=True)
class Less:
    """One number less another."""

    number: Cells
    other: Cells

    @property
    def words(self) -> str:
        """Both, with － between them."""
        return f"{self.number.words} － {self.other.words}"


@dataclass(frozen=True)
class Elsewhere:
    """A place that is no plain count of rows: the words say where and how."""

    words: str


Source = Cells | Share | Less | Elsewhere


def _quoted(value: str | int) -> str:
    return str(value) if isinstance(value, int) else f"“{value}”"
