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
    StoreError,
    UsageError,
)
from index.library import Library
from index.minilm import NAME as DEFAULT_EMBEDDER
from index.pictures import page_picture
from index.progress import Failure, Progress, SyncEvent, SyncReport
from index.ray_workers import RayWorkers
from index.readers import MAX_BYTES, Content, Reader
from index.sentences import sentence_spans
from index.stores import Searchable, Syncable, check_store, open_index
from index.types import Chunk, Document, Entry, Hit, Line, Page, Section, Span
from index.watching import Watcher

__all__ = [
    "DEFAULT_EMBEDDER",
    "MAX_BYTES",
    "Box",
    "BusyError",
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
    "RayWorkers",
    "Reader",
    "Searchable",
    "Section",
    "SettingsError",
    "Span",
    "StoreError",
    "SyncEvent",
    "SyncReport",
    "Syncable",
    "UsageError",
    "Vectors",
    "Watcher",
    "check_store",
    "open_embedder",
    "open_index",
    "page_picture",
    "quote_boxes",
    "sentence_spans",
]
