from index import Chunk, Hit
from qa.sentence_reader import SentenceReader


def test_overlapping_passages_are_read_once(minilm):
    text = "The red boat sank in May. Nobody was hurt. The blue boat was sold in June."
    cut = text.index("Nobody")
    end = text.index(" The blue")
    hits = [
        Hit(Chunk(1, "a.txt", 0, end, text[:end], None), 1.0),
        Hit(Chunk(2, "a.txt", cut, len(text), text[cut:], None), 0.5),
    ]
    reading = SentenceReader(minilm).read("When did the red boat sink?", hits)
    assert reading.evidence[0].text == "The red boat sank in May."
    assert sorted(item.span.start for item in reading.evidence) == [0, cut, end + 1]
    assert all(text[item.span.start : item.span.end] == item.text for item in reading.evidence)
    assert 0.0 <= reading.confidence <= 1.0


def test_nothing_to_read_is_no_confidence(minilm):
    reading = SentenceReader(minilm).read("Anything?", [])
    assert reading.evidence == ()
    assert reading.confidence == 0.0
