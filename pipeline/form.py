"""The form as data: sheets, columns, types, choices, conditions (rules/form.toml)."""

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, Strict, model_validator

from pipeline.rule import Many, Rule

Kind = Literal["text", "choice", "date", "count", "code", "phone", "email", "names"]
Fact = Literal["unit_in_catalogue", "on_negative_list"]
YES, NO = "是", "否"


class Condition(Rule):
    """A test on one cell of the row (`column`) or on something the program works out (`fact`)."""

    column: str | None = None
    fact: Fact | None = None
    is_: Annotated[Many[str] | bool | None, Field(alias="is")] = None
    not_: Annotated[Many[str] | None, Field(alias="not")] = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.column is None) == (self.fact is None):
            raise ValueError("条件须写 column 或 fact 其中之一")
        if (self.is_ is None) == (self.not_ is None):
            raise ValueError("条件须写 is 或 not 其中之一")
        return self


class Choices(Rule):
    """Further choices of a column, allowed while all conditions hold."""

    when: Many[Condition]
    choices: Many[str]


class Column(Rule):
    """One column of a sheet (or one line of a `fields` sheet)."""

    key: str
    title: str
    type: Kind
    note: str = ""
    example: str = ""
    required: bool = False
    required_when: Many[Condition] = ()
    remark_until: str | None = None
    choices: Many[str] = ()
    choices_when: Many[Choices] = ()
    former: Many[str] = ()
    refers_to: str | None = None
    each_period: bool = False
    max_length: Annotated[int, Field(gt=0)] | None = None
    width: Annotated[float, Strict(False), Field(gt=0)] = 14
    band: str = ""
    unit: str = ""

    @property
    def all_choices(self) -> tuple[str, ...]:
        """Every choice the column may hold under some condition, in the order of the form."""
        extra = (choice for more in self.choices_when for choice in more.choices)
        return tuple(dict.fromkeys((*self.choices, *extra)))

    @model_validator(mode="after")
    def _choices_fit_type(self) -> Self:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("type 为 choice 的栏须有 choices，其他类型不得有")
        return self


class Sheet(Rule):
    """One sheet of the form."""

    key: str
    title: str
    layout: Literal["fields", "rows"]
    missing: Literal["refuse", "error"]
    intro: str = ""
    optional: bool = False
    columns: Many[Column]

    @cached_property
    def by_key(self) -> dict[str, Column]:
        """The columns by their key."""
        return {column.key: column for column in self.columns}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the columns, in the order of the form."""
        return tuple(column.key for column in self.columns)

    @model_validator(mode="after")
    def _no_twins(self) -> Self:
        for kind, names in (("key", self.keys), ("title", [c.title for c in self.columns])):
            twins = sorted({name for name in names if list(names).count(name) > 1})
            if twins:
                raise ValueError(f"“{self.title}”中 {kind} 重复：{'、'.join(twins)}")
        return self

    @model_validator(mode="after")
    def _conditions_name_columns(self) -> Self:
        for column in self.columns:
            conditions = [*column.required_when, *(c for more in column.choices_when for c in more.when)]
            unknown = sorted({c.column for c in conditions if c.column and c.column not in self.keys})
            if unknown:
                raise ValueError(f"“{column.title}”的条件提到没有的栏目：{'、'.join(unknown)}")
        return self


class Form(Rule):
    """The whole form, and the catalogue that is read in the same way."""

    version: str
    title: str
    example_mark: str
    stamp_sheet: str
    total_words: Many[str]
    note_words: Many[str]
    out_of_scope: Many[str]
    year_from: int
    year_to: int
    spellings: dict[str, Many[str]]
    sheets: Many[Sheet]
    catalogue: Sheet

    @cached_property
    def by_key(self) -> dict[str, Sheet]:
        """The sheets of the form and the catalogue by their key."""
        return {sheet.key: sheet for sheet in (*self.sheets, self.catalogue)}

    @cached_property
    def by_title(self) -> dict[str, Sheet]:
        """The sheets of the form and the catalogue by their Chinese title."""
        return {sheet.title: sheet for sheet in (*self.sheets, self.catalogue)}

    def column(self, sheet: str, key: str) -> Column:
        """The column `key` of the sheet with key `sheet`."""
        return self.by_key[sheet].by_key[key]
