"""The command line: where the parts are put together."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index import CitewiseError, RayWorkers, Syncable, SyncReport, UsageError, Watcher
from qa import passwords, serving
from qa.assistant import Assistant
from qa.opening import open_library
from qa.settings import Settings
from qa.terminal import Bar
from qa.types import Answer, Turn

DEFAULT_FOLDER = Path("seeds")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0, 1 for a failure, or 2 for wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except CitewiseError as error:
        print(f"citewise: {_printable(str(error))}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone, and Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


class _Version(argparse.Action):
    """Prints the version that is installed, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"citewise {version('citewise')}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="citewise", description="Ask your documents; get an answer you can check."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    chat = commands.add_parser("chat", help="open the chat page")
    serving.add_options(chat, DEFAULT_FOLDER)
    chat.set_defaults(run=_chat)

    serve = commands.add_parser(
        "serve",
        help="serve an HTTP API, the page and MCP on one port",
        description="Serve an HTTP API (/v1, described at /docs), the page (/) and MCP (/mcp) on one port. "
        "SIGTERM or Ctrl+C ends it when what is being answered is answered.",
    )
    serving.add_api_options(serve, DEFAULT_FOLDER)
    serve.set_defaults(run=_serve)

    mcp = commands.add_parser(
        "mcp",
        help="serve the tools ask and search to a program that starts this",
        description="Serve the tools ask and search by the Model Context Protocol over standard input and "
        "output, for a program that starts this. Over HTTP they are at /mcp of `citewise serve`.",
    )
    serving.add_folder(mcp, DEFAULT_FOLDER)
    mcp.set_defaults(run=_mcp)

    password = commands.add_parser(
        "password",
        help="make the line of a user for `--auth FILE`",
        description="Ask for a password, or read it as one line where nobody types, and print the "
        "user's line for the file of `citewise chat --auth FILE`, or of `citewise serve`.",
    )
    password.add_argument("user")
    password.set_defaults(run=_password)

    ask = commands.add_parser("ask", help="answer one question")
    ask.add_argument("question")
    _add_docs(ask)
    _add_json(ask)
    ask.add_argument(
        "--history", type=Path, metavar="FILE", help="the turns before: a JSON list of {role, text}"
    )
    ask.set_defaults(run=_ask)

    search = commands.add_parser("search", help="show the passages that fit a question")
    search.add_argument("query")
    _add_docs(search)
    _add_json(search)
    search.set_defaults(run=_search)

    sync = commands.add_parser("sync", help="bring the index up to date with a folder")
    sync.add_argument("folder", type=Path)
    sync.add_argument("--rebuild", action="store_true", help="forget the index and make it anew")
    sync.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="read and embed on the Ray cluster of this machine, with its head at HOST:PORT",
    )
    sync.add_argument("--retry", action="store_true", help="try files again that failed before")
    endless = sync.add_mutually_exclusive_group()
    endless.add_argument("--watch", action="store_true", help="go on after every change")
    _add_json(endless)
    sync.set_defaults(run=_sync)

    evaluate = commands.add_parser("eval", help="check the answers to a data set of questions")
    _add_eval(evaluate)
    return parser


def _add_eval(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "dataset",
        type=Path,
        nargs="?",
        help="JSON Lines (.jsonl), SQuAD (.json, .json.gz), a table (.csv), or a folder as BEIR's",
    )
    what.add_argument(
        "--make-dataset",
        type=Path,
        metavar="FOLDER",
        help="write question candidates from a folder's documents, to be reviewed by hand",
    )
    parser.add_argument(
        "--docs",
        type=Path,
        metavar="FOLDER",
        help="the folder of documents (default: those the data set brings along, or seeds)",
    )
    parser.add_argument("--out", type=Path, help="where the results go (default: runs/DATASET)")
    parser.add_argument("--split", choices=["dev", "test", "all"], default="all")
    parser.add_argument(
        "--against", type=Path, metavar="RUN", help="the folder of an earlier run to compare with"
    )
    parser.add_argument(
        "--min",
        action="append",
        default=[],
        dest="floors",
        metavar="METRIC=VALUE",
        help="exit with 1 where the figure is lower, such as right_and_cited=0.9; may be repeated",
    )
    parser.add_argument(
        "--max",
        action="append",
        default=[],
        dest="ceilings",
        metavar="METRIC=VALUE",
        help="exit with 1 where the figure is higher, such as false_answer_rate=0.1; may be repeated",
    )
    parser.set_defaults(run=_eval)


