from pathlib import Path

import pytest

from index import SettingsError
from qa import Settings


def test_the_defaults_need_no_file_and_no_environment(tmp_path):
    settings = Settings.load({}, tmp_path / "citewise.toml")
    assert settings == Settings()
    assert settings.home == Path(".citewise")


def test_the_environment_wins_over_the_file(tmp_path):
    file = tmp_path / "citewise.toml"
    file.write_text('passages = 3\nhome = "here"\n')
    settings = Settings.load({"CITEWISE_PASSAGES": "7", "OTHER": "x"}, file)
    assert settings.passages == 7
    assert settings.home == Path("here")


@pytest.mark.parametrize(
    ("toml", "names"),
    [
        ("passage = 3", "'passage'"),
        ("passages = 0", "passages must be from 1 to 50"),
        ('passages = "many"', "must be a whole number"),
        ("passages = true", "must be a whole number"),
        ("min_confidence = 1.5", "from 0 to 1"),
        ("passages = [", "cannot be read"),
        ("home = {}", "must be a path"),
        ('editable = "perhaps"', "editable must be true or false, not 'perhaps'"),
        ("editable = 2", "editable must be true or false"),
        ("editable = []", "editable must be true or false"),
        ("answers_at_once = -1", "answers_at_once must be from 0 to 64"),
        ("questions_waiting = 0", "questions_waiting must be from 1 to 10,000"),
        ("answer_seconds = 0.5", "answer_seconds must be from 1 to 3600"),
        ("answer_seconds = nan", "answer_seconds must be from 1 to 3600"),
        ("upload_megabytes = 65", "upload_megabytes must be from 1 to 64"),
        ("upload_files = 0", "upload_files must be from 1 to 10,000"),
        ("requests_per_minute = -1", "requests_per_minute must be from 0 to 1,000,000"),
        ("upload_files = inf", "upload_files must be a whole number"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, toml, names):
    file = tmp_path / "citewise.toml"
    file.write_text(toml)
    with pytest.raises(SettingsError, match=names) as caught:
        Settings.load({}, file)
    assert "\n" not in str(caught.value).strip()


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"home": "here"}, "home must be a path, not 'here'"),
        ({"passages": "5"}, "passages must be a whole number, not '5'"),
        ({"passages": True}, "passages must be a whole number, not True"),
        ({"passages": 2.5}, "passages must be a whole number, not 2.5"),
        ({"min_confidence": None}, "min_confidence must be a number, not None"),
        ({"editable": 1}, "editable must be true or false, not 1"),
        ({"llm": Path("x")}, "llm must be a text, not"),
    ],
)
def test_a_program_that_gives_something_else_is_told(given, names):
    with pytest.raises(SettingsError, match=names) as caught:
        Settings(**given)
    assert "\n" not in str(caught.value)


def test_a_whole_number_is_a_number():
    assert Settings(min_confidence=1).min_confidence == 1


def test_an_unknown_variable_is_rejected_too(tmp_path):
    with pytest.raises(SettingsError, match="CITEWISE_PASAGES"):
        Settings.load({"CITEWISE_PASAGES": "7"}, tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("value", "means"),
    [("true", True), ("1", True), ("Yes", True), ("false", False), ("0", False), (" NO ", False)],
)
def test_a_yes_or_no_in_the_environment(tmp_path, value, means):
    settings = Settings.load({"CITEWISE_EDITABLE": value}, tmp_path / "none.toml")
    assert settings.editable is means


def test_a_yes_or_no_in_the_file(tmp_path):
    file = tmp_path / "citewise.toml"
    file.write_text("editable = false\nanswers_at_once = 3\n")
    settings = Settings.load({}, file)
    assert (settings.editable, settings.workers) == (False, 3)


def test_without_a_number_as_many_answers_at_once_as_there_are_cores(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2}, raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    assert Settings().workers == 3
    assert Settings(answers_at_once=2).workers == 2
