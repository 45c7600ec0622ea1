"""The only writer to outputs/: whole files or none, and what a person changed is kept.

A publication is staged next to the files it will replace, then written down in a journal, then carried out file by
file. Before the journal stands, a cut run has changed nothing and is undone; after that, carrying out the journal again
finishes it. The journal says what we wrote last (`before`) and what shall be there (`after`), as hashes. Whether a
person changed a file is looked up at the moment it is replaced, so carrying the journal out twice does no harm.
"""

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path, PurePosixPath

from pipeline.disk import (
    HELD,
    hash_file,
    hash_of,
    hash_or_blank,
    locked,
    long_path,
    move_file,
    plain_path,
    read_json,
    sync_folders,
    write_file,
    write_json,
)
from pipeline.stop import Stop

STATE = ".publish"  # what we remember of a folder: lock, manifest.json, journal.json, staging/
KEPT, NEW = "手改", "新"

# What a person changed in outputs/ counts only where the program reads such a file.
COUNTS_IN_INPUTS = {
    "办公室登记表": "要让填写的内容算数，请把它放进 inputs 文件夹再运行",
    "汇总表": "简报印发后要以它为准的，请把它放进 inputs 文件夹（定稿），这一期就不再重算；数据要改的请改填报表或用“电话更正”",
}
COUNTS_NOT = "程序不读取这种文件，其中的改动只留在这一份里"

Hashes = dict[str, str]  # relative path -> sha256


class PublishError(Stop):
    """The folder could not be written; the text says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Moved:
    """A file that lies under another name than its own."""

    name: str
    now: str


@dataclass(frozen=True)
class Published:
    """What became of the files of a folder, by relative path, sorted.

    kept: changed by a person and renamed to …（手改）; beside: the old one was open, so the new one is …（新）;
    left: no longer written, but open, so it could not be removed.
    """

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    kept: tuple[Moved, ...] = ()
    beside: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class _Outcome:
    """What became of one file: written, unchanged, removed, left, kept (and no more written) or beside.

    `ours` holds the files the program answers for afterwards: with these hashes no person has changed them.
    """

    name: str
    what: str
    ours: Hashes
    kept_as: str = ""
    beside: str = ""


@dataclass(frozen=True)
class _Journal:
    before: Hashes
    after: Hashes


def publish(folder: Path, files: Mapping[str, bytes]) -> Published:
    """What became of `files` (relative path -> content), which now stand in `folder`.

    Files the program never wrote are not touched; files it no longer writes are removed. A run that was cut is finished
    or undone first. Raises PublishError where the folder cannot be written or another run is writing it.
    """
    _refuse_strange(files)
    folder = long_path(folder)
    with _explained(folder), locked(folder / STATE / "lock"):
        earlier = _finish(folder)
        _stage(folder, files)
        return _joined(earlier, _finish(folder))


def recover(folder: Path) -> Published:
    """What was still to be done of a run that was cut: it is done now, or undone where it had changed nothing yet.

    Raises PublishError as `publish` does.
    """
    folder = long_path(folder)
    if not (folder / STATE).exists():
        return Published()
    with _explained(folder), locked(folder / STATE / "lock"):
        return _finish(folder)


def finish_cut_runs(outputs: Path) -> Published:
    """What was still to be done of cut runs of any period below `outputs`, with the period's folder before the names."""
    done = [(folder.name, recover(folder)) for folder in sorted(outputs.glob("第*期")) if folder.is_dir()]
    return Published(
        kept=tuple(_below(name, file) for name, published in done for file in published.kept),
        beside=tuple(_below(name, file) for name, published in done for file in published.beside),
        left=tuple(f"{name}/{file}" for name, published in done for file in published.left),
    )


def _below(folder: str, moved: Moved) -> Moved:
    return Moved(f"{folder}/{moved.name}", f"{folder}/{moved.now}")


def preview(folder: Path, files: Mapping[str, bytes]) -> Published:
    """What `publish` would do, as far as can be told without writing (whether a file is open cannot)."""
    _refuse_strange(files)
    folder = long_path(folder)
    with _explained(folder):
        last = _last_written(folder)
        new: dict[str, str | None] = {name: hash_of(data) for name, data in files.items()}
        gone = dict.fromkeys(last.keys() - new.keys())
        expected = [_expect(folder, name, last.get(name), sha) for name, sha in (new | gone).items()]
        return _report([outcome for outcome in expected if outcome])


def notices(published: Published) -> tuple[str, ...]:
    """One sentence for each file a person should know about, in Chinese."""
    kept = [f"“{file.name}”被人改过，改过的一份已存为“{file.now}”；{_what_to_do(file.name)}" for file in published.kept]
    beside = [
        f"“{file.name}”正开着（Excel 或 WPS），没能替换，新的一份存为“{file.now}”；请关闭旧的，下次运行会换回原名"
        for file in published.beside
    ]
    left = [f"“{name}”本次不再生成，但正开着，没能删除；请关闭它，下次运行会删除" for name in published.left]
    return (*kept, *beside, *left)


