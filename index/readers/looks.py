"""Whether a person sees a text, by how its document makes it look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """How a text looks. `shaded` is whether there is something behind it, so that white can be read."""

    hidden: bool = False
    white: bool = False
    shaded: bool = False
    tiny: bool = False
    bold: bool = False

    @property
    def unseen(self) -> bool:
        """Whether a person looking at the page does not see it."""
        return self.hidden or self.tiny or (self.white and not self.shaded)
