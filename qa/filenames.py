"""Names that visitors give to files, made safe to write below a folder."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote

from index import DocumentError, UsageError

MAX_DEPTH = 8
MAX_BYTES = 200
_LONGEST_SUFFIX = 20
_DECODED = 4  # times
# What cannot be seen and can mislead: controls, bidirectional overrides, halves of surrogate pairs.
# The two joiners stay: words of several scripts are not written without them.
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"
_DRIVE = re.compile(r"^\s*[A-Za-z]:")
_SEPARATOR = re.compile(r"[/\\]")
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*]')
# Names of devices there, whatever suffix follows.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])\s*(?:\.|:|$)", re.IGNORECASE)


def safe_path(name: str) -> str:
    """A relative path with forward slashes that means what `name` does, in Unicode's form NFC.

    No part of it is empty, begins with a dot, or has more than `MAX_BYTES` bytes: of a longer one the
    beginning, the suffix and a digest stay. What would lead out of a folder is left out.

    Raises:
        DocumentError: no name is left, or it lies in a folder that is hidden or deeper than `MAX_DEPTH`.
    """
    seen = unicodedata.normalize("NFC", "".join(filter(_is_seen, name)))
    parts = [part.strip() for part in _SEPARATOR.split(_DRIVE.sub("", seen))]
    parts = [part for part in parts if part.strip(". ")]
    if not parts:
        raise DocumentError("it has no name; give it one")
    if len(parts) > 1 and any(part.startswith(".") for part in parts):
        raise DocumentError("it is hidden, or in a hidden folder; those are left out")
    if len(parts) - 1 > MAX_DEPTH:
        raise DocumentError(
            f"it lies {len(parts) - 1:,} folders deep and the limit is {MAX_DEPTH}; move it up"
        )
    return "/".join(_shortened(_portable(part.lstrip(". "))) for part in parts)


def require_plain(name: str) -> str:
    """The name, if it leads nowhere as it stands, as it is and as often as it can be percent-decoded.

    People's names are mended by `safe_path`; a program that sends one with a way out in it is told so.

    Raises:
        UsageError: a part of it is empty or `.` or `..`, it is absolute or a device's, or it holds what
            cannot be seen or is no text, or a backslash.
    """
    decoded = name
    for _ in range(_DECODED):
        parts = decoded.split("/")
        if (
            "\\" in decoded
            or "\ufffd" in decoded
            or not all(map(_is_seen, decoded))
            or _DRIVE.match(decoded)
            or any(not part.strip(". ") or _DEVICE.match(part) for part in parts)
        ):
            raise UsageError(
                f"{name[:200]!r} is no plain name of a file: send a relative path like reports/2019.pdf"
            )
        if (again := unquote(decoded)) == decoded:
            break
        decoded = again
    return name


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN or character in _JOINERS


def _portable(part: str) -> str:
    return _NOT_ON_WINDOWS.sub("_", part) if os.name == "nt" else part


def _shortened(part: str) -> str:
    data = part.encode()
    if len(data) <= MAX_BYTES:
        return part
    suffix = PurePosixPath(part).suffix
    if len(suffix.encode()) > _LONGEST_SUFFIX:
        suffix = ""
    # Names that only differ where they are cut must stay different.
    end = f"~{hashlib.sha256(data).hexdigest()[:8]}{suffix}"
    return data[: MAX_BYTES - len(end.encode())].decode("utf-8", "ignore").rstrip() + end
