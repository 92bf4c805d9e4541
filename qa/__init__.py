"""From a question to a cited answer.

`Assistant.open` reads a folder, `Assistant.ask` answers from it:

>>> import tempfile
>>> from pathlib import Path
>>> home = tempfile.TemporaryDirectory()
>>> assistant = Assistant.open("seeds", Settings(home=Path(home.name)))
>>> answer = assistant.ask("How long did the bombers fly over the Barents Sea?")
>>> answer.status, answer.short
('answered', 'about four hours')

Every citation is an exact slice of its document:

>>> citation = answer.citations[0]
>>> text = assistant.document(citation.document_id).text
>>> text[citation.start : citation.end] == citation.quote
True

The assistant holds no conversation. Whoever has one passes its turns along:

>>> history = [Turn("user", answer.question), Turn("assistant", answer.text)]
>>> "MiG-31" in assistant.ask("Who escorted them?", history).text
True

What the documents do not hold is refused, which is an answer too:

>>> assistant.ask("Which recipe uses saffron and rice?").status
'not_in_documents'

>>> assistant.close()
>>> home.cleanup()

Whatever Citewise can explain is raised as an `index.CitewiseError`, whose message is one line that says
what is wrong and what to do. Importing this package reads no settings, makes no folder and loads no model.
"""

from qa.assistant import Assistant
from qa.following import FolderState
from qa.settings import Settings
from qa.shelf import Placed
from qa.types import Answer, Citation, Turn

# In the order in which they are met.
__all__ = [  # noqa: RUF022
    "Assistant",
    "Settings",
    "Turn",
    "Answer",
    "Citation",
    "FolderState",
    "Placed",
]
