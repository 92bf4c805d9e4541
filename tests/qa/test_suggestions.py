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


def test_no_question_is_asked_twice_and_every_document_has_its_turn():
    ships = "People saw the Northern Star. Others saw Northern Star too. They met Captain Ida Holm there."
    towns = "She liked New Haven. He liked Old Haven. What did they do in the end?"
    questions = suggest([document(ships), document(towns)], lambda question: True)
    assert questions == (
        "What do the documents say about the Northern Star?",
        "What did they do in the end?",
        "What do the documents say about New Haven?",
        "What do the documents say about Captain Ida Holm?",
    )
