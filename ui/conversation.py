"""What the chat does: a question in, the answer streamed, its sources beside it; again, changed, or taken back."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from index.errors import Cancelled, CitewellError, NotFound
from rag import Answer, Assistant
from rag.conversation import Exchange
from rag.trace import Trace
from ui.examples import example_questions
from ui.growing import Growing, growing_markup, unrolled
from ui.markup import asked_count, error_markup, plain_text
from ui.messages import Turn, answer_turn, is_question, messages_of, plain_turn, question_turn, references_of, searched_above
from ui.reference import Reference
from ui.scope import NONE_LEFT, documents_beside, read_scope, still_there
from ui.sources import EMPTY_PANEL, source_panel, source_preview, wider_text
from ui.users import user_of

__all__ = ["FAILURES", "LONGEST_QUESTION", "Conversation", "ready"]

LONGEST_QUESTION = 2000
"""Characters that the box takes."""
_WAITING = '<div class="searched">Searching'
"""How a turn begins that has no answer yet; `conversation.js` knows it too."""
FAILURES = {
    503: error_markup("Many people are asking just now, and this question was not taken. Wait a moment, then press Retry or ask it again."),
    401: error_markup("You are signed out, and this question was not asked. Reload the page, sign in, and ask it again."),
    413: error_markup("This conversation has become too long to send. Begin a new chat, and ask again."),
    0: error_markup("Citewell cannot be reached, and this question was not asked. See that it is running, then ask again."),
    200: error_markup(
        "Citewell met an error, and this question was not answered. The terminal that it runs in shows what it was; asking again may help."
    ),
}
"""What the chat says where an answer broke off, by the status of the question's request: 0 nobody answered, 200 anything else."""
_BROKEN = "Citewell met an error, and this question was not answered."
_STOPPED = "Stopped before an answer came."
_CHANGED = "This conversation was changed elsewhere, perhaps in another tab. It is shown as it is now."
_MOST_REFERENCES = 60

Step = tuple[Any, Any, Any, Any]
"""What one step shows: the question's box, the conversation, the sources panel, and the conversation's id."""


