"""Small file operations that leave whole files or none, the same on Windows and Linux."""

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# What the system says when Excel or WPS holds a file (Windows), or a folder stands where the file should be.
HELD = (PermissionError, IsADirectoryError)
# A virus scanner holds a fresh file for a moment: seconds before each further try.
PAUSES = (0.1, 0.2, 0.4)


def write_file(path: Path, data: bytes) -> None:
    """Write a file, and its folders, to the disk itself and not only to the system's memory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def move_file(source: Path, target: Path) -> None:
    """Put a file in the place of another in one stroke; raises one of HELD where the other one is open."""
    for pause in PAUSES:
        try:
            os.replace(source, target)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    os.replace(source, target)


def sync_folders(folders: Iterable[Path]) -> None:
    """Make the names in the folders durable as far as the system can; Windows does it by itself."""
    if sys.platform == "win32":
        return
    for folder in sorted(set(folders)):
        with suppress(OSError):  # some network drives know no such call
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """Write an object as JSON, replacing the file in one stroke."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    draft = path.with_suffix(".draft")
    write_file(draft, text.encode())
    move_file(draft, path)
    sync_folders([path.parent])


def read_json(path: Path) -> dict:
    """The object in a JSON file; an empty one where there is no file or it is damaged."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def hash_of(data: bytes) -> str:
    """The sha256 of some bytes, as hex."""
    return hashlib.sha256(data).hexdigest()


def hash_file(path: Path) -> str | None:
    """The sha256 of a file, as hex; None where there is none; raises one of HELD where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def hash_or_blank(path: Path) -> str | None:
    """The same, but blank where the file cannot be read."""
    try:
        return hash_file(path)
    except HELD:
        return ""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file; raises BlockingIOError where another process holds it.

    It is the system's lock, not the file's presence: it is let go when the process ends in whatever way.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        if not _lock(file.fileno()):
            raise BlockingIOError
        yield


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def long_path(path: Path) -> Path:
    r"""The absolute path, on Windows in the form \\?\…, which may be longer than 260 characters."""
    text = os.path.abspath(path)
    if sys.platform != "win32" or text.startswith("\\\\?\\"):
        return Path(text)
    return Path("\\\\?\\UNC" + text[1:] if text.startswith("\\\\") else "\\\\?\\" + text)


def plain_path(path: Path) -> str:
    r"""The path as people know it, without \\?\."""
    return str(path).replace("\\\\?\\UNC\\", "\\\\").replace("\\\\?\\", "")
