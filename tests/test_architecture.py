"""Imports run one way, vendors stay behind their fences, and heavy packages load late."""

import ast
from pathlib import Path
from typing import NamedTuple

import pytest

import index

ROOT = Path(__file__).parents[1]
OURS = ("index", "qa", "eval", "app")

# A vendor, and where alone it may be imported: modules, or whole folders with a slash at the end.
FENCES = {
    "faiss": ("index/vectors/",),
    "sqlite3": ("index/database.py", "index/stems.py"),
    "pymilvus": ("index/milvus/server.py",),
    "grpc": ("index/milvus/server.py",),
    "ray": ("index/ray_workers.py", "eval/bench_ray.py"),
    "nupunkt": ("index/sentences.py",),
    "denckring_en_pos": ("qa/rewriting/tagging.py",),
    "charset_normalizer": ("index/readers/",),
    "lxml": ("index/readers/xmltree.py",),
    "pypdfium2": ("index/readers/",),
    "onnxruntime": ("index/embedding.py", "index/export.py", "qa/reader/"),
    "sentence_transformers": ("index/embedding.py",),
    "transformers": ("index/export.py", "qa/reader/", "qa/support/train.py", "eval/"),
    "watchfiles": ("index/watching.py",),
    "ir_measures": ("eval/retrieving.py",),
    "torch": ("index/export.py", "qa/reader/", "qa/support/train.py", "eval/"),
    "gradio": ("app.py", "qa/page/"),
    "llama_index": ("qa/generation/models.py", "qa/adapters/", "eval/peers/"),
    "xllamacpp": ("qa/generation/local.py",),
    "fastapi": ("qa/adapters/http/", "qa/page/"),
    "fastapi_offline": ("qa/adapters/http/app.py",),
    "uvicorn": ("qa/adapters/http/server.py",),
    "starlette": ("qa/guard.py", "qa/adapters/", "qa/page/"),
    "prometheus_client": ("qa/adapters/http/",),
    "mcp": ("qa/adapters/mcp.py",),
    "mcp_types": ("qa/adapters/mcp.py",),
    "pydantic": ("qa/adapters/",),
    "anyio": ("qa/adapters/",),
}
# Loaded only when needed: a question from the command line waits for none of them.
HEAVY = {
    "torch",
    "sentence_transformers",
    "transformers",
    "llama_index",
    "gradio",
    "xllamacpp",
    "onnxruntime",
    "faiss",
    "nupunkt",
    "denckring_en_pos",
    "watchfiles",
    "ir_measures",
    "fastapi",
    "fastapi_offline",
    "uvicorn",
    "starlette",
    "prometheus_client",
    "mcp",
    "mcp_types",
    "pydantic",
    "anyio",
    "pymilvus",
    "grpc",
    "ray",
}
# Loaded only by those who want what they are made for.
ALLOWED_AT_THE_TOP = (
    "qa/page/",
    "qa/adapters/",
    "qa/guard.py",
    "qa/reader/train.py",
    "qa/reader/export.py",
    "qa/reader/unpack.py",
    "qa/support/train.py",
    "eval/benchmarks.py",
    "eval/peers/",
)


class Import(NamedTuple):
    file: str
    line: int
    module: str
    names: tuple[str, ...]  # of `from module import names`; empty for `import module`
    at_the_top: bool  # runs when the file is imported


