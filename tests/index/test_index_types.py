import dataclasses
from pathlib import Path

import pytest

from index import Chunk, Document, Hit, Page, Span

CHUNK = Chunk(1, "a.txt", 0, 4, "text", None)
VALUES = [
    Page(1, 0, 4),
    CHUNK,
    Hit(CHUNK, 0.5),
    Document("a.txt", Path("a.txt"), "A", "text", (), "text/plain", "0" * 64),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_cannot_be_changed_and_equals_its_copy(value):
    assert dataclasses.replace(value) == value
    assert hash(dataclasses.replace(value)) == hash(value)
    first = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, first, None)
    assert not hasattr(value, "__dict__")


def test_a_span_slices_and_unpacks():
    start, end = Span(1, 3)
    assert "text"[start:end] == "ex"
    assert Span(1, 3) < Span(1, 4) < Span(2, 3)
