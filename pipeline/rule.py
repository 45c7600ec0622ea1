"""The kind of value a rules file is read into: frozen, strict, refusing keys it does not know."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Strict

T = TypeVar("T")
# TOML has arrays, frozen values want tuples: the one conversion a rule allows.
Many = Annotated[tuple[T, ...], Strict(False)]


class Rule(BaseModel):
    """One table of a rules file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)
