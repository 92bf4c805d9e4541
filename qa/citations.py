"""From evidence to citations that are exact slices of the documents."""

from __future__ import annotations

from collections.abc import Sequence

from index import Document
from qa.reading import Evidence
from qa.types import Citation


def cite(evidence: Sequence[Evidence], documents: Sequence[Document]) -> tuple[Citation, ...]:
    """One citation for each piece of evidence, its document beside it, numbered from 1.

    Evidence whose characters are no longer what the document says is left out: the document was
    changed after the passage was found, and a quote must never say what the document does not.
    """
    citations: list[Citation] = []
    for item, document in zip(evidence, documents, strict=True):
        start, end = item.span
        if document.text[start:end] != item.text:
            continue
        citations.append(
            Citation(
                marker=len(citations) + 1,
                document_id=document.id,
                title=document.title,
                page=document.page_at(start),
                start=start,
                end=end,
                quote=item.text,
            )
        )
    return tuple(citations)