def imports(file, source):
    found = []

    def visit(node, at_the_top):
        if isinstance(node, ast.Import):
            found.extend(Import(file, node.lineno, a.name, (), at_the_top) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = tuple(a.name for a in node.names)
            package = file.split("/")[: -node.level] if node.level else []
            module = ".".join([*package, *filter(None, [node.module])])
            found.append(Import(file, node.lineno, module, names, at_the_top))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            at_the_top = False
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for child in node.body:
                visit(child, False)
            for child in node.orelse:
                visit(child, at_the_top)
            return
        for child in ast.iter_child_nodes(node):
            visit(child, at_the_top)

    visit(ast.parse(source), True)
    return found


def files():
    paths = [ROOT / "app.py"]
    for package in ("index", "qa", "eval"):
        paths += sorted((ROOT / package).rglob("*.py"))
    return [path for path in paths if path.exists()]


ALL = [
    item
    for path in files()
    for item in imports(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
]


# What the index's front door names, for everybody or for the rest of Citewise.
NAMED = {
    alias.asname or alias.name
    for node in ast.parse((ROOT / "index/__init__.py").read_text(encoding="utf-8")).body
    if isinstance(node, ast.ImportFrom)
    for alias in node.names
}


def within(file, places):
    return any(file.startswith(place) if place.endswith("/") else file == place for place in places)


def package(module):
    return module.partition(".")[0]


def modules(item):
    """Every module that an import may load: `from a import b` may load `a.b`."""
    return [item.module, *(f"{item.module}.{name}" for name in item.names)]


def shown(items):
    return [f"{item.file}:{item.line} {item.module}" for item in items]


def test_the_walk_finds_what_there_is():
    source = """
import os, faiss.x
if TYPE_CHECKING:
    import gradio
try:
    from a import b, c
except ImportError:
    pass
def f():
    from . import d
    class G:
        import torch
class H:
    from ..e import f
"""
    assert imports("qa/reader/x.py", source) == [
        Import("qa/reader/x.py", 2, "os", (), True),
        Import("qa/reader/x.py", 2, "faiss.x", (), True),
        Import("qa/reader/x.py", 4, "gradio", (), False),
        Import("qa/reader/x.py", 6, "a", ("b", "c"), True),
        Import("qa/reader/x.py", 10, "qa.reader", ("d",), False),
        Import("qa/reader/x.py", 12, "torch", (), False),
        Import("qa/reader/x.py", 14, "qa.e", ("f",), True),
    ]
    assert {item.file for item in ALL} >= {"index/vectors/exact.py", "index/readers/text.py"}


@pytest.mark.parametrize("vendor", FENCES)
def test_a_vendor_stays_behind_its_fence(vendor):
    users = [item for item in ALL if package(item.module) == vendor]
    assert shown(item for item in users if not within(item.file, FENCES[vendor])) == []


def test_heavy_packages_are_imported_late():
    early = [
        item
        for item in ALL
        if item.at_the_top
        and package(item.module) in HEAVY
        and not within(item.file, ALLOWED_AT_THE_TOP)
    ]
    assert shown(early) == []


def test_the_index_knows_nothing_of_what_is_built_on_it():
    upwards = [
        item
        for item in ALL
        if item.file.startswith("index/") and package(item.module) in ("qa", "eval", "app")
    ]
    assert shown(upwards) == []


def test_the_types_and_errors_of_the_index_rest_on_nothing_of_ours():
    base = ("index/types.py", "index/errors.py")
    assert shown(i for i in ALL if i.file in base and package(i.module) in OURS) == []


def test_outside_the_index_only_its_front_door_is_used():
    doors = [
        item
        for item in ALL
        if item.file.startswith(("qa/", "app.py")) and package(item.module) == "index"
    ]
    assert doors
    others = [i for i in doors if i.module != "index" or not set(i.names) <= NAMED]
    assert shown(others) == []


def test_nobody_imports_the_page_or_the_evaluation_but_the_command_line():
    users = [
        item
        for item in ALL
        if package(item.module) in ("app", "eval")
        and item.file != "qa/__main__.py"
        and not (item.file.startswith("eval/") and package(item.module) == "eval")
    ]
    assert shown(users) == []
    started = [
        i for i in ALL if i.file == "qa/__main__.py" and package(i.module) in ("app", "eval")
    ]
    assert shown(item for item in started if item.at_the_top) == []


def test_imports_run_in_no_circle():
    """Among the modules of the index, as they are imported at their tops."""
    needs = {}
    for item in ALL:
        if item.file.startswith("index/") and item.at_the_top:
            name = item.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            needs.setdefault(name, set()).update(
                module for module in modules(item) if package(module) == "index"
            )
    done = []

    def follow(name, path):
        assert name not in path, " -> ".join([*path, name])
        if name in done or name not in needs:
            return
        for needed in sorted(needs[name] - {"index"}):
            follow(needed, [*path, name])
        done.append(name)

    for name in needs:
        follow(name, [])
    assert "index.library" in done


def test_the_front_door_names_what_there_is():
    assert len(set(index.__all__)) == len(index.__all__)
    assert all(hasattr(index, name) for name in index.__all__)
