"""The wheel holds what the checkout holds. That it installs and answers: `make test-wheel`."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "qa", "eval")
MEGABYTE = 1 << 20


def copy_small(source, target):
    """Only the names of large files matter here."""
    if Path(source).stat().st_size > MEGABYTE:
        Path(target).touch()
    else:
        shutil.copyfile(source, target)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A source distribution of a copy of the checkout, and the wheel that is built from it.

    Of a copy, for building writes beside the sources.
    """
    copy = tmp_path_factory.mktemp("checkout")
    out = tmp_path_factory.mktemp("dist")
    for name in (*PACKAGES, "tests"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, copy / name, ignore=ignored, copy_function=copy_small)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copyfile(path, copy / path.name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, copy]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (wheel,), (source,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return wheel, source


def checkout():
    """The files that belong into a distribution, relative to the checkout."""
    paths = [path for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file()]
    found = {
        path.relative_to(ROOT).as_posix() for path in paths if path.parent.name != "__pycache__"
    }
    return found | {"app.py"}


def test_the_wheel_holds_all_that_the_packages_do(built):
    with zipfile.ZipFile(built[0]) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == checkout()
    assert {
        "eval/datasets/seeds.jsonl",
        "index/py.typed",
        "qa/page/static/page.js",
        "qa/py.typed",
        "qa/reader/weights/model.onnx",
        "qa/support/weights/model.onnx",
    } <= held


def test_the_wheel_says_what_it_is(built):
    with zipfile.ZipFile(built[0]) as wheel:
        (info,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
        metadata = message_from_bytes(wheel.read(f"{info}/METADATA"))
        commands = wheel.read(f"{info}/entry_points.txt").decode()
        licence = wheel.read(f"{info}/licenses/LICENSE").decode()
    assert metadata["Name"] == "citewise"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert "Apache License" in licence
    assert "Typing :: Typed" in metadata.get_all("Classifier")
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload().lstrip().startswith("# Citewise")
    assert "citewise = qa.__main__:main" in commands


def test_the_source_distribution_holds_what_it_takes_and_no_documents(built):
    with tarfile.open(built[1]) as source:
        held = {
            name.partition("/")[2] for name in source.getnames() if source.getmember(name).isfile()
        }
    assert checkout() | {"LICENSE", "README.md", "pyproject.toml", "constraints.txt"} <= held
    assert [name for name in held if name.startswith(("tests/", "seeds/"))] == []
