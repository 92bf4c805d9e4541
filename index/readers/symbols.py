"""The private characters that symbol fonts are written with, as the characters that they look like.

Word processors write a character of Symbol or Wingdings as U+F000 and its code in the font, and do not
always say which font. The two are read here as one: of a code that both have, the more usual is taken.
"""

from __future__ import annotations

_BASE = 0xF000
_SAME = "0123456789+=<>"
_GREEK = "ΑΒΧΔΕΦΓΗΙ☺ΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"
_MATHEMATICS = {
    0xA3: "≤",
    0xA5: "∞",
    0xB0: "°",
    0xB1: "±",
    0xB3: "≥",
    0xB4: "×",
    0xB6: "∂",
    0xB9: "≠",
    0xBB: "≈",
    0xCE: "∈",
    0xD1: "∇",
    0xD6: "√",
    0xE5: "∑",
    0xF2: "∫",
}
# Of Wingdings, where Word's automatic correction makes an arrow of `-->` and a face of `:)`; those of
# Symbol are from 0xAC to 0xAF.
_ARROWS_AND_TICKS = {
    0xAC: "←",
    0xAD: "↑",
    0xAE: "→",
    0xAF: "↓",
    0xDF: "←",
    0xE0: "→",
    0xE1: "↑",
    0xE2: "↓",
    0xE8: "→",
    0xF0: "⇨",
    0xF3: "⇔",
    0xFC: "✓",
    0xFE: "☑",
}

# For `str.translate`. Bullets, and whatever else there is, are no words: but they keep words apart.
SYMBOLS: dict[int, str] = {
    **dict.fromkeys(range(0xE000, 0xF900), " "),
    0xF001: "fi",
    0xF002: "fl",
    **{_BASE + ord(character): character for character in _SAME},
    **{_BASE + ord("A") + place: letter for place, letter in enumerate(_GREEK[0])},
    **{_BASE + ord("a") + place: letter for place, letter in enumerate(_GREEK[1])},
    **{_BASE + code: character for code, character in _MATHEMATICS.items()},
    **{_BASE + code: character for code, character in _ARROWS_AND_TICKS.items()},
}


def symbol(code: int) -> str:
    """The private character of a code in a symbol font; a code that is none of those is itself."""
    return chr(_BASE + code if code < 0x100 else code)
