"""What the page asks of the server beside questions: each takes and gives one JSON object.

They are called by the page's script through `gradio.HTML`, past the line that questions stand in. What
comes in may hold anything: it is checked here, and every failure goes back as `{"error": "one line"}`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradio.utils import get_upload_folder

from index import CitewiseError, Document, Span, UsageError, quote_boxes
from qa.feedback import Feedback, record
from qa.page.conversation import Conversation, RecordError
from qa.page.html import frame, shelf, sources, viewer
from qa.page.html.escaping import sentence
from qa.page.markdown import to_markdown

if TYPE_CHECKING:
    from qa import Assistant

Json = dict[str, Any]
Action = Callable[[Json], Json]

_FOUND = 20
_PICTURE_WIDTH = 1400
_PICTURES = 16

_log = logging.getLogger(__name__)


class Actions:
    """The actions over one assistant; `all` are those that the page may call."""

    def __init__(self, assistant: Assistant) -> None:
        """Do nothing yet."""
        self._assistant = assistant
        self._suggestions = _Suggestions(assistant)
        self._picture = lru_cache(_PICTURES)(self._drawn)

    def all(self) -> list[Action]:
        """Each action, by the name that the page's script calls."""
        methods = (
            self.state,
            self.view,
            self.find,
            self.documents,
            self.place,
            self.remove,
            self.sync,
            self.feedback,
            self.export,
        )
        return [_answering(method) for method in methods]

    def state(self, _: Json) -> Json:
        """How the folder stands, and the welcome that fits it."""
        assistant, state = self._assistant, self._assistant.folder_state()
        suggestions = self._suggestions.at(state.changes) if state.ready else None
        welcome = frame.welcome(assistant.folder.name, state, assistant.titles(), suggestions or ())
        return {
            "folder": frame.folder(assistant.folder.name, state),
            "welcome": welcome,
            "changes": state.changes,
            "settled": state.ready and state.event is None and suggestions is not None,
        }

    def view(self, asked: Json) -> Json:
        """A document at a place: {document, start, end} or {document, page}."""
        document = self._assistant.document(_text(asked, "document"))
        span = Span(_whole(asked, "start"), _whole(asked, "end"))
        if not 0 <= span.start <= span.end <= len(document.text):
            raise UsageError("the document has changed, and that place is no longer in it")
        number = _whole(asked, "page") if asked.get("page") else None
        page = next(
            (
                page
                for page in document.pages
                if (
                    page.start <= span.start < page.end if number is None else page.number == number
                )
            ),
            document.pages[0] if document.pages else None,
        )
        picture = None
        if page is not None and document.media_type == "application/pdf":
            # Without its picture the page's text still stands.
            with suppress(CitewiseError):
                picture = self._picture(document.id, document.sha256, page.number)
        html = viewer.view(
            document,
            span,
            page.number if page else None,
            picture,
            quote_boxes(page, span) if page else (),
        )
        return {"html": html}

    def find(self, asked: Json) -> Json:
        """The passages that fit a query best."""
        hits = self._assistant.search(_text(asked, "query"), _FOUND)
        places = [
            {"document_id": hit.chunk.document_id, "start": hit.chunk.start, "end": hit.chunk.end}
            for hit in hits
        ]
        return {"html": sources.found(hits, self.lookup()), "places": places}

    def documents(self, asked: Json) -> Json:
        """The files whose names hold some text, as a table, and their paths in its order."""
        entries = self._assistant.entries()
        wanted = _text(asked, "filter").casefold()
        shown = [entry for entry in entries if wanted in entry.path.casefold()]
        editable = self._assistant.settings.editable
        return {
            "html": shelf.table(shown, len(entries), editable),
            "paths": [entry.path for entry in shown],
            "editable": editable,
        }

    def place(self, asked: Json) -> Json:
        """Take uploaded files into the folder: {files: [{name, path}]}."""
        files = [(_text(item, "name"), _uploaded(_text(item, "path"))) for item in asked["files"]]
        try:
            return {"html": shelf.placed(self._assistant.add(files))}
        finally:
            for _, path in files:
                path.unlink(missing_ok=True)

    def remove(self, asked: Json) -> Json:
        """Take one file out of the folder: {path}."""
        self._assistant.remove(_text(asked, "path"))
        return {}

    def sync(self, _: Json) -> Json:
        """Read the folder again, failed files included."""
        report = self._assistant.sync()
        return {"failed": len(report.failed), "changed": report.added + report.changed}

    def feedback(self, asked: Json) -> Json:
        """Keep what a visitor thinks of an answer: {record, number, verdict, note}."""
        conversation = Conversation.from_json(_text(asked, "record"))
        number = _whole(asked, "number")
        if not 1 <= number <= len(conversation.exchanges):
            raise UsageError("there is no such answer any more")
        item = conversation.exchanges[number - 1]
        before = Conversation(conversation.exchanges[: number - 1])
        verdict = _text(asked, "verdict")
        if verdict not in ("right", "wrong"):
            raise UsageError("an answer is right or wrong")
        record(
            self._assistant.settings.home,
            Feedback(
                question=item.question,
                history=tuple(before.turns),
                text=item.text,
                short=item.short,
                status=item.status,
                quotes=tuple(cited.quote for cited in item.citations),
                verdict="right" if verdict == "right" else "wrong",
                note=_text(asked, "note"),
            ),
        )
        return {}

    def export(self, asked: Json) -> Json:
        """A conversation as Markdown: {record}."""
        conversation = Conversation.from_json(_text(asked, "record"))
        today = datetime.now(UTC).astimezone().date()
        name = self._assistant.folder.name
        return {"text": to_markdown(conversation, name, self.lookup(), today)}

    def lookup(self) -> sources.Lookup:
        """Documents by id, None where there is no such document any more; each is fetched once."""

        @lru_cache(None)
        def document(document_id: str) -> Document | None:
            with suppress(CitewiseError):
                return self._assistant.document(document_id)
            return None

        return document

    def _drawn(self, document_id: str, _sha256: str, number: int) -> bytes:
        return self._assistant.page_picture(document_id, number, _PICTURE_WIDTH)


