"""`/v1/documents`: the folder's files listed, read, added and removed, by the rules of `qa.shelf`."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi import Query as InQuery
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from index import Document, DocumentError, Entry, UsageError
from qa.adapters.asking import Asking
from qa.adapters.http.errors import RESPONSES
from qa.adapters.http.schemas import Listing, Text, Uploaded
from qa.filenames import require_plain
from qa.shelf import NotEditableError, Placed

_MOST = 1000
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                }
            }
        },
    }
}

_Id = Annotated[str, InPath(max_length=4096, description="as in a citation's document_id")]


def documents(asking: Asking) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["documents"])
    assistant = asking.assistant
    settings = assistant.settings

    @router.get("/v1/documents", response_model=Listing, responses=RESPONSES)
    async def listing(
        offset: Annotated[int, InQuery(ge=0, le=10**9)] = 0,
        limit: Annotated[int, InQuery(ge=1, le=_MOST)] = _MOST,
    ) -> Response:
        """The files of the folder, those that cannot be read too, with the reason."""
        entries = await asking.look(assistant.entries)
        shown = [_listed(entry) for entry in entries[offset : offset + limit]]
        return JSONResponse({"total": len(entries), "offset": offset, "documents": shown})

    @router.get("/v1/documents/{document_id:path}", response_model=Text, responses=RESPONSES)
    async def read(document_id: _Id) -> Response:
        """A document's text, to check citations in. It comes from the index, not from the folder."""
        return JSONResponse(_text(await asking.look(lambda: assistant.document(document_id))))

    @router.post("/v1/documents", response_model=Uploaded, responses=RESPONSES, openapi_extra=_FORM)
    async def upload(request: Request) -> Response:
        """Put files into the folder, as fields `file` of a form, and answer from them.

        A file's name may have folders. What cannot be read gets not in; if nothing does, it is an error.
        """
        if not settings.editable:
            raise NotEditableError("documents cannot be added here: the setting editable is false")
        async with _files(request, settings.upload_files, asking) as files:
            placed = await asking.change(lambda: assistant.add(files))
        if all(item.outcome == "refused" for item in placed):
            raise DocumentError(
                "; ".join(f"{item.name[:200]}: {item.reason}" for item in placed[:5])
            )
        return JSONResponse({"documents": [_added(item) for item in placed]})

    @router.delete("/v1/documents/{document_id:path}", status_code=204, responses=RESPONSES)
    async def remove(document_id: _Id) -> Response:
        """Take a file out of the folder; it is kept in `removed/` in the settings' home."""
        await asking.change(lambda: assistant.remove(document_id))
        return Response(status_code=204)

    return router


@asynccontextmanager
async def _files(
    request: Request, most: int, asking: Asking
) -> AsyncIterator[Sequence[tuple[str, Path]]]:
    """The files of a form, by the names they came with, where they lie until the end of the `with`.

    Raises:
        UsageError: there are none, or a name leads somewhere.
    """
    async with request.form(max_files=most, max_fields=most) as form:
        uploads = [item for _, item in form.multi_items() if isinstance(item, UploadFile)]
        if not uploads:
            raise UsageError("there is no file: send it as the field `file` of a multipart form")
        names = [require_plain(_name(item)) for item in uploads]
        with TemporaryDirectory(prefix="citewise-", ignore_cleanup_errors=True) as folder:
            paths = [Path(folder, str(number)) for number in range(len(uploads))]
            for item, path in zip(uploads, paths, strict=True):
                await asking.look(partial(_save, item, path))
            yield list(zip(names, paths, strict=True))


def _name(item: UploadFile) -> str:
    """The name as it was sent: of a path of Windows, whoever parsed the form kept the last part."""
    sent = item.headers.get("content-disposition", "")
    return sent if "\\" in sent else item.filename or ""


def _save(item: UploadFile, path: Path) -> None:
    with path.open("xb") as file:
        shutil.copyfileobj(item.file, file)


def _listed(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.path,
        "title": entry.title,
        "kind": entry.kind,
        "pages": entry.pages,
        "passages": entry.passages,
        "size": entry.size,
        "state": entry.state,
        "reason": entry.reason,
    }


def _text(document: Document) -> dict[str, Any]:
    pages = [{"number": p.number, "start": p.start, "end": p.end} for p in document.pages]
    return {
        "id": document.id,
        "title": document.title,
        "media_type": document.media_type,
        "sha256": document.sha256,
        "text": document.text,
        "pages": pages,
        "copies": list(document.copies),
    }


def _added(item: Placed) -> dict[str, str]:
    return {
        "name": item.name,
        "id": item.path,
        "outcome": item.outcome,
        "reason": item.reason,
    }