def _add_docs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--docs",
        type=Path,
        metavar="FOLDER",
        help=f"the folder of documents (default: {DEFAULT_FOLDER})",
    )


def _docs(arguments: argparse.Namespace) -> Path:
    """The folder that is asked about."""
    if arguments.docs is None and not DEFAULT_FOLDER.is_dir():
        raise UsageError("which documents? name their folder: --docs FOLDER")
    return arguments.docs or DEFAULT_FOLDER


def _add_json(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _chat(arguments: argparse.Namespace) -> int:
    from app import serve

    return serve(arguments)


def _serve(arguments: argparse.Namespace) -> int:
    from app import build_app, login
    from qa.adapters.http.server import serve

    allowed = None if arguments.auth is None else passwords.Passwords.load(arguments.auth)
    if allowed is not None and allowed.warning:
        print(f"citewise: {_printable(allowed.warning)}", file=sys.stderr)
    return serve(arguments, build_app, login(allowed) if allowed else None)


def _mcp(arguments: argparse.Namespace) -> int:
    from qa.adapters.http.logs import log_to
    from qa.adapters.mcp import serve_stdio

    log_to(sys.stderr)
    with Assistant.open(arguments.folder, wait=False) as assistant:
        serve_stdio(assistant)
    return 0


def _password(arguments: argparse.Namespace) -> int:
    user = passwords.checked_user(arguments.user)
    if sys.stdin.isatty():
        from getpass import getpass

        password = getpass(f"Password of {user}: ")
        if getpass("Once more: ") != password:
            raise UsageError("the two are not the same: try again")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    print(f"{user}:{passwords.Hash.of(passwords.checked_password(password))}")
    return 0


def _ask(arguments: argparse.Namespace) -> int:
    history = _history(arguments.history) if arguments.history else []
    settings = Settings.load()
    # What a language model writes can be read while it writes.
    live = bool(settings.llm) and not arguments.json and sys.stdout.isatty()
    with _open(_docs(arguments), settings) as assistant:
        for event in assistant.stream(arguments.question, history):
            if isinstance(event, Answer):
                answer = event
            elif live:
                print(_printable(event), end="", flush=True)
    if arguments.json:
        _print_json(answer.to_dict())
    else:
        _print_answer(answer, written=live)
    return 0


def _search(arguments: argparse.Namespace) -> int:
    settings = Settings.load()
    with _open(_docs(arguments), settings) as assistant:
        hits = assistant.search(arguments.query, settings.passages)
    if arguments.json:
        _print_json({"query": arguments.query, "hits": [asdict(hit) for hit in hits]})
        return 0
    for hit in hits:
        place = _place(hit.chunk.document_id, hit.chunk.page, hit.chunk.start, hit.chunk.end)
        print(f"{hit.score:.3f}  {_printable(place)}\n{_printable(hit.chunk.text)}\n")
    return 0


def _open(folder: Path, settings: Settings) -> Assistant:
    with Bar(sys.stderr, failures=False) as bar:
        assistant = Assistant.open(folder, settings, progress=bar)
    for note in assistant.notes:
        print(f"citewise: {_printable(note)}", file=sys.stderr)
    return assistant


def _sync(arguments: argparse.Namespace) -> int:
    settings = Settings.load()
    with open_library(arguments.folder, settings, rebuild=arguments.rebuild) as library:
        with Bar(sys.stderr) as bar, _ray(arguments.ray, library, settings) as workers:
            report = library.sync(bar, retry=arguments.retry, workers=workers)
        if workers is not None and workers.lost:
            print(
                f"citewise: {workers.lost} files were read here, not on the Ray cluster: "
                f"{_printable(workers.reason)}",
                file=sys.stderr,
            )
        if arguments.json:
            _print_json(asdict(report))
        else:
            _print_report(report, failures=not (bar.active and sys.stdout.isatty()))
        return _watch(library) if arguments.watch else 0


def _ray(
    address: str | None, library: Syncable, settings: Settings
) -> AbstractContextManager[RayWorkers | None]:
    if not address:
        return nullcontext()
    fingerprint = library.embedder.fingerprint
    return RayWorkers(address, settings.embedder, settings.cache, fingerprint)


def _watch(library: Syncable) -> int:
    """Follow the folder until the user interrupts, which is how it is meant to end."""

    def complain(error: CitewiseError) -> None:
        print(f"citewise: {_printable(str(error))}", file=sys.stderr, flush=True)

    def show(report: SyncReport) -> None:
        _print_report(report)
        sys.stdout.flush()

    print(f"Following {_printable(str(library.folder))}. Ctrl+C stops it.", flush=True)
    try:
        Watcher(library, show, complain).run()
    except KeyboardInterrupt:
        print()
    return 0


def _eval(arguments: argparse.Namespace) -> int:
    from eval.command import Request, make_dataset, run

    if arguments.make_dataset is not None:
        return make_dataset(arguments.make_dataset, arguments.out, Settings.load())
    return run(
        Request(
            arguments.dataset,
            arguments.docs,
            arguments.out,
            arguments.split,
            arguments.against,
            arguments.floors,
            arguments.ceilings,
        )
    )


def _history(file: Path) -> list[Turn]:
    wanted = f'{file} must hold a JSON list like [{{"role": "user", "text": "…"}}]'
    try:
        rows: Any = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"the history {file} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise UsageError(f"{wanted}: {error}") from None
    if not isinstance(rows, list):
        raise UsageError(wanted)
    turns = []
    for row in rows:
        match row:
            case {"role": "user" | "assistant" as role, "text": str(text), **rest} if not rest:
                turns.append(Turn(role, text))
            case _:
                raise UsageError(f"{wanted}; this turn is wrong: {json.dumps(row)[:200]}")
    return turns


def _print_json(value: dict[str, Any]) -> None:
    json.dump(value, sys.stdout, indent=2)
    print()


def _print_answer(answer: Answer, written: bool) -> None:
    """Print the answer, or what belongs to it where its text is `written` already."""
    if written:
        print()
    if answer.standalone_question != answer.question:
        print(f"({_printable(answer.standalone_question)})\n")
    if not written:
        print(_printable(answer.text))
    if answer.note:
        print(f"\n({_printable(answer.note)})")
    if answer.citations:
        print()
    for citation in answer.citations:
        place = _place(citation.document_id, citation.page, citation.start, citation.end)
        print(_printable(f"[{citation.marker}] {citation.title} ({place})"))
    if answer.status == "not_in_documents":
        for hit in answer.hits[:1]:
            place = _place(hit.chunk.document_id, hit.chunk.page, hit.chunk.start, hit.chunk.end)
            print(f"\nNearest passage, {_printable(place)}:\n{_printable(hit.chunk.text)}")


def _print_report(report: SyncReport, failures: bool = True) -> None:
    print(
        f"{report.added} added, {report.changed} changed, {report.moved} moved, "
        f"{report.removed} removed, {report.unchanged} unchanged, {len(report.failed)} failed; "
        f"{report.passages} passages, {report.embedded} embedded, {report.seconds:.2f} s"
    )
    for note in report.notes:
        print(f"note: {_printable(note)}")
    for failure in report.failed if failures else ():
        print(f"failed: {_printable(failure.path)}: {_printable(failure.reason)}")


def _place(document_id: str, page: int | None, start: int, end: int) -> str:
    where = "" if page is None else f"page {page}, "
    return f"{document_id}, {where}characters {start}-{end}"


def _printable(text: str) -> str:
    """The text without control characters, which could rewrite what the terminal shows."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


if __name__ == "__main__":
    sys.exit(main())
