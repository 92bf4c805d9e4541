"""Readers that are loaded when they first read: whoever only asks needs none of them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from index.readers.content import Content, Reader


@dataclass(frozen=True, slots=True)
class LateReader:
    """The reader called `name` in a module of this package, such as `html.reader`."""

    module: str
    name: str

    def __call__(self, data: bytes) -> Content:
        """See `Reader`."""
        return self.reader()(data)

    def reader(self) -> Reader:
        """The function itself."""
        reader: Reader = getattr(import_module(f"{__package__}.{self.module}"), self.name)
        return reader
