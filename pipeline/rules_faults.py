"""What is wrong in a rules file, in Chinese: file, entry, what is written, what it should be."""

import re
from typing import Any

from pipeline.rule import Rule


def explain_toml(text: str) -> str:
    """A TOML fault in Chinese, with the line the library names."""
    at = re.search(r"line (\d+)", text)
    where = f"第 {at.group(1)} 行" if at else "文件末尾"
    if "overwrite" in text or "twice" in text:
        return f"{where}附近有重复的名称；同一处每个名称只能写一次"
    return f"{where}附近写法有误；请检查引号、等号、逗号和方括号是否成对，文字须加英文引号"


def explain_fault(name: str, model: type[Rule], fault: dict[str, Any]) -> str:
    """One fault in Chinese: file, entry, what is wrong, what is right."""
    place = " › ".join(_step(part) for part in fault["loc"]) or "整个文件"
    return f"{name}：{place}：{_explain(model, fault)}"


def _step(part: int | str) -> str:
    return f"第{part + 1}个" if isinstance(part, int) else part


def _explain(model: type[Rule], fault: dict[str, Any]) -> str:
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return f"不认识这个名称；可用的有：{'、'.join(_known(model, fault['loc']))}"
    if kind == "missing":
        return "缺少这一项；请补上"
    if kind == "value_error":
        return str(context["error"])
    wanted = next((text for start, text in _WANTED.items() if kind.startswith(start)), "另一种值")
    told = {key: str(value).replace(" or ", " 或 ") for key, value in context.items() if key in _LIMITS}
    limits = "、".join(f"{_LIMITS[key]} {value}" for key, value in told.items())
    return f"写的是 {_as_written(fault['input'])}，应为{wanted}{'（' + limits + '）' if limits else ''}"


def _as_written(value: Any) -> str:
    """A value as it stands in a rules file."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "一组 名称 = 值"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_as_written, value))}]"
    return str(value)


_WANTED = {
    "int": "整数，如 8",
    "float": "小数，如 0.8",
    "string": '带引号的文字，如 "是"',
    "bool": "true 或 false",
    "date": "日期，如 2023-03-31（不加引号）",
    "tuple": "方括号中的一列值，如 [1, 2]",
    "dict": "一组 名称 = 值",
    "model": "一组 名称 = 值",
    "literal": "规定的几个词之一",
    "greater": "更大的数",
    "less": "更小的数",
}
_LIMITS = {"ge": "不小于", "gt": "大于", "le": "不大于", "lt": "小于", "expected": "可用"}


def _known(model: type[Rule], place: tuple[int | str, ...]) -> list[str]:
    """The names allowed where an unknown one was found."""
    for part in place[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[Rule] | None:
    """The rule class inside an annotation such as tuple[Check, ...]."""
    if isinstance(annotation, type) and issubclass(annotation, Rule):
        return annotation
    inner = (_model_in(part) for part in getattr(annotation, "__args__", ()))
    return next((found for found in inner if found), None)
