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
        ('passages = "many"', "must be a int"),
        ("passages = true", "must be a int"),
        ("min_confidence = 1.5", "from 0 to 1"),
        ("passages = [", "cannot be read"),
        ("home = {}", "must be a path"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, toml, names):
    file = tmp_path / "citewise.toml"
    file.write_text(toml)
    with pytest.raises(SettingsError, match=names) as caught:
        Settings.load({}, file)
    assert "\n" not in str(caught.value).strip()


def test_an_unknown_variable_is_rejected_too(tmp_path):
    with pytest.raises(SettingsError, match="CITEWISE_PASAGES"):
        Settings.load({"CITEWISE_PASAGES": "7"}, tmp_path / "none.toml")
