import random
from itertools import pairwise

import pytest

from index import sentence_spans
from index.chunking import MAX_CHARACTERS, MAX_TOKENS, chunk_spans


def count_words(texts):
    return [len(text.split()) for text in texts]


def sentence(words, name):
    """A sentence of that many words, all of them made of the one letter that names it."""
    word = name * 5
    return " ".join([word.capitalize()] + [word] * (words - 1)) + "."


def names(text):
    """The names of the sentences of each chunk."""
    found = []
    for start, end in chunk_spans(text, count_words):
        words = text[start:end].lower().split()
        found.append("".join(dict.fromkeys(word[0] for word in words)))
    return found


def document(**sizes):
    return " ".join(sentence(size, name) for name, size in sizes.items())


def test_a_short_text_is_one_chunk():
    text = "  One sentence. Another.\n\nA third.  "
    assert chunk_spans(text, count_words) == [(2, len(text) - 2)]


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_blank_text_has_no_chunks(text):
    assert chunk_spans(text, count_words) == []


def test_chunks_are_filled_up_to_220_tokens_and_no_further():
    assert MAX_TOKENS == 220
    assert names(document(a=110, b=110)) == ["ab"]
    assert names(document(a=110, b=111)) == ["a", "b"]


def test_the_last_two_sentences_are_repeated_where_they_are_short():
    assert names(document(a=160, b=20, c=20, d=20, e=20, f=20)) == ["abcd", "cdef"]


def test_the_last_one_alone_is_repeated_where_two_are_too_long():
    assert names(document(a=100, b=50, c=50, d=50, e=50)) == ["abc", "cde"]


def test_a_sentence_of_more_than_half_a_passage_is_not_repeated():
    assert names(document(a=60, b=110, c=100)) == ["ab", "bc"]
    assert names(document(a=60, b=111, c=100)) == ["ab", "c"]


def test_a_whole_chunk_is_never_repeated():
    # Of two sentences only the second; of one, none.
    assert names(document(a=190, b=10, c=100, d=150)) == ["ab", "bc", "d"]
    assert names(document(a=200, b=200, c=200)) == ["a", "b", "c"]


def test_nothing_is_repeated_where_the_next_sentence_would_have_no_room():
    assert names(document(a=150, b=30, c=30, d=200)) == ["abc", "d"]
    assert names(document(a=150, b=30, c=15, d=200)) == ["abc", "cd"]


def test_a_chunk_has_at_most_2000_characters():
    long = "x" * 990
    text = f"{long.capitalize()} is one. {long.capitalize()} is two. {long.capitalize()} is three."
    spans = chunk_spans(text, count_words)
    assert MAX_CHARACTERS == 2000
    assert [text[span.end - 6 : span.end] for span in spans] == ["s two.", "three."]


def test_a_chunk_is_never_a_part_of_the_one_before():
    """Short sentences before one that fills a chunk by its characters, not by its tokens."""
    text = f"A short one. Another short one. A word {'y' * 1900} ends. A word {'z' * 1900} ends."
    spans = chunk_spans(text, count_words)
    assert all(former.end < latter.end for former, latter in pairwise(spans))
    assert all(former.start < latter.start for former, latter in pairwise(spans))


def test_a_sentence_of_10_000_words_is_cut_between_words():
    text = " ".join(f"word{number}" for number in range(10_000))
    spans = chunk_spans(text, count_words)
    words = [word for start, end in spans for word in text[start:end].split()]
    assert list(dict.fromkeys(words)) == text.split()
    assert all(len(text[start:end].split()) <= MAX_TOKENS for start, end in spans)


def test_a_word_of_100_000_characters_is_cut_anywhere():
    text = "x" * 100_000
    spans = chunk_spans(text, count_words)
    covered = set()
    for start, end in spans:
        assert end - start <= MAX_CHARACTERS
        covered.update(range(start, end))
    assert covered == set(range(100_000))


def test_the_seed_document_is_in_chunks_that_the_model_reads_whole(seed_text, minilm):
    spans = chunk_spans(seed_text, minilm.count_tokens)
    sizes = minilm.count_tokens([seed_text[start:end] for start, end in spans])
    assert spans == [(0, 1080), (927, 2004)]
    assert sizes == [207, 204]
    assert seed_text[927:1080].startswith("“During the combat training mission")


VOCABULARY = [
    "a",
    "ship",
    "sailed",
    "Dr.",
    "3.5",
    "Paris",
    "x" * 300,
    "harbour",
    "é",
    "日本語",
    "-",
]


@pytest.mark.parametrize("seed", range(60))
def test_chunks_are_runs_of_whole_sentences_that_cover_the_text(seed):
    rng = random.Random(seed)
    pieces = []
    for _ in range(rng.randrange(1, 60)):
        words = rng.choices(VOCABULARY, k=min(int(rng.expovariate(1 / 25)) + 1, 300))
        pieces.append(" ".join(words) + rng.choice(". ? \n \n\n".split(" ")) + rng.choice(" \n"))
    text = "".join(pieces)
    whole = sentence_spans(text)
    starts, ends = {span.start for span in whole}, {span.end for span in whole}
    too_long = [
        span
        for span in whole
        if len(text[span.start : span.end].split()) > MAX_TOKENS
        or span.end - span.start > MAX_CHARACTERS
    ]

    def within(offset):
        return any(span.start < offset < span.end for span in too_long)

    spans = chunk_spans(text, count_words)
    covered = 0
    for number, (start, end) in enumerate(spans):
        assert len(text[start:end].split()) <= MAX_TOKENS
        assert end - start <= MAX_CHARACTERS
        assert start in starts or within(start)
        assert end in ends or within(end)
        if number:
            former = spans[number - 1]
            assert former.start < start
            assert former.end < end
            repeated = [s for s in whole if start <= s.start and s.end <= former.end]
            assert len(repeated) <= 2
        assert not text[covered:start].strip()
        covered = max(covered, end)
    assert not text[covered:].strip()


def test_each_sentence_is_counted_once_and_none_that_is_too_long_as_it_is():
    counted = []

    def count(texts):
        counted.extend(texts)
        return count_words(texts)

    short, long, last = sentence(10, "a"), sentence(300, "b"), sentence(20, "c")
    chunk_spans(f"{short} {long} {last} {sentence(2000, 'd')}", count)
    assert [counted.count(text) for text in (short, long, last)] == [1, 1, 1]
    assert max(len(text) for text in counted) <= MAX_CHARACTERS
