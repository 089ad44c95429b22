"""Answers as the chat's Markdown. Whatever comes from a document or a person is made harmless here."""

import re
from collections.abc import Sequence
from html import escape, unescape

from rag import Answer, Passage
from ui.names import readable, visible
from ui.reference import MARK, Reference

__all__ = [
    "answer_markup",
    "asked_count",
    "count_of",
    "error_markup",
    "plain_text",
    "rate_markup",
    "refusal_markup",
    "safe_markdown",
    "searched_line",
    "words_in_turn",
]

_RATE = "#rate="
"""How the links begin that judge an answer."""
_REWORD = "#reword="
"""How the links begin that change what was searched for."""
_NUMBER = re.compile(r"\s*(?<!\\)\[(\d{1,3})\]")
_CHIP = re.compile(r'<a class="cite.*?</a>', re.S)
_ASIDE = re.compile(r'\s*<div class="(?:searched|rate)">.*?</div>\s*', re.S)
_NOTE = re.compile(r' <span class="verdict.*?</span>', re.S)
_TAG = re.compile(r"</?(?:div|p|ul|li|span|strong|q)\b[^>]*>")


def safe_markdown(text: str) -> str:
    """Markdown in which no tag, no image, and no link but to the web comes to life, and no writing is turned around unseen.

    An image is a request to whoever placed it there, so it is as good as a script.
    """
    text = re.sub(r"&(?=#?\w)", "&amp;", readable(text))
    text = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text)
    return re.sub(r"\](?=\((?!https?://))", r"\]", text.replace("![", r"!\["))


def plain_text(markdown: str) -> str:
    """What `safe_markdown` was given."""
    return unescape(markdown.replace(r"!\[", "![").replace(r"\](", "]("))


def words_in_turn(markup: str) -> str:
    """The words of one turn of the chat, without the chips and notes, the line above the answer and the thumbs below it."""
    return plain_text(_TAG.sub("", _CHIP.sub("", _NOTE.sub("", _ASIDE.sub("", markup))))).strip()


def answer_markup(text: str, references: Sequence[Reference]) -> str:
    """An answer, or its beginning, with a chip for each `[n]` that cites something."""
    chips = {reference.number: _chip(reference) for reference in references}
    return _NUMBER.sub(lambda found: chips.get(int(found[1]), found[0]), safe_markdown(text))


def searched_line(answer: Answer, documents: int, names: Sequence[str] = (), *, gone: int = 0, exchange: str = "") -> str:
    """The discreet line above an answer: what was searched, how long it took, words found nowhere, the completed question.

    Also what a language model wrote and is not shown, or why none wrote it.
    `names` are of the documents that were chosen, where not all were asked; `gone` more were chosen and not there any more.
    `exchange` is the id of an exchange whose completed question can be changed.
    """
    milliseconds = sum(answer.timings.values())
    took = f"{milliseconds / 1000:.1f} s" if milliseconds >= 100 else f"{milliseconds:.0f} ms"
    facts = [f"Searched {asked_count(len(answer.scope), documents)}", count_of(len(answer.passages), "passage"), took]
    if gone:
        facts.append(f"{count_of(gone, 'chosen document')} no longer in the library")
    if answer.unknown_words and not answer.abstained:
        facts.append(f"not in any {_chosen(answer)}document: {', '.join(map(escape_inline, answer.unknown_words))}")
    if answer.withheld:
        facts.append(f"{count_of(answer.withheld, 'sentence')} of the language model not shown")
    lines = [_with_names(" · ".join(facts), names), *map(escape_inline, answer.notes)]
    if answer.resolved_question != " ".join(answer.question.split()):
        lines.insert(0, f"Searched for: <q>{escape_inline(answer.resolved_question)}</q>{_reword(exchange) if exchange else ''}")
    return f'<div class="searched">{"<br>".join(lines)}</div>\n\n'


def refusal_markup(answer: Answer, nearest: Sequence[tuple[Reference, Passage]]) -> str:
    """A calm card: the refusal, what was looked for, the words that are found nowhere, and the nearest passages to open."""
    told, _, looked_for = answer.text.partition(" Looked for: ")
    parts = [f"<p>{escape_inline(told)}</p>"]
    if looked_for:
        parts.append(f"<p>Looked for: <q>{escape_inline(looked_for)}</q></p>")
    if answer.unknown_words:
        words = ", ".join(f"<strong>{escape_inline(word)}</strong>" for word in answer.unknown_words)
        parts.append(f"<p>Not in any {_chosen(answer)}document: {words}</p>")
    if nearest:
        links = "".join(f"<li>{_near_chip(reference, passage)}</li>" for reference, passage in nearest)
        parts.append(f"<p>The nearest passages:</p><ul>{links}</ul>")
    return f'<div class="refusal">{"".join(parts)}</div>'


def rate_markup(exchange: str) -> str:
    """The thumbs below an answer; `feedback.js` brings them to life. The id of an exchange needs no escaping."""
    thumbs = (("right", "Good answer"), ("wrong", "Something is wrong"))
    links = "".join(f'<a role="button" title="{text}" href="{_RATE}{exchange}.{verdict}">{text}</a>' for verdict, text in thumbs)
    return f'\n\n<div class="rate">{links}</div>'


def _reword(exchange: str) -> str:
    """The button beside the completed question; `rewording.js` brings it to life. The id of an exchange needs no escaping."""
    return f' <a role="button" title="Change what is searched for" href="{_REWORD}{exchange}">Edit</a>'


def error_markup(message: str) -> str:
    """A card that says what went wrong."""
    return f'<div class="refusal"><p>{escape_inline(message)}</p></div>'


def escape_inline(text: str) -> str:
    """Text inside HTML inside Markdown: escaped for both, on one line, since a blank line would end the HTML."""
    escaped = escape(visible(" ".join(text.split())))
    return re.sub(r"[\\`*_\[\]!~|$]", lambda sign: f"&#{ord(sign[0])};", escaped)


def _chosen(answer: Answer) -> str:
    return "chosen " if answer.scope else ""


def _with_names(line: str, names: Sequence[str]) -> str:
    """The line, with the names of what was searched shown by hovering over it and by opening it."""
    if not names:
        return line
    escaped = [escape_inline(name) for name in names]
    items = "".join(f"<li>{name}</li>" for name in escaped)
    return f'<details><summary title="{", ".join(escaped)}">{line}</summary><ul>{items}</ul></details>'


def asked_count(asked: int, documents: int) -> str:
    """How many documents are asked, of how many; 0 of them means all."""
    return f"{asked:,} of {count_of(documents, 'document')}" if asked else count_of(documents, "document")


def _chip(reference: Reference) -> str:
    return f'<a class="cite" role="button" href="{MARK}{reference}">{reference.number}</a>'


def _near_chip(reference: Reference, passage: Passage) -> str:
    label = " › ".join([passage.title, *passage.heading_path[-1:]])
    return f'<a class="cite near" role="button" href="{MARK}{reference}">{escape_inline(label)}</a>'


def count_of(number: int, noun: str) -> str:
    """A number with its noun, in the plural unless it is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
