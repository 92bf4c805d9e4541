"""Follow-ups made to stand alone by a language model, where one is configured."""

from __future__ import annotations

from collections.abc import Sequence

from qa.generation import prompts
from qa.generation.models import GenerationError, Model, open_model
from qa.generation.pump import pumped
from qa.settings import Settings
from qa.types import Turn
from qa.words import content_words, stem

# A question that takes longer to be put is better put by rules, which take milliseconds.
_SECONDS = 8.0
_TURNS = 6
_LONGEST = 400


def open_rewriter(settings: Settings) -> Rewriter:
    """A rewriter with the first model that the settings name, not loaded before the first follow-up.

    Raises:
        SettingsError: the setting `llm` is wrong.
    """
    model = open_model(settings.llm.split()[0], settings.llm_context, settings.llm_timeout)
    return Rewriter(model, min(_SECONDS, settings.llm_timeout))


class Rewriter:
    """Has a model put a follow-up so that it stands alone."""

    def __init__(self, model: Model, seconds: float) -> None:
        """`seconds` are what the model may take."""
        self._model = model
        self._seconds = seconds

    def rewrite(self, question: str, history: Sequence[Turn]) -> str | None:
        """The question standing alone; None where the model fails, is late, or asks something else."""
        asked = prompts.rewriting(question, history[-_TURNS:])
        written = ""
        pieces = pumped(lambda: self._model.stream(prompts.REWRITER, asked), self._seconds)
        try:
            for piece in pieces:
                written += piece or ""
                if len(written) > _LONGEST:
                    return None
        except (GenerationError, TimeoutError):
            return None
        finally:
            getattr(pieces, "close", lambda: None)()
        rewritten = written.strip().strip('"“”').strip()
        return rewritten if is_rewrite(rewritten, question, history) else None


def is_rewrite(rewritten: str, question: str, history: Sequence[Turn]) -> bool:
    """Whether it is one question, which keeps what was asked and adds only what was spoken of.

    A model that answers, explains, obeys the conversation or makes something up is found out by this.
    """
    if not rewritten or "\n" in rewritten or not rewritten.endswith("?"):
        return False
    asked, now = _stems(question), _stems(rewritten)
    spoken = asked.union(*(_stems(turn.text) for turn in history))
    return asked <= now <= spoken


def _stems(text: str) -> set[str]:
    return set(map(stem, content_words(text)))
