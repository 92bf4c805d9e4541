"""What every reader returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.types import Page, Section


@dataclass(frozen=True, slots=True)
class Content:
    """A file's canonical text and what the file says of itself; `title` is None where it is silent."""

    title: str | None
    text: str
    media_type: str
    pages: tuple[Page, ...] = ()
    sections: tuple[Section, ...] = ()


Reader = Callable[[bytes], Content]
