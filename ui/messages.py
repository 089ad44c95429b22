"""A conversation's exchanges as the chat's messages: two each, a question and what answers it."""

from collections.abc import Iterable
from typing import Any

from index.errors import LibraryAway, NotFound
from rag import Answer, Assistant, Passage
from rag.conversation import Exchange
from ui.answers import whole_answer_markup
from ui.markup import error_markup, plain_text, rate_markup, refusal_markup, safe_markdown, searched_line, words_in_turn
from ui.reference import Reference, passage_references
from ui.scope import documents_beside, scope_names

__all__ = ["Turn", "answer_turn", "is_question", "messages_of", "plain_turn", "question_turn", "references_of", "searched_above"]

_NEAREST = 3
_UNANSWERED = "This question has no answer yet. If none comes, ask it again."
_NO_SHA = "0" * 64
"""Of a passage that does not stand any more as it was found: no file has this hash."""

Turn = dict[str, Any]
"""One message of the chat: {"role": …, "content": Markdown}, or as Gradio sends it back, in parts."""


def messages_of(exchanges: Iterable[Exchange], assistant: Assistant) -> list[Turn]:
    """All exchanges as they are shown."""
    return [turn for exchange in exchanges for turn in (question_turn(exchange.question), _answered(exchange, assistant))]


def question_turn(question: str) -> Turn:
    """A question as it is shown."""
    return {"role": "user", "content": safe_markdown(question)}


def answer_turn(markup: str) -> Turn:
    """What answers a question, as it is shown."""
    return {"role": "assistant", "content": markup}


def plain_turn(turn: Turn) -> Turn:
    """A message as a person would say it, for understanding a follow-up."""
    return {"role": turn["role"], "content": words_in_turn(turn["content"])}


def is_question(value: object, question: str) -> bool:
    """Whether a message, as Gradio sends it back, shows this question."""
    parts = value if isinstance(value, list) else [{"text": value}]
    shown = "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))
    return plain_text(shown).split() == plain_text(safe_markdown(question)).split()


def references_of(answer: Answer, assistant: Assistant) -> list[Reference]:
    """The references behind an answer's chips, or to the nearest passages of a refusal."""
    if not answer.abstained:
        return [Reference.of(citation, answer.passages) for citation in answer.citations]
    shas = {passage.document_id: _sha(passage, assistant) for passage in answer.passages[:_NEAREST]}
    return passage_references(answer, shas, count=_NEAREST)


def searched_above(exchange: Exchange, answer: Answer, assistant: Assistant) -> str:
    """The line above an answer; it names the documents where not all were asked."""
    names = scope_names(answer.scope, documents_beside(assistant)) if answer.scope else []
    return searched_line(answer, exchange.documents, names, gone=len(exchange.scope) - len(answer.scope), exchange=exchange.id)


def _answered(exchange: Exchange, assistant: Assistant) -> Turn:
    answer = exchange.answer
    if answer is None:
        return answer_turn(error_markup(exchange.problem or _UNANSWERED))
    references = references_of(answer, assistant)
    above = searched_above(exchange, answer, assistant)
    below = rate_markup(exchange.id)
    if answer.abstained:
        return answer_turn(above + refusal_markup(answer, list(zip(references, answer.passages, strict=False))) + below)
    return answer_turn(above + whole_answer_markup(answer, references) + below)


def _sha(passage: Passage, assistant: Assistant) -> str:
    try:
        document = assistant.document(passage.document_id)
    except (NotFound, LibraryAway):
        return _NO_SHA
    return document.sha256 if document.text[passage.start : passage.end] == passage.text else _NO_SHA
