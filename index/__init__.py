"""From a folder of files to a searchable index."""

from index.boxes import Box, quote_boxes
from index.embedding import Embedder, Vectors, open_embedder
from index.errors import (
    BusyError,
    CatalogueError,
    CitewiseError,
    DatasetError,
    DocumentError,
    FolderError,
    MissingError,
    ModelError,
    QuestionError,
    SettingsError,
    UsageError,
)
from index.library import Library
from index.minilm import NAME as DEFAULT_EMBEDDER
from index.pictures import page_picture
from index.progress import Failure, Progress, SyncEvent, SyncReport
from index.readers import MAX_BYTES, Content, Reader
from index.sentences import sentence_spans
from index.types import Candidate, Chunk, Document, Entry, Hit, Line, Page, Section, Span
from index.watching import Watcher

__all__ = [
    "DEFAULT_EMBEDDER",
    "MAX_BYTES",
    "Box",
    "BusyError",
    "Candidate",
    "CatalogueError",
    "Chunk",
    "CitewiseError",
    "Content",
    "DatasetError",
    "Document",
    "DocumentError",
    "Embedder",
    "Entry",
    "Failure",
    "FolderError",
    "Hit",
    "Library",
    "Line",
    "MissingError",
    "ModelError",
    "Page",
    "Progress",
    "QuestionError",
    "Reader",
    "Section",
    "SettingsError",
    "Span",
    "SyncEvent",
    "SyncReport",
    "UsageError",
    "Vectors",
    "Watcher",
    "open_embedder",
    "page_picture",
    "quote_boxes",
    "sentence_spans",
]
