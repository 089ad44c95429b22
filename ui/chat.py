"""The Chat tab: how it is laid out, and what happens when."""

import json
from importlib.resources import files
from typing import Any

import gradio as gr

from rag import Assistant
from ui.conversation import FAILURES, LONGEST_QUESTION, Conversation, ready
from ui.feedback import add_feedback
from ui.history import add_history
from ui.scope import add_scope
from ui.sources import EMPTY_PANEL

__all__ = ["CONCURRENT_ANSWERS", "add_chat"]

CONCURRENT_ANSWERS = 8
"""So many questions are answered at a time; the others wait in line."""
_WELCOME = "### Ask your documents\nEvery sentence of an answer opens the exact words that it rests on."
_SOURCES_TITLE = '<h2>Sources</h2><button type="button" class="close" aria-label="Close sources">×</button>'


def add_chat(assistant: Assistant, app: gr.Blocks) -> None:
    """Build the tab inside `app`, the Blocks at hand."""
    conversation = Conversation(assistant)
    current = gr.Textbox(visible="hidden", elem_id="current-conversation")
    scope = gr.Textbox(visible="hidden")
    with gr.Row(elem_id="conversation"):
        with gr.Column(scale=0, min_width=36, elem_id="history-column"):
            history = add_history(assistant.conversations)
        with gr.Column(scale=3, min_width=320):
            chat = _chatbot()
            add_feedback(assistant)
            rewording = gr.HTML("", elem_id="rewording", js_on_load=(files("ui") / "rewording.js").read_text(encoding="utf-8"))
            question = _question_box()
            add_scope(assistant)
        with gr.Column(scale=2, min_width=320, elem_id="sources-column"):
            gr.HTML(_SOURCES_TITLE, elem_id="sources-title")
            panel = _sources_panel(conversation)
    shown = [question, chat, panel, current]
    _connect(conversation, shown, scope, history, rewording)
    app.load(conversation.open, current, shown, js="citewell.named", show_progress="hidden", api_visibility="private")
    app.load(conversation.examples, None, chat, show_progress="hidden", api_visibility="private")


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        height="calc(100dvh - 166px)",
        min_height=280,
        layout="panel",
        show_label=False,
        container=False,
        buttons=["copy"],
        editable="user",
        feedback_options=None,
        latex_delimiters=[],
        allow_tags=False,
        placeholder=_WELCOME,
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        placeholder="Ask a question …",
        label="Question",
        show_label=False,
        container=False,
        max_length=LONGEST_QUESTION,
        max_lines=6,
        autofocus=True,
        submit_btn=True,
    )


def _sources_panel(conversation: Conversation) -> gr.HTML:
    # Gradio marks the functions it is given, which it cannot do with methods.
    def sources(request: object) -> str:
        return conversation.sources(request)

    def preview(request: object) -> dict[str, str]:
        return conversation.preview(request)

    def around(request: object) -> dict[str, str | bool]:
        return conversation.around(request)

    script = (files("ui") / "sources.js").read_text(encoding="utf-8")
    return gr.HTML(EMPTY_PANEL, elem_id="sources", js_on_load=script, server_functions=[sources, preview, around])


def _connect(conversation: Conversation, shown: list[Any], scope: gr.Textbox, history: gr.HTML, rewording: gr.HTML) -> None:
    question, chat, _, current = shown
    answering: dict[str, Any] = {
        "outputs": shown,
        "concurrency_limit": CONCURRENT_ANSWERS,
        "concurrency_id": "answer",
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    asking: list[Any] = [
        question.submit(conversation.ask, [question, current, scope], js="citewell.submitted", **answering),
        chat.example_select(conversation.ask_example, scope, js="citewell.asking", **answering),
        chat.retry(conversation.ask_again, current, **answering),
        chat.edit(conversation.ask_edited, current, **answering),
        rewording.reword(conversation.ask_reworded, current, **answering),
    ]
    for event in asking:
        event.then(ready, None, question, js="citewell.listed", **quick)
        event.failure(
            None, chat, chat, js=f"(turns) => citewell.failed(turns, citewellServer.reason({json.dumps(FAILURES)}))", **quick
        ).then(ready, None, question, **quick)
    # a word of an answer may still be on its way when it is stopped or left: what is to be seen is shown again behind it
    question.stop(conversation.stop, current, [question, chat], js="citewell.stop", cancels=asking, **quick).then(
        conversation.turns_of, current, [chat, current], js="citewell.still", **quick
    )
    chat.undo(conversation.undo, current, shown, js="citewell.stop", cancels=asking, **quick).then(None, js="citewell.listed")
    history.select(conversation.open, current, shown, js="citewell.chosen", cancels=asking, **quick).then(
        conversation.turns_of, current, [chat, current], js="citewell.chosen", **quick
    )
    chat.change(None, chat, None, js="citewell.asked", **quick)
    current.change(None, current, None, js="citewell.show", **quick)