class Conversation:
    """What the chat does with one assistant. A tab knows its conversation's id; what was said is in the store, and only there."""

    def __init__(self, assistant: Assistant) -> None:
        """Answer from this assistant's library, and keep the conversations in its folder."""
        self._assistant = assistant
        self._kept = assistant.conversations
        self._growing = Growing()

    def ask(self, question: str, current: str, scope: str, request: gr.Request) -> Iterator[Step]:
        """Show the question at once, then the answer growing, then its sources; `scope` as `read_scope` takes it."""
        if question.strip():
            yield from self._ask(user_of(request), current, question, read_scope(scope))

    def ask_example(self, scope: str, example: gr.SelectData, request: gr.Request) -> Iterator[Step]:
        """Begin a conversation with one of the examples."""
        yield from self._ask(user_of(request), "", str(example.value["text"]), read_scope(scope))

    def ask_again(self, current: str, retry: gr.RetryData, request: gr.Request) -> Iterator[Step]:
        """Answer a question anew, without what came after it."""
        owner = user_of(request)
        exchange = self._exchange(owner, current, retry.index, retry.value)
        if exchange is None:
            yield self._as_it_is(owner, current)
        else:
            yield from self._ask(owner, current, exchange.question, exchange.scope, instead_of=exchange)

    def ask_edited(self, current: str, edit: gr.EditData, request: gr.Request) -> Iterator[Step]:
        """Answer a question as it has been changed, without what came after it."""
        owner = user_of(request)
        exchange = self._exchange(owner, current, edit.index, edit.previous_value)
        if exchange is None:
            yield self._as_it_is(owner, current)
        else:
            yield from self._ask(owner, current, plain_text(str(edit.value)), exchange.scope, instead_of=exchange)

    def ask_reworded(self, current: str, event: gr.EventData, request: gr.Request) -> Iterator[Step]:
        """Answer a question anew, without what came after it, by searching for the `wording` that the person gives.

        The `exchange` is named by its id. Nothing in `event` is trusted.
        """
        owner = user_of(request)
        exchange, wording = self._named(owner, current, getattr(event, "exchange", None)), _wording(getattr(event, "wording", None))
        if exchange is None:
            yield self._as_it_is(owner, current)
        elif wording:
            yield from self._ask(owner, current, exchange.question, exchange.scope, instead_of=exchange, wording=wording)

    def _ask(
        self, owner: str, current: str, text: str, scope: tuple[str, ...], *, instead_of: Exchange | None = None, wording: str = ""
    ) -> Iterator[Step]:
        """`wording` is searched for as it is, in place of what the question comes to after the turns before it."""
        question = text.encode("utf-8", "replace").decode("utf-8").strip()
        documents = documents_beside(self._assistant)
        exchange = Exchange(question=question[:LONGEST_QUESTION], documents=len(documents), scope=scope)
        current = self._kept.add(owner, current, exchange, instead_of=instead_of.id if instead_of else None)
        before = messages_of(self._before(owner, current, exchange), self._assistant)
        asked = [*before, question_turn(exchange.question)]
        waiting = answer_turn(f"{_WAITING} {asked_count(len(still_there(scope, documents)), len(documents))} …</div>")
        yield gr.Textbox("", submit_btn=False, stop_btn=True), [*asked, waiting], gr.skip(), current
        history = None if wording else [plain_turn(turn) for turn in before]
        grown = False
        try:
            for answer in self._answers(wording or question, history, scope, self._growing.begin(exchange.id)):
                answer = answer.model_copy(update={"question": exchange.question if wording else question})
                self._growing.grow(exchange.id, answer)
                if not answer.timings:
                    grown = True
                    markup = growing_markup(answer, references_of(answer, self._assistant) if answer.sentences else [])
                    yield gr.skip(), [*asked, answer_turn(markup)], gr.skip(), gr.skip()
        except Cancelled:
            return
        except CitewellError as error:
            self._kept.finish(owner, current, exchange.id, problem=str(error))
            yield gr.skip(), [*asked, answer_turn(error_markup(str(error)))], EMPTY_PANEL, gr.skip()
            return
        except Exception:
            self._kept.finish(owner, current, exchange.id, problem=_BROKEN)
            raise
        finally:
            self._growing.end(exchange.id)
        self._kept.finish(owner, current, exchange.id, answer=answer)
        references = references_of(answer, self._assistant)
        for markup in () if grown else unrolled(answer, references, searched_above(exchange, answer, self._assistant)):
            yield gr.skip(), [*asked, answer_turn(markup)], gr.skip(), gr.skip()
        whole = messages_of([exchange.model_copy(update={"answer": answer})], self._assistant)
        yield gr.skip(), [*before, *whole], self._panel(answer), gr.skip()

    def stop(self, current: str, request: gr.Request) -> tuple[gr.Textbox, list[Turn]]:
        """A question that was stopped stays, with what came of its answer."""
        owner = user_of(request)
        conversation = self._kept.find(owner, current)
        if conversation and conversation.exchanges:
            last = conversation.exchanges[-1].id
            answer = self._growing.end(last)
            self._kept.finish(owner, current, last, answer=answer, problem="" if answer else _STOPPED)
        return ready(), self.turns(current, request)

    def turns(self, current: str, request: gr.Request) -> list[Turn]:
        """All that was said, as it is shown."""
        conversation = self._kept.find(user_of(request), current)
        return messages_of(conversation.exchanges, self._assistant) if conversation else []

    def turns_of(self, current: str, request: gr.Request) -> tuple[list[Turn], str]:
        """All that was said, with the id that it was asked for by."""
        return self.turns(current, request), current

    def undo(self, current: str, undo: gr.UndoData, request: gr.Request) -> Step:
        """Take back a question with its answer, and put it into the box again."""
        owner = user_of(request)
        exchange = self._exchange(owner, current, undo.index, undo.value)
        if exchange is None:
            return self._as_it_is(owner, current)
        self._growing.end(exchange.id)
        self._kept.take_back(owner, current, exchange.id)
        return self._shown(owner, current, gr.Textbox(exchange.question, submit_btn=True, stop_btn=False))

    def open(self, current: str, request: gr.Request) -> Step:
        """A kept conversation with the sources of its last answer; of an unknown id, a new one."""
        return self._shown(user_of(request), current, ready())

    def examples(self) -> dict[str, Any]:
        """Questions to begin with."""
        return dict(gr.update(examples=[{"text": question} for question in example_questions(self._assistant)]))

    def sources(self, request: object) -> str:
        """The panel for the chips of one answer. Called from the browser: nothing in `request` is trusted."""
        asked = request if isinstance(request, dict) else {}
        question = str(asked.get("question", ""))[:LONGEST_QUESTION]
        return source_panel(_references(asked), question, self._assistant.library)

    def around(self, request: object) -> dict[str, str | bool]:
        """More of the document around the words of one card. Called from the browser: nothing in `request` is trusted."""
        asked = request if isinstance(request, dict) else {}
        steps = asked.get("steps")
        return wider_text(_references(asked), steps if isinstance(steps, int) else 0, self._assistant.library)

    def preview(self, request: object) -> dict[str, str]:
        """The words behind one chip. Called from the browser: nothing in `request` is trusted."""
        reference = Reference.read(request)
        return source_preview(reference, self._assistant.library) if reference else {"place": "", "quote": ""}

    # inside

    def _answers(self, question: str, history: list[Turn] | None, scope: tuple[str, ...], trace: Trace) -> Iterator[Answer]:
        """The answer as it grows, from the documents that were chosen, as far as they are there, or from all."""
        there = still_there(scope, self._assistant.documents()) if scope else []
        if scope and not there:
            raise NotFound(NONE_LEFT)
        return self._assistant.stream(question, history, there or None, trace=trace)

    def _exchange(self, owner: str, current: str, index: int | tuple[int, int], shown: object) -> Exchange | None:
        """The exchange of a message, if the message still shows what is kept."""
        conversation = self._kept.find(owner, current)
        exchange = conversation.exchange_at(index if isinstance(index, int) else index[0]) if conversation else None
        return exchange if exchange and is_question(shown, exchange.question) else None

    def _named(self, owner: str, current: str, exchange_id: object) -> Exchange | None:
        """The person's exchange of this id in this conversation."""
        conversation = self._kept.find(owner, current)
        return next((one for one in conversation.exchanges if one.id == exchange_id), None) if conversation else None

    def _before(self, owner: str, current: str, exchange: Exchange) -> list[Exchange]:
        conversation = self._kept.find(owner, current)
        ids = [one.id for one in conversation.exchanges] if conversation else []
        return list(conversation.exchanges[: ids.index(exchange.id)]) if conversation and exchange.id in ids else []

    def _as_it_is(self, owner: str, current: str) -> Step:
        gr.Info(_CHANGED)
        return self._shown(owner, current, ready())

    def _shown(self, owner: str, current: str, question: gr.Textbox) -> Step:
        """A conversation as it is kept, with the sources of its last answer; an empty one where there is none of this id."""
        conversation = self._kept.find(owner, current)
        if conversation is None or not conversation.exchanges:
            return question, [], EMPTY_PANEL, ""
        return question, messages_of(conversation.exchanges, self._assistant), self._panel(conversation.exchanges[-1].answer), current

    def _panel(self, answer: Answer | None) -> str:
        if answer is None:
            return EMPTY_PANEL
        return source_panel(references_of(answer, self._assistant), answer.resolved_question, self._assistant.library)


def _references(asked: dict[str, Any]) -> list[Reference]:
    """The well-formed references of a request, each once: two chips may cite the same words, the short answer's and its sentence's."""
    texts = asked.get("references")
    references = [Reference.read(text) for text in texts[:_MOST_REFERENCES]] if isinstance(texts, list) else []
    return list(dict.fromkeys(reference for reference in references if reference))


def ready() -> gr.Textbox:
    """The question's box as it waits for the next question."""
    return gr.Textbox(submit_btn=True, stop_btn=False)


def _wording(said: object) -> str:
    """What a person wants searched for, on one line and no longer than a question; "" for anything else."""
    return " ".join(said.encode("utf-8", "replace").decode("utf-8").split())[:LONGEST_QUESTION] if isinstance(said, str) else ""
