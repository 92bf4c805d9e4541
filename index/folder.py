"""Which files of a folder are documents."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from index.errors import FolderError
from index.readers import readable

# One file-name pattern a line (`*.log`, `README.md`, `drafts/*`); `#` begins a comment.
IGNORE_FILE = ".citewiseignore"


def find_files(root: Path) -> dict[str, Path]:
    """The files below `root` that Citewise reads, by document id, in order of the ids.

    Hidden files and folders are left out, what `IGNORE_FILE` in `root` names, and symbolic links
    that lead out of `root`.

    Raises:
        FolderError: `root` is missing, no folder, or cannot be listed.
    """
    if not os.path.exists(root):  # noqa: PTH110 - pathlib's raises on a name too long to be one
        raise FolderError(f"there is no folder {root}: give the folder that holds your documents")
    if not root.is_dir():
        raise FolderError(f"{root} is a file, not a folder: give the folder that holds it")
    ignored = _ignored(root)
    files = {path.relative_to(root).as_posix(): path for path in _walk(root)}
    return {
        name: files[name]
        for name in sorted(files)
        if not any(fnmatch(name, pattern) for pattern in ignored)
    }


def _ignored(root: Path) -> list[str]:
    try:
        lines = (root / IGNORE_FILE).read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise FolderError(f"{root / IGNORE_FILE} cannot be read: {error}") from None
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _walk(root: Path) -> Iterator[Path]:
    real_root = root.resolve()

    def refuse(error: OSError) -> None:
        # A folder that cannot be listed must not look like one whose documents were deleted.
        raise FolderError(f"{error.filename} cannot be listed: {error.strerror}")

    for folder, subfolders, names in os.walk(root, onerror=refuse):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            if name.startswith(".") or not readable(path) or not _regular(path, real_root):
                continue
            yield path


def _regular(path: Path, real_root: Path) -> bool:
    """Whether it is a file (no pipe, no device, no link in a circle) that lies within the folder."""
    if not os.path.isfile(path):  # noqa: PTH113 - pathlib's raises on links in a circle
        return False
    return not path.is_symlink() or path.resolve().is_relative_to(real_root)
