"""What other programs rest on: the public names, what their calls take, and what importing them costs.

`public.txt` is the surface, a line for each thing that could be taken away from somebody. A line that
changes there, or goes, breaks programs; one that is added is a promise. Once it is meant, write it down:

    python -P tests/test_public.py > tests/public.txt
"""

import inspect
import json
import re
import subprocess
import sys
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path

import pytest

import eval.testing
import index
import qa
import qa.adapters.llama_index
import qa.adapters.readers
from index.readers import READERS, LateReader

SURFACE = Path(__file__).with_name("public.txt")
MODULES = (index, qa, qa.adapters.llama_index, qa.adapters.readers, eval.testing)
NAMES = "from index import Chunk, Document, Hit, Library\n" + (
    "from qa import Answer, Assistant, Citation, Settings, Turn\n"
)


def surface():
    for module in MODULES:
        for name in module.__all__:
            yield from lines(f"{module.__name__}.{name}", getattr(module, name))


def lines(path, thing):
    if inspect.isclass(thing) and is_dataclass(thing):
        yield path
        for field in fields(thing):
            optional = field.default is not MISSING or field.default_factory is not MISSING
            yield f"{path}.{field.name}: {field.type}" + (" = …" if optional else "")
        yield from members(path, thing, {field.name for field in fields(thing)})
    elif inspect.isclass(thing) and issubclass(thing, Exception):
        yield f"{path}({thing.__base__.__name__})"
    elif hasattr(thing, "_fields"):
        yield f"{path}({', '.join(thing._fields)})"
    elif inspect.isclass(thing):
        # What is opened by `open`, or implemented by others, is constructed by nobody.
        made = not hasattr(thing, "open") and not getattr(thing, "_is_protocol", False)
        yield path + (signature(thing.__init__) if made else "")
        yield from members(path, thing, set())
    else:
        yield path + (signature(thing) if inspect.isfunction(thing) else "")


def members(path, kind, fields_):
    for name, member in vars(kind).items():
        if name.startswith("_") or name in fields_ or name.startswith("model_"):
            continue
        if isinstance(member, property):
            yield f"{path}.{name}: {inspect.signature(member.fget).return_annotation}"
        elif isinstance(member, classmethod | staticmethod):
            yield f"{path}.{name}{signature(member.__func__)}"
        elif inspect.isfunction(member):
            yield f"{path}.{name}{signature(member)}"


def signature(function):
    """As it is written, without the first argument of a method and without quotes round types."""
    text = re.sub(r"\((self|cls)(, )?", "(", str(inspect.signature(function)))
    return re.sub(r"(: |-> )'([^']+)'", r"\1\2", text).replace("PosixPath", "Path")


def loaded_by(code):
    """The modules that a fresh Python has once it ran the code, without those of a bare one."""
    script = f"import sys; bare = set(sys.modules)\n{code}\nimport json; json.dump("
    script += "sorted(set(sys.modules) - bare), sys.stdout)"
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=True)
    return set(json.loads(done.stdout))


def test_the_surface_is_what_it_was():
    assert list(surface()) == SURFACE.read_text(encoding="utf-8").splitlines()


def test_everything_public_says_what_it_is():
    silent = [
        f"{module.__name__}.{name}"
        for module in MODULES
        for name in module.__all__
        if inspect.isclass(thing := getattr(module, name)) or inspect.isfunction(thing)
        if not (vars(thing).get("__doc__") if inspect.isclass(thing) else thing.__doc__)
    ]
    assert silent == []


def test_importing_loads_nothing_heavy():
    loaded = loaded_by(NAMES)
    assert {"qa.assistant", "index.library"} <= loaded
    packages = {name.partition(".")[0] for name in loaded}
    third_party = packages - sys.stdlib_module_names - {"index", "qa"}
    assert third_party == set()
    assert [
        name for name in loaded if name.startswith(("index.readers.pdf.reader", "qa.page"))
    ] == []


def test_importing_reads_no_settings_and_makes_no_folder(tmp_path, monkeypatch):
    (tmp_path / "citewise.toml").write_text("no TOML")
    monkeypatch.setenv("CITEWISE_PASSAGES", "many")
    loaded_by(NAMES)
    assert [path.name for path in tmp_path.iterdir()] == ["citewise.toml"]


@pytest.mark.parametrize("suffix", READERS)
def test_a_reader_that_is_loaded_late_is_there(suffix):
    reader = READERS[suffix]
    function = reader.reader() if isinstance(reader, LateReader) else reader
    assert function.__module__.startswith("index.readers.")
    assert list(inspect.signature(function).parameters) == ["data"]


if __name__ == "__main__":
    print(*surface(), sep="\n")
