"""A whole answer as the chat's Markdown: its sentences with what the check found of them, differences side by side, what is missing."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from rag import Answer
from rag.compose import escaped
from rag.records import Difference, DifferenceSide
from ui.markup import answer_markup, escape_inline
from ui.reference import Reference

__all__ = ["answer_body", "whole_answer_markup"]

_NOTES = {
    "weak": ("partly supported", "The cited words support only a part of this sentence. Open the citation and compare."),
    "unsupported": ("not supported", "The cited words do not support this sentence. Open the citation and compare."),
}
"""The note behind a sentence, and the longer one that hovering shows, by verdict; a supported sentence has none."""
_NUMBERS = re.compile(r"(?:\s*\[\d{1,3}\])*")


def answer_body(answer: Answer) -> str:
    """The answer's Markdown without the paragraphs at its end that tell of differences and of what is missing."""
    paragraphs = answer.text.split("\n\n")
    for count, opening in ((len(answer.missing), "Not found in the "), (len(answer.differences), "The documents differ: ")):
        for _ in range(count):
            if paragraphs[-1].startswith(opening):
                paragraphs.pop()
            if not paragraphs:
                return ""
    return "\n\n".join(paragraphs)


def whole_answer_markup(answer: Answer, references: Sequence[Reference]) -> str:
    """The sentences with chips and notes; below them each difference, and the parts of the question that are not answered."""
    parts = ["".join(_noted(answer, references))]
    parts += [_difference(difference, references) for difference in answer.differences]
    if answer.missing:
        items = "".join(f"<li>{escape_inline(part)}</li>" for part in answer.missing)
        parts.append(f'<div class="missing"><p>Not found in the {"chosen " if answer.scope else ""}documents:</p> <ul>{items}</ul></div>')
    return "\n\n".join(parts)


def _noted(answer: Answer, references: Sequence[Reference]) -> Iterator[str]:
    """The pieces of the answer, with a note behind each sentence that is not supported; notes whose place is not found stand at the end."""
    body, at, astray = answer_body(answer), 0, []
    for sentence in answer.sentences:
        found = body.find(escaped(sentence.text), at)
        end = _after(body, found + len(escaped(sentence.text))) if found >= 0 else at
        if sentence.verdict in _NOTES and found >= 0:
            yield answer_markup(body[at:end], references) + _note(sentence.verdict)
        elif sentence.verdict in _NOTES:
            astray.append(f"<li>{escape_inline(sentence.text)}{_note(sentence.verdict)}</li>")
            continue
        else:
            yield answer_markup(body[at:end], references)
        at = end
    yield answer_markup(body[at:], references)
    if astray:
        yield f'\n\n<div class="missing"><ul>{"".join(astray)}</ul></div>'


def _after(body: str, end: int) -> int:
    """Behind a sentence's citations, and the stars of its bold where it is the short answer."""
    end += 2 if body.startswith("**", end) else 0
    found = _NUMBERS.match(body, end)
    return found.end() if found else end


def _note(verdict: str) -> str:
    short, long = _NOTES[verdict]
    return f' <span class="verdict {verdict}" role="note" title="{escape(long)}">{short}</span>'


def _difference(difference: Difference, references: Sequence[Reference]) -> str:
    sides = "".join(_side(side, references) for side in difference.sides)
    return f'<div class="difference"><p>The documents differ:</p> <ul>{sides}</ul></div>'


def _side(side: DifferenceSide, references: Sequence[Reference]) -> str:
    chip = answer_markup(f"[{side.citation}]", references)
    date = escape_inline(side.date) if side.date else "no date"
    return f"<li><strong>{escape_inline(side.value)}</strong>{chip} <p>{escape_inline(side.title)}</p> <p>{date}</p></li> "
