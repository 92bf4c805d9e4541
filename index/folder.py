"""Which files of a folder are documents."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Container
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePath

from index.errors import FolderError
from index.files import Found
from index.readers import READERS

# One file-name pattern a line (`*.log`, `README.md`, `drafts/*`); `#` begins a comment.
IGNORE_FILE = ".citewiseignore"
_LEADS_OUT = "it is a link that leads out of the folder; copy what it leads to into the folder"
_LEADS_NOWHERE = "it is a link that leads nowhere; mend it or delete it"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds, all by paths relative to it, with forward slashes and in order.

    `files` are the documents. `refused` are those left out, and why. `unseen` are the files, and the
    folders with all that is in them, of which it cannot be told for now what they hold, and why.
    """

    files: dict[str, Found]
    refused: dict[str, str]
    unseen: dict[str, str]

    def is_empty(self) -> bool:
        """Whether there is nothing to read, and nothing to tell of either."""
        return not (self.files or self.refused or self.unseen)

    def hides(self, path: str) -> bool:
        """Whether the file may be there without being seen."""
        return any(path == name or path.startswith(f"{name}/") for name in self.unseen)


def list_folder(
    root: Path, suffixes: Container[str] = READERS, apart: Path | None = None
) -> Listing:
    """What is below `root` of the files that have one of the `suffixes`, in lower or upper case.

    Hidden files and folders are left out, what `IGNORE_FILE` in `root` names, and the folder `apart`.
    Links are followed to files within `root`, and not to folders: those within are met anyway.

    Raises:
        FolderError: `root` is missing, no folder, or cannot be listed.
    """
    require_folder(root)
    return _Walk(root, suffixes, apart).listing()


def require_folder(root: Path) -> None:
    """Raise FolderError unless `root` is a folder."""
    if not os.path.exists(root):  # noqa: PTH110 - pathlib's raises on a name too long to be one
        raise FolderError(f"there is no folder {root}: give the folder that holds your documents")
    if not root.is_dir():
        raise FolderError(f"{root} is a file, not a folder: give the folder that holds it")


def ignores(root: Path, path: str) -> bool:
    """Whether `IGNORE_FILE` in `root` names the file at this path below it.

    Raises:
        FolderError: it cannot be read.
    """
    return _matches(path, _ignored(root))


class _Walk:
    def __init__(self, root: Path, suffixes: Container[str], apart: Path | None) -> None:
        self.root, self.real_root, self.suffixes = root, root.resolve(), suffixes
        self.apart = apart and apart.resolve()
        self.ignored = _ignored(root)
        self.files: dict[str, Found] = {}
        self.refused: dict[str, str] = {}
        self.unseen: dict[str, str] = {}

    def listing(self) -> Listing:
        folders = [""]
        while folders:
            inner = folders.pop()
            for entry in self.entries(inner):
                name = inner + entry.name
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if self.real_root / name != self.apart:
                        folders.append(f"{name}/")
                elif not _matches(name, self.ignored):
                    self.look(name, entry)
        return Listing(
            dict(sorted(self.files.items())),
            dict(sorted(self.refused.items())),
            dict(sorted(self.unseen.items())),
        )

    def entries(self, inner: str) -> list[os.DirEntry[str]]:
        """What is in the folder called `inner`, which ends with a slash if it is not the root."""
        try:
            with os.scandir(self.root / inner) as entries:
                return list(entries)
        except OSError as error:
            # A folder that cannot be listed must not look like one whose documents were deleted.
            reason = f"it cannot be listed: {error.strerror}"
            if not inner:
                raise FolderError(f"{self.root}: {reason}") from None
            if error.errno != errno.ENOENT:  # which is how one looks that was just deleted
                self.unseen[inner.rstrip("/")] = reason
            return []

    def look(self, name: str, entry: os.DirEntry[str]) -> None:
        """Find out what a name stands for: no pipe or device is a document."""
        wanted = PurePath(entry.name).suffix.lower() in self.suffixes
        is_link = entry.is_symlink()
        if not (wanted or is_link):
            return
        try:
            status = entry.stat()
            outside = is_link and not Path(entry.path).resolve().is_relative_to(self.real_root)
        except OSError as error:
            if wanted and error.errno not in (errno.ENOENT, errno.ELOOP):
                self.unseen[name] = f"it cannot be read: {error.strerror}"
            elif wanted and is_link:
                self.refused[name] = _LEADS_NOWHERE
            return
        if outside and (wanted or stat.S_ISDIR(status.st_mode)):
            self.refused[name] = _LEADS_OUT
        elif wanted and stat.S_ISREG(status.st_mode):
            self.files[name] = Found(Path(entry.path), status.st_size, status.st_mtime_ns)


def _matches(path: str, patterns: list[str]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)


def _ignored(root: Path) -> list[str]:
    try:
        lines = (root / IGNORE_FILE).read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise FolderError(f"{root / IGNORE_FILE} cannot be read: {error}") from None
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
