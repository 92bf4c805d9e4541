from pathlib import Path

from index import Document
from qa.suggestions import suggest


def document(text):
    return Document("a.txt", Path("a.txt"), "A", text, (), "text/plain", "0" * 64)


def test_questions_come_from_the_words_of_the_documents(seed_text):
    questions = suggest([document(seed_text)], lambda question: True)
    assert questions[0] == "What do the Zapad exercises involve?"
    assert "Who is Viktor Khrenin?" in questions
    assert len(questions) == len(set(questions)) == 4


def test_only_answered_questions_are_kept(seed_text):
    questions = suggest([document(seed_text)], lambda question: question.startswith("Who"))
    assert questions
    assert all(question.startswith("Who") for question in questions)


def test_a_text_without_names_suggests_nothing():
    assert suggest([document("all in lower case, and so on.")], lambda question: True) == ()
