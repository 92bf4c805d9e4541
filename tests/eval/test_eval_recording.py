import pytest

from eval.recording import Recording
from index import Chunk, DatasetError, Hit
from qa.generation.cache import Sentence
from qa.generation.models import GenerationError

HITS = [Hit(Chunk(1, "trip.txt", 0, 17, "Mia left at noon.", None), 1.0)]
SAID = [Sentence("She left at noon.", (0,)), Sentence("“Späť”", ())]


class Writing:
    """Writes what it is given, and fails then if it is told to; `asked` lists the questions."""

    def __init__(self, failure=None):
        self.model = type("Named", (), {"name": "test/model"})()
        self.failure = failure
        self.asked = []

    def write(self, question, hits):
        self.asked.append(question)
        yield None
        yield from SAID
        if self.failure:
            raise GenerationError(self.failure)


def test_what_was_written_is_asked_for_once_in_all_runs(tmp_path):
    file, writer = tmp_path / "runs" / "kept.jsonl", Writing()
    for _ in range(2):
        recording = Recording(writer, file)
        for _ in range(2):
            assert list(recording.write("When?", HITS)) == SAID
    assert writer.asked == ["When?"]


def test_other_questions_and_other_passages_are_asked_anew(tmp_path):
    writer = Writing()
    recording = Recording(writer, tmp_path / "kept.jsonl")
    for question, hits in (("When?", HITS), ("Where?", HITS), ("When?", [])):
        list(recording.write(question, hits))
    assert writer.asked == ["When?", "Where?", "When?"]


def test_a_failure_is_repeated_after_what_was_written(tmp_path):
    file, writer = tmp_path / "kept.jsonl", Writing("broke off")
    for _ in range(2):
        written = []
        with pytest.raises(GenerationError, match="broke off"):
            written.extend(Recording(writer, file).write("When?", HITS))
        got = []
        try:
            for sentence in Recording(writer, file).write("When?", HITS):
                got.append(sentence)
        except GenerationError:
            assert got == SAID
    assert writer.asked == ["When?"]


def test_a_file_of_something_else_is_told(tmp_path):
    (tmp_path / "kept.jsonl").write_text('{"key": 1}\n')
    with pytest.raises(DatasetError, match=r"kept\.jsonl: line 1"):
        Recording(Writing(), tmp_path / "kept.jsonl")
