"""From a folder of files to a searchable index."""

from index.embedding import Embedder, Vectors, open_embedder
from index.errors import (
    CatalogueError,
    CitewiseError,
    DatasetError,
    DocumentError,
    FolderError,
    ModelError,
    QuestionError,
    SettingsError,
    UsageError,
)
from index.library import Library
from index.minilm import NAME as DEFAULT_EMBEDDER
from index.sentences import sentence_spans
from index.sync import Failure, Progress, SyncEvent, SyncReport
from index.types import Chunk, Document, Hit, Line, Page, Section, Span

__all__ = [
    "DEFAULT_EMBEDDER",
    "CatalogueError",
    "Chunk",
    "CitewiseError",
    "DatasetError",
    "Document",
    "DocumentError",
    "Embedder",
    "Failure",
    "FolderError",
    "Hit",
    "Library",
    "Line",
    "ModelError",
    "Page",
    "Progress",
    "QuestionError",
    "Section",
    "SettingsError",
    "Span",
    "SyncEvent",
    "SyncReport",
    "UsageError",
    "Vectors",
    "open_embedder",
    "sentence_spans",
]
