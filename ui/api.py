"""Questions, passages and documents as JSON, below `/api`; the page `/api` says what there is."""

from typing import Annotated, Any, Literal

from fastapi import FastAPI, Path, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from index import Document, DocumentSummary
from rag import Answer, Passage
from ui.api_page import api_page
from ui.asking import Asking
from ui.problems import tell_problems

__all__ = ["API", "add_api"]

API = "/api"
_ABOUT = "Ask the documents of this library. Every citation is a span: `document.text[start:end] == quote`, in code points."


class Body(BaseModel):
    """What a program sends; an unknown field is most likely a typing error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Turn(Body):
    """One turn of the conversation before a question."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=20_000)


class Question(Body):
    """A question with what it rests on."""

    question: str = Field(min_length=1, max_length=2000, description="in plain words")
    history: list[Turn] = Field([], max_length=100, description="the conversation so far, oldest turn first, without the question")
    documents: list[str] | None = Field(
        None, min_length=1, max_length=1000, description="ask these alone: ids, sources, file names, folders or patterns with *"
    )

    def turns(self) -> list[dict[str, Any]]:
        """The conversation as `Assistant` takes it."""
        return [turn.model_dump() for turn in self.history]


class Search(Question):
    """A question whose passages are wanted."""

    k: int = Field(10, ge=1, le=100, description="most passages")


class Passages(BaseModel):
    """What was found, best first."""

    passages: list[Passage]


class Documents(BaseModel):
    """One page of the library's documents, ordered by source; `total` counts all."""

    documents: list[DocumentSummary]
    total: int


class Problem(BaseModel):
    """What went wrong, and what to do."""

    detail: str


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The request cannot be read, or cannot be asked."},
    401: {"model": Problem, "description": "Signing in is on, and the request has no valid token."},
    403: {"model": Problem, "description": "The request comes from another site's page."},
    404: {"model": Problem, "description": "There is no such document."},
    413: {"model": Problem, "description": "The request is too large."},
    422: {"model": Problem, "description": "The request is not of this form."},
    429: {"model": Problem, "description": "Too many requests; Retry-After gives the seconds to wait."},
    503: {"model": Problem, "description": "The server is busy; Retry-After gives the seconds to wait."},
}


def add_api(app: FastAPI, asking: Asking) -> None:
    """Serve the interface below `/api`, with its description as a page and as OpenAPI."""
    api = FastAPI(title="Citewell", summary=_ABOUT, docs_url=None, redoc_url=None, openapi_url="/openapi.json", responses=_PROBLEMS)
    tell_problems(api)
    _add_questions(api, asking)
    _add_documents(api, asking)

    def page(request: Request) -> HTMLResponse:
        return HTMLResponse(api_page(api.openapi(), API))

    # beside the mounted application, which has only what stands below /api/
    app.add_api_route(API, page, methods=["GET"], include_in_schema=False)
    api.add_api_route("/", page, methods=["GET"], include_in_schema=False)
    app.mount(API, api)


def _add_questions(api: FastAPI, asking: Asking) -> None:
    @api.post("/answer", operation_id="answer")
    async def answer(asked: Question) -> Answer:
        """Answer a question from the documents, every sentence with the exact words that it rests on; or refuse (`abstained`)."""
        return await asking.answer(asked.question, asked.turns(), asked.documents)

    @api.post("/retrieve", operation_id="retrieve")
    async def retrieve(asked: Search) -> Passages:
        """The best passages for a question, best first."""
        return Passages(passages=await asking.retrieve(asked.question, asked.k, asked.turns(), asked.documents))


def _add_documents(api: FastAPI, asking: Asking) -> None:
    @api.get("/documents", operation_id="list_documents")
    def documents(limit: Annotated[int, Query(ge=1, le=1000)] = 100, offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> Documents:
        """The documents of the library, ordered by source."""
        found = asking.assistant.documents()
        return Documents(documents=found[offset : offset + limit], total=len(found))

    @api.get("/documents/{document_id}", operation_id="document", response_model=Document)
    def document(document_id: Annotated[str, Path(pattern="^[0-9a-f]{16}$")]) -> Document:
        """A document with its text, which citations point into."""
        return asking.assistant.document(document_id)
