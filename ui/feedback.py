"""What a person says of an answer with the thumbs below it: filed as a gold question of the library, or taken back."""

import shlex
from importlib.resources import files
from typing import TYPE_CHECKING

import gradio as gr

from index.errors import CitewellError
from rag import Answer, Assistant
from rag.conversation import Exchange
from ui.messages import messages_of, plain_turn
from ui.users import user_of

if TYPE_CHECKING:
    from eval.gold import GoldQuestion

__all__ = ["LONGEST_NOTE", "FeedbackDesk", "add_feedback"]

LONGEST_NOTE = 2000
"""Characters of what a person says would be right."""
_LONGEST_ID = 64
_VERDICTS = ("right", "wrong", "incomplete", "source", "refuse")
_NOT_THERE = "This answer is no longer in the conversation, perhaps since it was changed in another tab. Reload the page."
_NOTHING_SAID = "Nothing was filed: say first what was wrong."
_FRAME = '<div class="card" hidden></div>'


class FeedbackDesk:
    """Files what is said of answers. Called from the browser: nothing in `asked` is trusted, and only the owner's answers are there."""

    def __init__(self, assistant: Assistant) -> None:
        """File into the folder of this assistant's library."""
        from eval.feedback import feedback_file

        self._assistant = assistant
        self._file = feedback_file(assistant.library.folder)

    def rate(self, asked: object, request: gr.Request) -> dict[str, str]:
        """File the question of an `exchange` in a `conversation`, with `verdict`, `text` and `cited_right` of `eval.feedback.Feedback`.

        Returns:
            `verdict` as filed; `file`, and the commands `run` and, where a person has still to say what is right, `review`,
            with what is `open`; or a `problem`, and then nothing was filed.
        """
        from eval.feedback import Feedback, case_of, file_case

        before, exchange = self._found(asked, request)
        if exchange is None or exchange.answer is None:
            return {"problem": _NOT_THERE}
        verdict = _text(asked, "verdict")
        if verdict not in _VERDICTS:
            return {"problem": _NOTHING_SAID}
        said = {"verdict": verdict, "text": _text(asked, "text", LONGEST_NOTE), "cited_right": _is_cited_right(asked, exchange.answer)}
        history = [plain_turn(turn) for turn in messages_of(before, self._assistant)]
        try:
            case = case_of(Feedback.model_validate(said), exchange.id, exchange.answer, history, self._assistant.library)
            file_case(self._file, case)
        except CitewellError as error:
            return {"problem": str(error)}
        return self._filed(verdict, case)

    def withdraw(self, asked: object, request: gr.Request) -> dict[str, str]:
        """Take back what was said of an `exchange` in a `conversation`; a `problem` says why it is still there."""
        from eval.feedback import take_back

        _, exchange = self._found(asked, request)
        if exchange is None:
            return {"problem": _NOT_THERE}
        try:
            take_back(self._file, exchange.id)
        except CitewellError as error:
            return {"problem": str(error)}
        return {"verdict": ""}

    def verdicts(self, asked: object, request: gr.Request) -> dict[str, str]:
        """Of each exchange of the person's own `conversation`, what was said of its answer, "" for nothing."""
        from eval.feedback import filed_verdicts

        conversation = self._assistant.conversations.find(user_of(request), _text(asked, "conversation"))
        try:
            filed = filed_verdicts(self._file) if conversation else {}
        except CitewellError:
            filed = {}  # rating says what is wrong with the file
        return {exchange.id: filed.get(exchange.id, "") for exchange in conversation.exchanges} if conversation else {}

    def _found(self, asked: object, request: gr.Request) -> tuple[tuple[Exchange, ...], Exchange | None]:
        """The exchange that is named, if it is the person's own, and those before it."""
        conversation = self._assistant.conversations.find(user_of(request), _text(asked, "conversation"))
        exchanges = conversation.exchanges if conversation else ()
        at = next((at for at, exchange in enumerate(exchanges) if exchange.id == _text(asked, "exchange")), None)
        return ((), None) if at is None else (exchanges[:at], exchanges[at])

    def _filed(self, verdict: str, case: "GoldQuestion") -> dict[str, str]:
        folder = str(self._assistant.library.folder)
        told = {"verdict": verdict, "file": str(self._file), "run": shlex.join(["citewell", "eval", str(self._file), "--library", folder])}
        if case.pending:
            told |= {"open": case.pending, "review": shlex.join(["citewell", "gold", "review", "--library", folder])}
        return told


def add_feedback(assistant: Assistant) -> gr.HTML:
    """Build the place above the question's box that says what became of a rating; the thumbs are in the answers."""
    desk = FeedbackDesk(assistant)

    # Gradio marks the functions it is given, which it cannot do with methods.
    def rate(asked: object, request: gr.Request) -> dict[str, str]:
        return desk.rate(asked, request)

    def withdraw(asked: object, request: gr.Request) -> dict[str, str]:
        return desk.withdraw(asked, request)

    def verdicts(asked: object, request: gr.Request) -> dict[str, str]:
        return desk.verdicts(asked, request)

    script = (files("ui") / "feedback.js").read_text(encoding="utf-8")
    return gr.HTML(_FRAME, elem_id="feedback", js_on_load=script, server_functions=[rate, withdraw, verdicts])


def _is_cited_right(asked: object, answer: Answer) -> bool:
    return isinstance(asked, dict) and asked.get("cited_right") is True and bool(answer.citations)


def _text(asked: object, name: str, longest: int = _LONGEST_ID) -> str:
    """One text of what the browser sends, "" for anything else."""
    value = asked.get(name) if isinstance(asked, dict) else None
    return value[:longest].encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""
