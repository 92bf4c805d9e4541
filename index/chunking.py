"""From a document's text to its passages: runs of whole sentences, by slicing and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from index.sentences import sentence_spans
from index.types import Span

TokenCounter = Callable[[Sequence[str]], list[int]]

MAX_TOKENS = 220
MAX_CHARACTERS = 2000
# The overlap keeps a pronoun beside its name. A second sentence is repeated only where both are short:
# not everything need be stored twice.
MAX_OVERLAP_TOKENS = (MAX_TOKENS // 2, MAX_TOKENS // 4)


def chunk_spans(text: str, count_tokens: TokenCounter) -> list[Span]:
    """The passages of `text` as spans, in order, covering every sentence.

    Each is a run of whole sentences of at most `MAX_TOKENS` wordpieces (special tokens not counted)
    and `MAX_CHARACTERS` characters, and repeats the last sentence of the one before, or two where they
    are short, or none that is half a passage long. A sentence longer than a passage is cut between words.
    """
    pieces = list(_fit(text, sentence_spans(text), count_tokens))
    return list(_group([span for span, _ in pieces], [size for _, size in pieces]))


def _group(sentences: Sequence[Span], sizes: Sequence[int]) -> Iterator[Span]:
    first = 0
    while first < len(sentences):
        last, tokens = first, sizes[first]
        while (
            last + 1 < len(sentences)
            and tokens + sizes[last + 1] <= MAX_TOKENS
            and sentences[last + 1].end - sentences[first].start <= MAX_CHARACTERS
        ):
            last += 1
            tokens += sizes[last]
        yield Span(sentences[first].start, sentences[last].end)
        if last + 1 == len(sentences):
            return
        first = last + 1 - _overlap(sentences, sizes, first, last)


def _overlap(sentences: Sequence[Span], sizes: Sequence[int], first: int, last: int) -> int:
    """How many sentences at the end of the passage `first..last` the next one repeats.

    Never all of them, and only so many that the sentence after them still has room.
    """
    count = repeated = 0
    for most in MAX_OVERLAP_TOKENS[: last - first]:
        repeated += sizes[last - count]
        characters = sentences[last + 1].end - sentences[last - count].start
        if repeated > min(most, MAX_TOKENS - sizes[last + 1]) or characters > MAX_CHARACTERS:
            break
        count += 1
    return count


def _fit(
    text: str, spans: Iterable[Span], count_tokens: TokenCounter
) -> Iterator[tuple[Span, int]]:
    """Each span, or halves of halves of it that fit into a passage, with its size in wordpieces."""
    short = [piece for span in spans for piece in _short(text, span)]
    sizes = count_tokens([text[span.start : span.end] for span in short])
    for span, size in zip(short, sizes, strict=True):
        if size <= MAX_TOKENS:
            yield span, size
        else:
            yield from _fit(text, _halves(text, span), count_tokens)


def _short(text: str, span: Span) -> Iterator[Span]:
    """The span, or halves of halves of it, of at most `MAX_CHARACTERS`."""
    if span.end - span.start <= MAX_CHARACTERS:
        yield span
    else:
        for half in _halves(text, span):
            yield from _short(text, half)


def _halves(text: str, span: Span) -> Iterator[Span]:
    """The span cut between two words near its middle, without the white space there."""
    middle = (span.start + span.end) // 2
    cut = text.rfind(" ", span.start + 1, middle + 1)
    if cut == -1:
        cut = middle
    for start, end in ((span.start, cut), (cut, span.end)):
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end:
            yield Span(start, end)
