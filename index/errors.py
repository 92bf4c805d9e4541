"""The one error tree. Every message is a single line: what is wrong, and what to do about it.

CitewiseError            anything Citewise can explain; the command line exits with status 1
├── UsageError           asked for something that cannot be done as asked; exit status 2
│   ├── QuestionError    the question is empty or too long
│   ├── SettingsError    a setting is unknown or has a wrong value
│   └── DatasetError     a data set for evaluation has a wrong line
├── FolderError          the folder of documents is missing, unreadable or holds nothing to read
├── DocumentError        one file cannot be read; a sync goes on without it
│   └── TransientError   it cannot be read for now; the next sync tries again
├── MissingError         a document is not in the index, or no longer
├── CatalogueError       what is stored is damaged, not to be written, or another version's or model's
│   └── BusyError        another process is writing it
├── StoreError           the server that holds a shared index cannot be used; nothing stored here is lost
└── ModelError           a model's weights are missing or not the published ones
"""

from __future__ import annotations


class CitewiseError(Exception):
    """Anything that Citewise can explain in one line."""


class UsageError(CitewiseError):
    """Asked for something that cannot be done as asked."""


class QuestionError(UsageError):
    """The question is empty or too long."""


class SettingsError(UsageError):
    """A setting is unknown or has a wrong value."""


class DatasetError(UsageError):
    """A data set for evaluation has a wrong line."""


class FolderError(CitewiseError):
    """The folder of documents is missing, unreadable or holds nothing to read."""


class DocumentError(CitewiseError):
    """One file cannot be read."""


class TransientError(DocumentError):
    """One file cannot be read for now, for a reason that may pass without a change to the file."""


class MissingError(CitewiseError):
    """A document is not in the index, or no longer."""


class CatalogueError(CitewiseError):
    """What is stored is damaged, cannot be written, or was made by another version or model."""


class BusyError(CatalogueError):
    """Another process is writing what is stored."""


class StoreError(CitewiseError):
    """The server that holds a shared index cannot be reached or used."""


class ModelError(CitewiseError):
    """A model's weights are missing or not the published ones."""