def _what_to_do(name: str) -> str:
    """How a change made by hand comes to count: only what the program reads can."""
    title = PurePosixPath(name).name
    return next((words for start, words in COUNTS_IN_INPUTS.items() if title.startswith(start)), COUNTS_NOT)


# The steps of a publication.


def _stage(folder: Path, files: Mapping[str, bytes]) -> None:
    """Lay out what has to be written, then write the journal: the point of no return."""
    after = {name: hash_of(data) for name, data in files.items()}
    staging = folder / STATE / "staging"
    changed = [name for name in files if hash_or_blank(folder / name) != after[name]]
    try:
        for name in changed:
            write_file(staging / name, files[name])
        sync_folders((staging / name).parent for name in changed)
        write_json(folder / STATE / "journal.json", {"before": _manifest(folder), "after": after})
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)  # it may hold the very space that is missing
        raise


def _finish(folder: Path) -> Published:
    """Carry out the journal, if there is one; after that, or without one, nothing is staged any more."""
    journal = _journal(folder)
    outcomes = _carry_out(folder, journal) if journal else []
    if journal:
        sync_folders((folder / name).parent for name in journal.after)
        write_json(folder / STATE / "manifest.json", _ours(outcomes))
    (folder / STATE / "journal.json").unlink(missing_ok=True)
    shutil.rmtree(folder / STATE / "staging", ignore_errors=True)
    return _report(outcomes)


def _carry_out(folder: Path, journal: _Journal) -> list[_Outcome]:
    placed = [_place(folder, name, journal) for name in sorted(journal.after)]
    stale = sorted(journal.before.keys() - _ours(placed).keys())
    retired = [_retire(folder, name, journal.before[name]) for name in stale]
    return [*placed, *(outcome for outcome in retired if outcome)]


def _place(folder: Path, name: str, journal: _Journal) -> _Outcome:
    """Put the staged file in its place, keeping what a person made of the old one."""
    new, target, kept_as = journal.after[name], folder / name, ""
    if not _is_staged(folder, name, new):
        return _find(folder, name, journal)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if hash_file(target) not in (None, journal.before.get(name), new):
            kept_as = _keep(folder, name)
        move_file(folder / STATE / "staging" / name, target)
    except HELD:
        return replace(_place_beside(folder, name, journal), kept_as=kept_as)
    return _Outcome(name, "written", {name: new}, kept_as)


def _place_beside(folder: Path, name: str, journal: _Journal) -> _Outcome:
    """Put the staged file beside the one that is held, under the first name that is free or ours."""
    for beside in _variants(name, NEW):
        now = hash_or_blank(folder / beside)
        if now == journal.after[name]:
            break
        if now not in (None, journal.before.get(beside)):
            continue
        try:
            move_file(folder / STATE / "staging" / name, folder / beside)
            break
        except HELD:
            if now is None:  # not even a free name can be written: not the file is held, the folder is closed
                raise
    return _beside(name, beside, journal)


def _find(folder: Path, name: str, journal: _Journal) -> _Outcome:
    """Tell where a file stands that needs no placing: as it was, or placed before the run was cut."""
    new = journal.after[name]
    beside = next(variant for variant in _variants(name, NEW) if hash_or_blank(folder / variant) in (None, new))
    if hash_or_blank(folder / name) != new and hash_or_blank(folder / beside) == new:
        return _beside(name, beside, journal)
    return _Outcome(name, "unchanged", {name: new})  # also where a person has changed or deleted it since


def _beside(name: str, beside: str, journal: _Journal) -> _Outcome:
    old = {name: journal.before[name]} if name in journal.before else {}
    return _Outcome(name, "beside", old | {beside: journal.after[name]}, beside=beside)


def _retire(folder: Path, name: str, last: str) -> _Outcome | None:
    """Remove a file we no longer write, or keep what a person made of it."""
    path = folder / name
    try:
        now = hash_file(path)
        if now is None:
            return None
        if now != last:
            return _Outcome(name, "kept", {}, _keep(folder, name))
        path.unlink()
    except HELD:
        return _Outcome(name, "left", {name: last})
    if path.parent != folder:
        with suppress(OSError):  # a subfolder that still holds something stays
            path.parent.rmdir()
    return _Outcome(name, "removed", {})


def _keep(folder: Path, name: str) -> str:
    """The new name of a file a person changed."""
    kept_as = _free(folder, name, KEPT)
    os.rename(folder / name, folder / kept_as)
    return kept_as


