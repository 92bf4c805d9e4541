"""From a question to a cited answer."""

from qa.assistant import Assistant
from qa.settings import Settings
from qa.types import Answer, Citation, Turn

__all__ = ["Answer", "Assistant", "Citation", "Settings", "Turn"]
