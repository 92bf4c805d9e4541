"""What comes in and goes out, checked where it comes in: the edge of the program, and nothing behind it.

Answers, hits and citations are not here: they go out as they are, by `Answer.to_dict` and the like.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from index import Hit
from qa.shelf import Outcome
from qa.types import Citation, Turn

MAX_TURNS = 400
MAX_TEXTS = 256
MAX_K = 50

_Text = Annotated[str, Field(max_length=100_000)]


class _Asked(BaseModel):
    """Strict: a misspelt key is an error, and a number is no text."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Said(_Asked):
    """One turn of the conversation so far."""

    role: Literal["user", "assistant"]
    text: _Text


class Question(_Asked):
    """A question, and the turns before it that it may lean on."""

    question: _Text = Field(examples=["How long did the bombers fly over the Barents Sea?"])
    history: list[Said] = Field(default=[], max_length=MAX_TURNS)
    stream: bool = Field(default=False, description="answer with server-sent events")

    @property
    def turns(self) -> list[Turn]:
        """The history as the assistant takes it."""
        return [Turn(item.role, item.text) for item in self.history]


class Query(_Asked):
    """What passages are looked for."""

    query: _Text = Field(examples=["prisoners released"])
    k: int | None = Field(
        default=None, ge=1, le=MAX_K, description="how many (default: the setting passages)"
    )


class Texts(_Asked):
    """What becomes vectors."""

    texts: list[_Text] = Field(min_length=1, max_length=MAX_TEXTS)


class Found(BaseModel):
    """The passages that fit a query best, best first."""

    query: str
    hits: list[Hit]


class Embedded(BaseModel):
    """A unit vector for each text, in order."""

    model: str
    dimension: int
    vectors: list[list[float]]


class Listed(BaseModel):
    """One file of the folder; `id` is what citations and hits call `document_id`."""

    id: str
    title: str
    kind: str
    pages: int | None
    passages: int
    size: int
    state: Literal["indexed", "failed"]
    reason: str


class Listing(BaseModel):
    """The files from `offset` on, by id, of `total`."""

    total: int
    offset: int
    documents: list[Listed]


class PageRange(BaseModel):
    """A page of a document: `text[start:end]`."""

    number: int
    start: int
    end: int


class Text(BaseModel):
    """A document as it was read; a citation's quote is `text[start:end]`, counted in code points."""

    id: str
    title: str
    media_type: str
    sha256: str
    text: str
    pages: list[PageRange]
    copies: list[str]


class Added(BaseModel):
    """What became of one file; `id` is empty where it was refused."""

    name: str
    id: str
    outcome: Outcome
    reason: str


class Uploaded(BaseModel):
    """What became of each file, in order."""

    documents: list[Added]


class Standing(BaseModel):
    """Whether the server lives, or whether it is ready."""

    status: Literal["ok", "ready", "reading", "stopping", "trouble"]


class Failure(BaseModel):
    """What is wrong, in a word for programs and in a line for people."""

    type: str
    message: str


class Failed(BaseModel):
    """The one shape of everything that goes wrong."""

    error: Failure


# What OpenAI's clients send and expect. They send more than matters here, and more every year.


class TextPart(BaseModel):
    """A piece of a message; anything but text cannot be read."""

    type: Literal["text", "input_text"]
    text: _Text


class Message(BaseModel):
    """A message of a conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: _Text | Annotated[list[TextPart], Field(max_length=100)] | None = None

    @property
    def text(self) -> str:
        """Its text in one piece."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class ChatRequest(BaseModel):
    """The last message is the question, the user's and the assistant's before it the history."""

    model: str = Field(default="citewise", max_length=200)
    messages: list[Message] = Field(
        min_length=1,
        max_length=MAX_TURNS,
        examples=[[{"role": "user", "content": "How long did the bombers fly?"}]],
    )
    stream: bool = False
    n: Literal[1] | None = None


class PlaceInText(BaseModel):
    """Which characters of the message a citation belongs to, and where what it cites is found."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A citation as OpenAI's clients know it, and with its exact quote beside."""

    type: Literal["url_citation"]
    url_citation: PlaceInText
    citation: Citation


class ChatMessage(BaseModel):
    """The assistant's message."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The only choice there is."""

    index: Literal[0]
    message: ChatMessage
    finish_reason: Literal["stop"]
    logprobs: None


class Usage(BaseModel):
    """Words and marks, for want of a language model's tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Chat(BaseModel):
    """An answer as OpenAI's clients expect it."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage


class Model(BaseModel):
    """A model that can be asked; there is one."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(BaseModel):
    """The models that can be asked."""

    object: Literal["list"]
    data: list[Model]
