"""rules/*.toml -> one frozen Rules, or a RulesError naming file, entry and remedy."""

import hashlib
import tomllib
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from pipeline.basis import BasisRules
from pipeline.form import Form
from pipeline.guide import Guide, list_faults
from pipeline.letters_rules import LetterRules
from pipeline.needed import lacking_columns
from pipeline.rule import Rule
from pipeline.rulebook import Calendar, CheckRules, RankingRules, Roster, StageRules
from pipeline.rules_faults import explain_fault, explain_toml
from pipeline.stop import Stop
from pipeline.wording import BriefingRules
from pipeline.workbook_rules import WorkbookRules


class RulesError(Stop):
    """The rules need mending; the text says where and how, in Chinese."""


class Rules(Rule):
    """Everything the office may edit, checked and frozen; `fingerprint` names this very set of files."""

    form: Form
    guide: Guide
    roster: Roster
    checks: CheckRules
    stages: StageRules
    basis: BasisRules
    ranking: RankingRules
    calendar: Calendar
    briefing: BriefingRules
    letters: LetterRules
    workbook: WorkbookRules
    fingerprint: str

    def due_of(self, number: int) -> date:
        """The due date of check `number`."""
        return self.calendar.due[self.checks.by_number[number].deadline]


# file -> (field of Rules, model)
FILES: dict[str, tuple[str, type[Rule]]] = {
    "form.toml": ("form", Form),
    "guide.toml": ("guide", Guide),
    "units.toml": ("roster", Roster),
    "checks.toml": ("checks", CheckRules),
    "stages.toml": ("stages", StageRules),
    "basis.toml": ("basis", BasisRules),
    "ranking.toml": ("ranking", RankingRules),
    "calendar.toml": ("calendar", Calendar),
    "briefing.toml": ("briefing", BriefingRules),
    "letters.toml": ("letters", LetterRules),
    "workbook.toml": ("workbook", WorkbookRules),
}


def load_rules(folder: Path) -> Rules:
    """The rules of a folder.

    Raises RulesError, with every fault of the first faulty file, before anything else is read.
    """
    texts = {name: _read(folder / name) for name in FILES}
    parts = {field: _parse(name, texts[name], model) for name, (field, model) in FILES.items()}
    digest = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()[:12]
    rules = Rules(**parts, fingerprint=digest)  # type: ignore[arg-type]  # every part was checked by its own model
    _check_deadlines(rules)
    if lacking := lacking_columns(rules.form):
        raise RulesError("\n".join(f"form.toml：{line}" for line in lacking))
    if faults := list_faults(rules.guide, rules.form):
        raise RulesError("\n".join(faults))
    return rules


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RulesError(f"规则文件 {path} 不存在；请从程序包中重新拷贝") from None
    except UnicodeDecodeError:
        raise RulesError(f"规则文件 {path} 不是 UTF-8 编码；请用记事本“另存为”，编码选 UTF-8") from None


def _parse(name: str, text: str, model: type[Rule]) -> Rule:
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{name}：{explain_toml(str(error))}") from None
    except ValidationError as error:
        faults = [explain_fault(name, model, dict(fault)) for fault in error.errors(include_url=False)]
        raise RulesError("\n".join(faults)) from None


def _check_deadlines(rules: Rules) -> None:
    """Refuse a deadline that calendar.toml does not know."""
    columns = [column for sheet in rules.form.sheets for column in sheet.columns]
    used = {
        "checks.toml": {check.deadline for check in rules.checks.checks},
        "stages.toml": {rules.stages.deadline},
        "ranking.toml": {rules.ranking.paper_deadline},
        "form.toml": {column.remark_until for column in columns if column.remark_until},
    }
    for name, keys in used.items():
        unknown = sorted(keys - set(rules.calendar.due))
        if unknown:
            known = "、".join(rules.calendar.due)
            raise RulesError(f"{name}：时限写的是 {'、'.join(unknown)}；calendar.toml 中有：{known}")