def _expect(folder: Path, name: str, last: str | None, new: str | None) -> _Outcome | None:
    """What would become of one file; `new` is None where we no longer write it."""
    try:
        now = hash_file(folder / name)
    except HELD:
        return _Outcome(name, "beside", {}, beside=_free(folder, name, NEW)) if new else _Outcome(name, "left", {})
    if now == new:
        return _Outcome(name, "unchanged", {}) if new else None
    kept_as = _free(folder, name, KEPT) if now not in (None, last) else ""
    if new:
        return _Outcome(name, "written", {}, kept_as)
    return _Outcome(name, "kept" if kept_as else "removed", {}, kept_as) if now else None


# What came of it.


def _report(outcomes: list[_Outcome]) -> Published:
    ordered = sorted(outcomes, key=lambda outcome: outcome.name)
    return Published(
        written=tuple(outcome.name for outcome in ordered if outcome.what == "written"),
        unchanged=tuple(outcome.name for outcome in ordered if outcome.what == "unchanged"),
        removed=tuple(outcome.name for outcome in ordered if outcome.what == "removed"),
        left=tuple(outcome.name for outcome in ordered if outcome.what == "left"),
        kept=tuple(Moved(outcome.name, outcome.kept_as) for outcome in ordered if outcome.kept_as),
        beside=tuple(Moved(outcome.name, outcome.beside) for outcome in ordered if outcome.beside),
    )


def _joined(earlier: Published, now: Published) -> Published:
    """The report of a run that had to finish an earlier one first."""
    written = {*earlier.written, *now.written} - set(now.removed)
    return replace(
        now,
        written=tuple(sorted(written)),
        unchanged=tuple(name for name in now.unchanged if name not in written),
        removed=tuple(sorted({*earlier.removed, *now.removed} - written)),
        kept=(*earlier.kept, *now.kept),
    )


def _ours(outcomes: list[_Outcome]) -> Hashes:
    return {name: sha for outcome in outcomes for name, sha in outcome.ours.items()}


# What we remember of a folder.


def _manifest(folder: Path) -> Hashes:
    """The files as we wrote them. A damaged manifest costs nothing: more files count as changed by a person."""
    return read_json(folder / STATE / "manifest.json")


def _journal(folder: Path) -> _Journal | None:
    journal = read_json(folder / STATE / "journal.json")
    return _Journal(**journal) if journal.keys() == {"before", "after"} else None


def _is_staged(folder: Path, name: str, sha: str) -> bool:
    return hash_or_blank(folder / STATE / "staging" / name) == sha


def _last_written(folder: Path) -> Hashes:
    """The files as we wrote them last, also where a run was cut: what is still staged has not been written."""
    journal = _journal(folder)
    if journal is None:
        return _manifest(folder)
    done = {name: sha for name, sha in journal.after.items() if not _is_staged(folder, name, sha)}
    return journal.before | done


# Names.


def _variants(name: str, word: str) -> Iterator[str]:
    """Yield 表（手改）.xlsx, 表（手改2）.xlsx, 表（手改3）.xlsx … for 表.xlsx."""
    path = PurePosixPath(name)
    for number in count(1):
        yield str(path.with_name(f"{path.stem}（{word}{number if number > 1 else ''}）{path.suffix}"))


def _free(folder: Path, name: str, word: str) -> str:
    return next(variant for variant in _variants(name, word) if not os.path.lexists(folder / variant))


def _refuse_strange(files: Mapping[str, bytes]) -> None:
    """Refuse names that leave the folder, meddle with what we remember, or are one file to Windows."""
    for name in files:
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or "\\" in name or ".." in parts or parts[0] == STATE:
            raise ValueError(f"not a path below the folder: {name!r}")
    if len({name.casefold() for name in files}) != len(files):
        raise ValueError("two names differ only in case")


# Faults.


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn what the system says into what a person can do about it."""
    try:
        yield
    except OSError as error:
        raise PublishError(_explain(error, plain_path(Path(error.filename or folder)))) from error


def _explain(error: OSError, where: str) -> str:
    if isinstance(error, BlockingIOError):
        return f"另一次运行正在写“{where}”；请等它结束（或关掉那个窗口）再运行"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"磁盘空间不足，“{where}”没能写入；请清理磁盘（如清空回收站）后再运行一次"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"“{where}”不让写入（没有权限，或磁盘只读）；请换一个输出文件夹，如 --outputs D:\\结果"
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return f"“{where}”应为文件夹，却有一个同名的文件；请把那个文件改名或移走，如移到桌面"
    if error.errno == errno.ENAMETOOLONG:
        return f"“{where}”的名称太长；请把程序放到浅一些的文件夹，如 D:\\应进必进"
    return f"“{where}”没能写入（系统错误号 {error.errno}）；请检查磁盘、U盘或网络盘是否正常，再运行一次"