class _Suggestions:
    """Example questions, made again in a thread of their own when the documents have changed."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._asked_at = -1
        self._made: tuple[int, Sequence[str]] = (-1, ())

    def at(self, changes: int) -> Sequence[str] | None:
        """The questions for the documents as they are, or None while they are being made."""
        with self._lock:
            made_at, questions = self._made
            if made_at == changes:
                return questions
            if self._asked_at != changes:
                self._asked_at = changes
                threading.Thread(target=self._make, args=(changes,), daemon=True).start()
        return None

    def _make(self, changes: int) -> None:
        questions: Sequence[str] = ()
        try:
            questions = self._assistant.suggest()
        except Exception:  # an assistant that is closed, or a document that has just gone
            _log.debug("No questions could be suggested", exc_info=True)
        with self._lock:
            if self._asked_at == changes:
                self._made = changes, questions


def _answering(method: Action) -> Action:
    """The action with its failures as answers: nobody sees a stack, and the page says what is wrong."""

    @wraps(method)
    def action(asked: Json) -> Json:
        try:
            return method(asked if isinstance(asked, dict) else {})
        except RecordError:
            return {
                "error": "The conversation kept in this browser cannot be read: begin a new one."
            }
        except CitewiseError as error:
            return {"error": sentence(str(error))}
        except Exception:
            _log.exception("%s failed", method.__name__)
            return {"error": "Something went wrong; the log says more."}

    # Bound methods take no attributes, and Gradio marks what may be called.
    return action


def _text(asked: Any, key: str) -> str:
    value = asked.get(key) if isinstance(asked, dict) else None
    if not isinstance(value, str):
        raise UsageError(f"the page sent no {key}: load it again")
    return value


def _whole(asked: Json, key: str) -> int:
    value = asked.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"the page sent no {key}: load it again")
    return value


def _uploaded(path: str) -> Path:
    """The path of a file that was uploaded; whatever else a browser names is none of its business."""
    folder, file = Path(get_upload_folder()).resolve(), Path(path).resolve()
    if not (file.is_relative_to(folder) and file.is_file()):
        raise UsageError("that file was not uploaded: add it again")
    return file
