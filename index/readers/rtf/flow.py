"""Paragraphs and tables of an RTF text, as the controls that end them come by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index.readers.composing import tidy
from index.readers.rows import Cell, Row, table_sentences

# A cell that holds more is a part of the page's layout, not a value.
_MOST_PARAGRAPHS = 3
# In twentieths of a point: cells below one another seldom begin at the very same place.
_TOLERANCE = 40
_FAR = 1 << 40


class Block(NamedTuple):
    """A paragraph of the text, and whether it is a heading."""

    text: str
    is_heading: bool = False


class _TableRow(NamedTuple):
    """A row of a table: the paragraphs of each cell, and where each begins, if the file tells."""

    cells: list[list[Block]]
    is_header: bool
    edges: tuple[int, ...]


class Flow:
    """A text as it grows: the document's own, or that of a note or a text box."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._parts: list[str] = []
        self._asides: list[Block] = []
        self._cell: list[Block] = []
        self._row: list[list[Block]] = []
        self._rows: list[_TableRow] = []

    def add(self, text: str) -> None:
        """Add to the paragraph."""
        self._parts.append(text)

    def aside(self, blocks: Sequence[Block]) -> None:
        """Put a note or a text box after the paragraph or the table that it hangs on."""
        self._asides += blocks

    def end_paragraph(self, is_heading: bool, is_shown: bool, in_table: bool) -> None:
        """End the paragraph; one that is not shown is forgotten."""
        # Half characters come one by one: two of them are one.
        whole = "".join(self._parts).encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
        self._parts = []
        block = Block(tidy(whole) if is_shown else "", is_heading)
        if in_table:
            self._cell.append(block)
            return
        self._end_table()
        if block.text:
            self._blocks.append(block)
        self._end_asides()

    def end_cell(self) -> None:
        """End the cell; its last paragraph has ended."""
        self._row.append([block for block in self._cell if block.text])
        self._cell = []

    def end_row(self, is_header: bool, edges: Sequence[int]) -> None:
        """End the row of the table; `edges` are where its cells begin, from left to right."""
        self._rows.append(_TableRow(self._row, is_header, tuple(edges[: len(self._row)])))
        self._row = []

    def end(self) -> list[Block]:
        """All of it."""
        self.end_paragraph(False, True, False)
        return self._blocks

    def _end_asides(self) -> None:
        self._blocks += self._asides
        self._asides = []

    def _end_table(self) -> None:
        if self._cell:
            self.end_cell()
        if self._row:
            self.end_row(False, ())
        rows, self._rows = self._rows, []
        cells = [cell for row in rows for cell in row.cells]
        if len(rows) < 2 or any(map(_is_text, cells)):
            self._blocks += [block for cell in cells for block in cell]
        else:
            self._blocks += map(Block, table_sentences(list(_as_rows(rows))))
        if rows:
            self._end_asides()


def _is_text(cell: Sequence[Block]) -> bool:
    return len(cell) > _MOST_PARAGRAPHS or any(block.is_heading for block in cell)


def _as_rows(rows: Sequence[_TableRow]) -> Iterator[Row]:
    """The rows, each cell in the column that begins where it does: merged ones reach over several."""
    columns: dict[int, int] = {}
    column, last = -1, -_FAR
    for edge in sorted({edge for row in rows for edge in row.edges}):
        column += edge - last > _TOLERANCE
        columns[edge], last = column, edge
    for row in rows:
        places = [columns[edge] for edge in row.edges]
        if len(set(places)) < len(row.cells):  # not told, or not credibly
            places = list(range(len(row.cells)))
        texts = [" ".join(block.text for block in cell).replace("\n", " ") for cell in row.cells]
        cells = (Cell(*item) for item in zip(places, texts, strict=True))
        yield Row(tuple(cell for cell in cells if cell.text), row.is_header)
