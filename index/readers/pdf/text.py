"""The characters of a PDF as a person writes them: without ligatures, and accents on their letters."""

from __future__ import annotations

import re
import unicodedata

from index.readers.composing import tidy

# PDFium has one or the other of these for any hyphen that ends a line.
_END_HYPHEN = re.compile("[\x02\ufffe]|\u00ad(?=\\s*\\Z)")
# Ligatures, and the shapes that letters of Hebrew and Arabic have within a word.
_SHAPES = re.compile("[\ufb00-\ufdfb\ufe70-\ufefc]+")
# Old TeX fonts print an accent and then its letter. A lone acute may also be somebody's apostrophe.
_ACCENTS = re.compile(
    "(?:¨(?=[aeiouyAEIOUYı])|(?<!\\b[A-Za-z])´(?=[aeiouyAEIOUYcnszCNSZı])|ˇ(?=[cdenrstzCDENRSTZ])"
    "|(?<=[A-Za-z])(?:˜(?=[nao])|ˆ(?=[aeouı]))|˚(?=[aAu])|˝(?=[ouOU])|¸(?=[csCST]))."
)
_COMBINING = dict(zip("¨´ˇ˜ˆ˚˝¸", "\u0308\u0301\u030c\u0303\u0302\u030a\u030b\u0327", strict=True))
_SUPERSCRIPTS = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_RAISED = re.compile(r"[-+−–]?\d+|[-+−]")


def written(text: str) -> str:
    """The text of a run as it is written; a hyphen at its end stays a hyphen, be it soft or not."""
    if not text.isascii() or not text.isprintable():
        text = _END_HYPHEN.sub("-", text)
        text = _SHAPES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
        text = _ACCENTS.sub(_composed, text)
        text = unicodedata.normalize("NFC", text)
    return tidy(text).replace("\n", " ")


def _composed(match: re.Match[str]) -> str:
    return match[0][1].replace("ı", "i") + _COMBINING[match[0][0]]


def raised(text: str) -> str:
    """The text of a run that is printed small and high: numbers as superscripts."""
    return text.translate(_SUPERSCRIPTS) if _RAISED.fullmatch(text) else text
