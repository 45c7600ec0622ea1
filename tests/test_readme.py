"""What the two READMEs, 运行.bat and the requirements say is what is there."""

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from pipeline.cli import HELP

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MANUAL = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
BATCH = (ROOT / "运行.bat").read_bytes()
TWO_COMMANDS = (
    "python3 -m venv .venv && . .venv/bin/activate && pip install -r requirements.txt && python process.py demo",
    "python3 -m venv .venv && . .venv/bin/activate && pip install -r requirements-dev.txt && python -m pytest",
)
STANDARD_LIBRARY = {"tomllib"}
SPECIAL_TO_CMD = set(b'&|<>^%!()"\\')


def section(text: str, heading: str) -> str:
    """The text below a heading of the second level, up to the next one."""
    return text.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def first_cells(text: str) -> list[str]:
    """The first cell of each row of the tables in `text`, without headers and rules."""
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]
    rules = [place for place, cell in enumerate(rows) if set(cell) == {"-"}]
    return [cell for place, cell in enumerate(rows) if place not in rules and place + 1 not in rules]


def in_backticks(texts: list[str]) -> list[str]:
    return [word for text in texts for word in re.findall(r"`([^`]+)`", text)]


def required() -> dict[str, str]:
    """Each library the requirements name, in small letters, with its version."""
    lines = [
        line for name in ("requirements.txt", "requirements-dev.txt") for line in (ROOT / name).read_text().split("\n")
    ]
    return {name.lower(): version for name, version in re.findall(r"^([\w-]+)==(\S+)$", "\n".join(lines), re.MULTILINE)}


@pytest.mark.parametrize("command", TWO_COMMANDS)
def test_the_two_commands_stand_in_the_readme_word_for_word(command: str) -> None:
    assert f"\n    {command}\n" in README


def test_the_manual_explains_the_options_of_the_help_and_no_others() -> None:
    explained = {word.split()[0] for word in in_backticks(first_cells(section(MANUAL, "命令"))) if word.startswith("-")}
    assert explained == set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", HELP))


def test_every_command_of_the_help_has_its_place_in_the_manual() -> None:
    commands = set(re.findall(r"^  ([a-z]+) ", HELP, re.MULTILINE))
    assert "demo" in commands
    explained = {" ".join(words.split()[:2]) for words in in_backticks(first_cells(section(MANUAL, "命令")))}
    assert {f"运行.bat {command}" for command in commands} <= explained


def test_the_manual_gives_the_exit_codes_as_the_help_does() -> None:
    codes = HELP.split("退出码：")[1].strip()
    assert codes in MANUAL


def test_the_table_of_parts_names_the_required_libraries_and_no_others() -> None:
    assert {part.lower() for part in first_cells(section(README, "The parts"))} == set(required()) | STANDARD_LIBRARY


def test_every_library_the_program_imports_is_required() -> None:
    """A library that only comes along with another may stay away with its next version."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "pipeline").rglob("*.py")))
    imported = (
        set(re.findall(r"^\s*(?:import|from) (\w+)", code, re.MULTILINE)) - sys.stdlib_module_names - {"pipeline"}
    )
    distributions = packages_distributions()
    # Words that begin a line of a docstring look like imports; what is installed under such a name is one.
    libraries = {name.lower() for module in imported for name in distributions.get(module, [])}
    assert "pandas" in libraries
    assert libraries <= set(required())


def test_every_library_is_pinned() -> None:
    lines = [
        line
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "-r "))
    ]
    assert len(lines) == len(required())


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_requirements_are_plain_ascii(name: str) -> None:
    """pip on a Chinese Windows reads them as GBK and stops at anything else."""
    assert (ROOT / name).read_bytes().isascii()


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:pipeline|rules|templates|tests|docs)/[^`\s]+)`", README)))
)
def test_every_path_the_readme_names_exists(path: str) -> None:
    assert list(ROOT.glob(path)), path


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:rules|templates)\\[^`\s]+)`", MANUAL))))
def test_every_path_the_manual_names_exists(path: str) -> None:
    assert (ROOT / path.replace("\\", "/")).exists()


def test_every_step_the_engineer_sees_in_process_py_is_on_the_map() -> None:
    named = set(in_backticks(first_cells(section(README, "Where things are"))))
    for module in re.findall(r"from pipeline\.(\w+)", (ROOT / "process.py").read_text(encoding="utf-8")):
        assert {f"pipeline/{module}.py", f"pipeline/{module}/"} & named or module == "stop", module


@pytest.mark.parametrize("word", in_backticks(first_cells(section(README, "Words"))))
def test_every_identifier_of_the_glossary_is_used_in_the_code(word: str) -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "pipeline").rglob("*.py")))
    assert re.search(rf"\b{word}\b", code)


@pytest.mark.parametrize("text", [README, MANUAL], ids=["README.md", "README.zh-CN.md"])
def test_every_link_leads_to_a_file_or_a_heading_that_exists(text: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"", text):
        assert (ROOT / "".join(target)).exists(), target
    for page, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text):
        assert anchor in anchors((ROOT / page).read_text(encoding="utf-8") if page else text)


def anchors(text: str) -> set[str]:
    """The anchors GitHub gives to the headings: small letters, hyphens for blanks, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings}


@pytest.mark.parametrize("name", ["briefing.png", "workbook.png"])
def test_the_pictures_are_there_and_small(name: str) -> None:
    picture = (ROOT / "docs" / name).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 250_000


def test_the_examples_of_the_manual_start_from_what_the_rules_say() -> None:
    """Each “from … to …” line quotes a line that stands in rules/ today."""
    rules = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "rules").glob("*.toml")))
    examples = re.findall(r"^    (\S.*?)\s+改成\s+(\S.*)$", section(MANUAL, "改规则"), re.MULTILINE)
    assert len(examples) == 3
    for before, after in examples:
        assert f"\n{before}\n" in rules
        assert before.split("=")[0] == after.split("=")[0]
        assert before != after


# --- 运行.bat ---------------------------------------------------------------------------------------------------------


def test_the_batch_file_has_the_line_ends_and_the_characters_cmd_reads() -> None:
    assert BATCH.count(b"\n") == BATCH.count(b"\r\n")
    assert "双击" in BATCH.decode("gbk")


def test_only_what_the_batch_file_says_is_chinese() -> None:
    """Commands, labels and paths are ASCII, so that they work under any code page."""
    for line in BATCH.decode("gbk").splitlines():
        assert line.isascii() or line.startswith("echo ")


def test_no_half_of_a_chinese_character_is_a_sign_cmd_acts_on() -> None:
    text = BATCH.decode("gbk")
    halves = {half for char in text if not char.isascii() for half in char.encode("gbk")}
    assert not halves & SPECIAL_TO_CMD


def test_every_jump_of_the_batch_file_has_its_label() -> None:
    text = BATCH.decode("gbk")
    assert set(re.findall(r"\bgoto (\w+)", text)) <= set(re.findall(r"^:(\w+)", text, re.MULTILINE))


@pytest.mark.parametrize(
    "part", ["process.py %*", "--no-index --find-links wheels", "-r requirements.txt", "pause", "exit /b"]
)
def test_the_batch_file_does_what_the_manual_promises(part: str) -> None:
    assert part in BATCH.decode("gbk")
