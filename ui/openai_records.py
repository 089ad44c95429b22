"""The requests and answers of OpenAI's interface, as far as they are read and given."""

from typing import Literal

from pydantic import BaseModel, Field

from rag import Citation

__all__ = ["MODEL", "ChatMessage", "Choice", "Completed", "Completion", "Model", "Models", "Problem", "Said", "Usage"]

MODEL = "citewell"


class Part(BaseModel):
    """A part of a message; what is not text is passed over."""

    type: str
    text: str = ""


class ChatMessage(BaseModel):
    """One message; those of roles other than user and assistant are passed over."""

    role: str
    content: str | list[Part] | None = None

    def words(self) -> str:
        """Its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """How an answer is streamed."""

    include_usage: bool = False


class Completion(BaseModel):
    """A request. Fields that steer a language model are passed over, but for the length: it is the server's model."""

    model: str = MODEL
    messages: list[ChatMessage] = Field(min_length=1, max_length=1000)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = 1
    max_completion_tokens: int | None = Field(None, ge=1, description="longest answer, without its footnotes; ends with a whole sentence")
    max_tokens: int | None = Field(None, ge=1, description="the same by its older name; the smaller of both holds")
    documents: list[str] | None = Field(None, min_length=1, max_length=1000, description="ask these alone, as `/api/answer` does")

    @property
    def most_tokens(self) -> int | None:
        """The longest answer that is wanted."""
        return min(filter(None, (self.max_completion_tokens, self.max_tokens)), default=None)


class Said(BaseModel):
    """What is answered."""

    role: Literal["assistant"] = "assistant"
    content: str


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: Said
    finish_reason: Literal["stop", "length"] = "stop"
    logprobs: None = None


class Usage(BaseModel):
    """Tokens that were read and written: as the language model's server counts them, else of what was asked and answered."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completed(BaseModel):
    """An answer in OpenAI's form; from `citations` on, what Citewell adds."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[Choice]
    usage: Usage
    citations: tuple[Citation, ...]
    abstained: bool
    confidence: float = Field(description="estimated probability that the documents answer the question, 0–1")
    resolved_question: str = Field(description="what was searched for, with what the conversation adds")
    withheld: int = Field(description="sentences of the language model that the documents do not carry, and that are not in the answer")
    notes: tuple[str, ...] = Field(description="what to know of how the answer came about, such as that the model did not answer")


class Model(BaseModel):
    """The one model."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = MODEL


class Models(BaseModel):
    """All models."""

    object: Literal["list"] = "list"
    data: list[Model] = [Model()]


class Fault(BaseModel):
    """What went wrong."""

    message: str
    type: str
    param: str | None
    code: str | None


class Problem(BaseModel):
    """An error in OpenAI's form."""

    error: Fault
