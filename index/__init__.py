"""From a folder of files to a searchable index.

`Library` is the index of one folder. `Document`, `Chunk` and `Hit` are what it holds and finds; the other
names are those that its methods take, give and raise. A program that wants answers takes `qa.Assistant`,
which opens a library by itself; one that wants passages alone asks the library:

>>> import tempfile
>>> from pathlib import Path
>>> from qa import Settings
>>> embedder = open_embedder(DEFAULT_EMBEDDER, Settings().cache)
>>> with tempfile.TemporaryDirectory() as home:
...     with Library.open(Path("seeds"), Path(home), embedder) as library:
...         report = library.sync()
...         [vector] = embedder.embed(["Who escorted the bombers?"])
...         [hit] = library.search_vectors(vector, k=1)
...         document = library.document(hit.chunk.document_id)
>>> document.text[hit.chunk.start : hit.chunk.end] == hit.chunk.text
True
>>> "MiG-31" in hit.chunk.text
True

What is in `__all__` keeps its meaning from one version to the next. What else can be imported from here
is for the rest of Citewise alone.
"""

from index.boxes import Box as Box
from index.boxes import quote_boxes as quote_boxes
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
from index.folder import require_folder as require_folder
from index.library import Library
from index.minilm import NAME as DEFAULT_EMBEDDER
from index.pictures import page_picture as page_picture
from index.progress import Failure, Progress, SyncEvent, SyncReport
from index.ray_workers import RayWorkers as RayWorkers
from index.readers import MAX_BYTES as MAX_BYTES
from index.readers import Content, Reader
from index.sentences import sentence_spans as sentence_spans
from index.stores import Searchable as Searchable
from index.stores import Syncable as Syncable
from index.stores import check_store as check_store
from index.stores import open_index as open_index
from index.types import Candidate as Candidate
from index.types import Chunk, Document, Entry, Hit, Line, Page, Section
from index.types import Span as Span
from index.watching import Watcher as Watcher

# The public names, in the order in which they are met. The others above, those that are imported `as`
# themselves, are for the rest of Citewise alone.
__all__ = [  # noqa: RUF022
    "Library",
    "Document",
    "Page",
    "Line",
    "Section",
    "Chunk",
    "Hit",
    "Entry",
    "SyncReport",
    "Failure",
    "SyncEvent",
    "Progress",
    "Reader",
    "Content",
    "Embedder",
    "Vectors",
    "DEFAULT_EMBEDDER",
    "open_embedder",
    "CitewiseError",
    "UsageError",
    "QuestionError",
    "SettingsError",
    "DatasetError",
    "FolderError",
    "DocumentError",
    "MissingError",
    "CatalogueError",
    "BusyError",
    "StoreError",
    "ModelError",
]
