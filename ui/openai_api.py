"""OpenAI's interface, below `/v1`: the last user message is the question, and the answer has its citations beside it."""

import json
import re
import time
import uuid
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import Body, FastAPI, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from rag import Answer, Citation
from ui.asking import Asking
from ui.footnotes import with_footnotes, without_footnotes
from ui.problems import OPENAI, problem, tell_problems

__all__ = ["MODEL", "add_openai_api"]

MODEL = "citewell"
_NO_QUESTION = "messages: the last message must be the user's, with the question in it as text."
_TOO_MANY = "n: one answer is given, {} were asked for. Leave n out."
_NO_MODEL = "There is no model {!r} here. The one there is: citewell."


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
    """A request. Fields that steer a language model are passed over: an answer is made of the documents' words."""

    model: str = MODEL
    messages: list[ChatMessage] = Field(min_length=1, max_length=1000)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = 1
    documents: list[str] | None = Field(None, min_length=1, max_length=1000, description="ask these alone, as `/api/answer` does")


class Said(BaseModel):
    """What is answered."""

    role: Literal["assistant"] = "assistant"
    content: str


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: Said
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(BaseModel):
    """Tokens of a language model: none."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class Completed(BaseModel):
    """An answer in OpenAI's form; from `citations` on, what Citewell adds."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[Choice]
    usage: Usage = Usage()
    citations: tuple[Citation, ...]
    abstained: bool
    confidence: float
    resolved_question: str


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


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": "What went wrong."} for status in (400, 401, 403, 404, 413, 422, 429, 503)
}


def add_openai_api(app: FastAPI, asking: Asking) -> None:
    """Serve OpenAI's interface below `/v1`."""
    v1 = FastAPI(title="Citewell in OpenAI's form", docs_url=None, redoc_url=None, openapi_url="/openapi.json", responses=_PROBLEMS)
    tell_problems(v1, invalid=400)

    @v1.post("/chat/completions", operation_id="chat", response_model=Completed)
    async def chat(request: Request, asked: Annotated[Completion, Body()]) -> Response:
        """Answer the last message; with `stream`, as server-sent events."""
        if asked.model != MODEL:
            return problem(request.url.path, 404, _NO_MODEL.format(asked.model[:100]), code="model_not_found", param="model")
        if (asked.n or 1) != 1:
            return problem(request.url.path, 400, _TOO_MANY.format(asked.n), param="n")
        question = asked.messages[-1].words().strip() if asked.messages[-1].role == "user" else ""
        if not question:
            return problem(request.url.path, 400, _NO_QUESTION, param="messages")
        answer = await asking.answer(question, _history(asked.messages[:-1]), asked.documents)
        if asked.stream:
            with_usage = bool(asked.stream_options and asked.stream_options.include_usage)
            return StreamingResponse(_events(answer, with_usage=with_usage), media_type="text/event-stream")
        said = Choice(message=Said(content=with_footnotes(answer)))
        return JSONResponse(Completed(choices=[said], created=int(time.time()), id=_new_id(), **_beside(answer)).model_dump(mode="json"))

    @v1.get("/models", operation_id="models")
    def models() -> Models:
        """The one model there is."""
        return Models()

    @v1.get("/models/{model}", operation_id="model", response_model=Model)
    def one_model(request: Request, model: str) -> Model | Response:
        """The model of this name."""
        if model != MODEL:
            return problem(request.url.path, 404, _NO_MODEL.format(model[:100]), code="model_not_found", param="model")
        return Model()

    app.mount(OPENAI, v1)


def _history(messages: list[ChatMessage]) -> list[dict[str, Any]]:
    """What was said before, without the footnotes of earlier answers: their names are not what a pronoun means."""
    said = (message for message in messages if message.role in ("user", "assistant"))
    return [{"role": message.role, "content": without_footnotes(message.words())} for message in said]


def _events(answer: Answer, *, with_usage: bool) -> Iterator[str]:
    """The answer by words, then what is beside it, as server-sent events."""
    head = {"id": _new_id(), "object": "chat.completion.chunk", "created": int(time.time()), "model": MODEL}

    def event(delta: dict[str, str], finish_reason: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return _event({**head, "choices": [choice], **more})

    yield event({"role": "assistant", "content": ""})
    for piece in re.findall(r"\s*\S+", with_footnotes(answer)):
        yield event({"content": piece})
    yield event({}, "stop", **_beside(answer))
    if with_usage:
        yield _event({**head, "choices": [], "usage": Usage().model_dump()})
    yield "data: [DONE]\n\n"


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"


def _beside(answer: Answer) -> dict[str, Any]:
    return {
        "citations": [citation.model_dump(mode="json") for citation in answer.citations],
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "resolved_question": answer.resolved_question,
    }


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"
