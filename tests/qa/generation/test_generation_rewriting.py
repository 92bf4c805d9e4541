import time

import pytest

from qa import Assistant, Settings, Turn
from qa.generation.models import GenerationError
from qa.generation.rewriting import Rewriter, is_rewrite

HISTORY = [
    Turn("user", "How long did the bombers fly over the Barents Sea?"),
    Turn("assistant", "about four hours — “They flew for about four hours.” [1]"),
]
QUESTION = "Who escorted them?"
REWRITTEN = "Who escorted the bombers?"


def rewriter(scripted, *script, seconds=5.0):
    model = scripted[0](*script)
    return Rewriter(model, seconds), model


def test_the_model_sees_the_conversation_and_its_question_is_taken(scripted):
    rewrite, model = rewriter(scripted, ["Who escorted ", '"the bombers?"'.strip('"'), "\n"])
    assert rewrite.rewrite(QUESTION, HISTORY) == REWRITTEN
    (asked,) = model.asked
    assert "User: How long did the bombers fly over the Barents Sea?" in asked
    # Nothing that looks like a citation: it could pass for a passage's number.
    assert "[1]" not in asked
    assert asked.index("four hours") < asked.index("Last question: Who escorted them?")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "They were escorted by fighter jets.",
        "Who escorted the bombers? Fighter jets did.",
        "Who escorted the tanks?",
        "What did the bombers do?",
        "Who escorted\nthe bombers?",
        "Who escorted the bombers? " * 40,
        GenerationError("cannot be reached"),
    ],
)
def test_what_is_no_rewrite_is_not_taken(scripted, said):
    assert rewriter(scripted, [said])[0].rewrite(QUESTION, HISTORY) is None


def test_a_model_that_takes_too_long_is_not_waited_for(scripted):
    class Slow:
        name, context, note = "slow", 4096, ""

        def stream(self, system, user):
            time.sleep(3)
            yield REWRITTEN

    began = time.monotonic()
    assert Rewriter(Slow(), 0.3).rewrite(QUESTION, HISTORY) is None
    assert time.monotonic() - began < 2


def test_a_rewrite_keeps_what_was_asked_and_adds_only_what_was_spoken_of():
    assert is_rewrite("Who escorted the bombers over the Barents Sea?", QUESTION, HISTORY)
    assert is_rewrite(QUESTION, QUESTION, HISTORY)
    assert not is_rewrite("Who escorted the bombers from Moscow?", QUESTION, HISTORY)
    assert not is_rewrite("Who followed the bombers?", QUESTION, HISTORY)


def test_where_the_model_is_not_there_the_rules_rewrite(tmp_path, seed_text):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "news.txt").write_text(seed_text)
    llm = "openai-like/http://127.0.0.1:9/v1#none"
    settings = Settings(home=tmp_path / "home", llm=llm, llm_timeout=2.0)
    with Assistant.open(tmp_path / "docs", settings) as assistant:
        answer = assistant.ask("Who escorted them?", HISTORY)
    assert "bombers" in answer.standalone_question
    assert "MiG-31" in answer.text
