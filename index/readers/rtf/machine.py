"""The reading of Rich Text Format, control by control: what each group says of the text in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from index.errors import DocumentError
from index.readers.rtf.flow import Block, Flow
from index.readers.rtf.tables import RtfTables
from index.readers.rtf.tokens import CLOSE, HEX, OPEN, STAR, Control
from index.readers.rtf.words import CHARACTERS, PASSED, SHOWN_IF_KNOWN

_DEEP = "it is nested too deeply to be a document for people; save it anew or convert it"
_MAX_DEPTH = 1000
_ASIDES = frozenset("footnote shptxt dptxbxtext".split())
_TABLES = frozenset("fonttbl colortbl stylesheet info".split())
_CODE_PAGES = {"mac": 10000, "pc": 437, "pca": 850}
_LEVELS = 9
_SIZE = 24
# In half points: what is smaller is there for machines only.
_SMALLEST = 2


@dataclass(slots=True)
class _State:
    """What a group says of the text in it; groups within it begin with the same.

    `table` is the one of the file's tables that the group belongs to, or None within the text.
    """

    table: str | None = None
    passed: bool = False
    is_aside: bool = False
    either: bool = False
    hidden: bool = False
    deleted: bool = False
    shaded: bool = False
    size: int = _SIZE
    colour: int = 0
    font: int | None = None
    replaced: int = 1
    style: int = 0
    level: int = _LEVELS
    in_table: bool = False


class RtfMachine:
    """Takes the tokens of a file one by one, and has its text in the end."""

    def __init__(self) -> None:
        self._state = _State()
        self._stack: list[_State] = []
        self._flows = [Flow()]
        self._tables = RtfTables()
        self._bytes = bytearray()
        self._starred = False
        # How much of what follows stands in for a character that was given by its number.
        self._to_skip = 0
        self._header_row = False
        self._edges: list[int] = []
        # What stands behind the outermost group belongs to no text.
        self._ended = False

    @property
    def title(self) -> str:
        """The title in the file's properties."""
        return self._tables.title

    def take(self, token: Control | bytes) -> None:
        """Go on by one token.

        Raises:
            DocumentError: groups are nested deeper than in any document.
        """
        if self._ended:
            return
        if isinstance(token, bytes):
            self._text(token)
        elif token.word == HEX:
            self._text(bytes([token.number or 0]))
        else:
            self._decode()
            if token.word == OPEN:
                self._open()
            elif token.word == CLOSE:
                self._close()
            elif self._to_skip and token.word != "u":
                self._to_skip -= 1
            elif token.word == STAR:
                self._starred = True
            else:
                self._word(token.word, token.number)

    def end(self) -> list[Block]:
        """The text, as far as the file goes."""
        self._decode()
        while self._stack:
            self._close()
        return self._flows[0].end()

    def _open(self) -> None:
        if len(self._stack) >= _MAX_DEPTH:
            raise DocumentError(_DEEP)
        self._to_skip = 0
        self._starred = False
        self._stack.append(self._state)
        # Of the two forms of a text, the first is for programs that do not know the second.
        passed = self._state.passed or self._state.either
        self._state = replace(self._state, is_aside=False, either=False, passed=passed)

    def _close(self) -> None:
        self._to_skip = 0
        if self._state.is_aside and len(self._flows) > 1:
            blocks = self._flows.pop().end()
            self._flows[-1].aside([Block(block.text) for block in blocks])
        if self._stack:
            self._state = self._stack.pop()
        self._ended = not self._stack

    def _word(self, word: str, number: int | None) -> None:
        state, starred, self._starred = self._state, self._starred, False
        if word == "ud":
            state.passed = self._stack[-2].passed if len(self._stack) > 1 else False
        elif word == "upr":
            state.either = True
        elif word in _TABLES:
            state.table = word
        elif word in _ASIDES and not state.passed:
            state.is_aside = True
            state.in_table = False
            self._flows.append(Flow())
        elif word in PASSED or (starred and word not in SHOWN_IF_KNOWN):
            state.passed = True
        elif state.table is not None and word != "u" and word not in CHARACTERS:
            self._tables.word(state.table, word, number)
        elif state.table is not None or not self._formatting(state, word, number):
            self._showing(word, number)

    def _formatting(self, state: _State, word: str, number: int | None) -> bool:
        """Note a property of the text that follows; False where the word is none."""
        is_on = number != 0
        match word:
            case "v":
                state.hidden = is_on
            case "deleted":
                state.deleted = is_on
            case "fs":
                state.size = _SIZE if number is None else number
            case "cf":
                state.colour = number or 0
            case "highlight" | "cb" | "chcbpat" | "cbpat":
                state.shaded = is_on
            case "f":
                state.font = number
            case "uc":
                state.replaced = max(0, number or 0)
            case "s":
                state.style = number or 0
            case "outlinelevel":
                state.level = _LEVELS if number is None else number
            case "intbl":
                state.in_table = True
            case "plain":
                state.hidden = state.deleted = state.shaded = False
                state.size, state.colour, state.font = _SIZE, 0, None
            case "pard":
                state.style, state.level, state.in_table = 0, _LEVELS, False
            case "trowd":
                self._header_row = False
                self._edges = [0]
            case "trleft":
                self._edges[:1] = [number or 0]
            case "cellx":
                self._edges.append(number or 0)
            case "trhdr":
                self._header_row = True
            case "ansicpg":
                self._tables.set_page(number)
            case "mac" | "pc" | "pca":
                self._tables.set_page(_CODE_PAGES[word])
            case "deff":
                self._tables.default_font = number
            case _:
                return False
        return True

    def _showing(self, word: str, number: int | None) -> None:
        """Take a control that stands for a character, or ends something."""
        if word == "u":
            self._add(chr((number or 0) % 0x10000))
            self._to_skip = self._state.replaced
        elif word in CHARACTERS:
            self._add(CHARACTERS[word])
        elif self._state.passed:
            return
        elif word in ("par", "sect", "\\\n", "\\\r"):
            self._end_paragraph(self._state.in_table)
        elif word in ("cell", "nestcell"):
            self._end_paragraph(True)
            if word == "cell":
                self._flows[-1].end_cell()
        elif word == "row":
            self._flows[-1].end_row(self._header_row, self._edges)

    def _end_paragraph(self, in_table: bool) -> None:
        style = self._tables.style(self._state.style)
        is_heading = 0 <= self._state.level < _LEVELS or style.is_heading
        self._flows[-1].end_paragraph(is_heading, not style.is_contents, in_table)

    def _text(self, data: bytes) -> None:
        if self._to_skip:
            skipped = min(self._to_skip, len(data))
            self._to_skip -= skipped
            data = data[skipped:]
        if not self._state.passed:
            self._bytes += data

    def _decode(self) -> None:
        """Make text of the bytes so far: a character may take several, each of its own token."""
        if not self._bytes:
            return
        text = self._bytes.decode(self._tables.encoding(self._state.font), "replace")
        self._bytes.clear()
        self._add(text)

    def _add(self, text: str) -> None:
        state = self._state
        if state.table is not None and not state.passed:
            self._tables.text(state.table, text)
            return
        unseen = state.hidden or state.deleted or state.size <= _SMALLEST
        white = self._tables.is_white(state.colour) and not (state.shaded or state.in_table)
        if not (state.passed or unseen or white):
            self._flows[-1].add(text)
