"""Where sentences begin and end, by sentencex (Wikimedia), and what runs inside a line: bullets and labels."""

import re
from collections.abc import Iterator
from itertools import pairwise

from index.inline import inline_bullets, inline_labels

__all__ = ["TITLES", "sentence_spans"]

TITLES = ("Mr", "Mrs", "Ms", "Mx", "Messrs", "Dr", "Prof", "St", "Capt", "Col", "Gen", "Gov", "Hon", "Lt", "Rep", "Rev", "Sen", "Sgt")
"""Abbreviations that stand before a name; their full stop ends no sentence."""

_BULLET = re.compile(r"[•‣▪◦●*–-](?:\s+|$)")
_MARKER = re.compile(r"(?:[•‣▪◦●·*+–-]|\(?\d{1,3}[.)])\s+(?=\S)")
_ENDS_WITH_TITLE = re.compile(rf"\b(?:{'|'.join(TITLES)})\.\s*$")
_LINE_THAT_STARTS_ANEW = re.compile(r"\n\s*\n\s*|\n[ \t]*(?=(?:[•‣▪◦●·*+–-]|\(?\d{1,3}[.)])[ \t]+\S)")
_LABELLED = re.compile(r"^[ \t]*(?:\*\*)?[A-Z][^\n:.!?|*]{1,28}(?:\*\*)?:(?:\*\*)?[ \t]+\S.*\n?", re.M)
"""A line of a label and a value: "Deposit: 900 euros"."""


def sentence_spans(text: str, start: int = 0, end: int | None = None, *, keep_bullets: bool = False) -> list[tuple[int, int]]:
    """The spans of the sentences of `text[start:end]`, in order, without white space around them.

    A bullet inside a line ("… include: • one • two") begins a new sentence, and stays outside its
    span unless `keep_bullets`. A section label inside a line ("… each year About the team We …") is a
    sentence of its own. A blank line and a list item end what is above them; so does each of several lines that begin with a label.
    """
    end = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    for piece_start, piece_end in _pieces(text, start, end):
        for first, last in _split(text, piece_start, piece_end):
            trimmed = _trim(text, first, last, keep_bullets)
            if trimmed[0] < trimmed[1]:
                spans.append(trimmed)
    return spans


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans between bullets, labels and blank lines."""
    labels = [edge for label in inline_labels(text, start, end) for edge in label]
    lines = [match.end() for match in _LINE_THAT_STARTS_ANEW.finditer(text, start, end)]
    labelled = [match.span() for match in _LABELLED.finditer(text, start, end)]
    lines += [begin for (_, above), (begin, _) in pairwise(labelled) if above == begin]
    cuts = sorted({start, *inline_bullets(text, start, end), *labels, *lines, end})
    return zip(cuts, cuts[1:], strict=False)


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentence spans that touch; a list marker goes with the first, for sentencex never splits a text that begins with one."""
    import sentencex

    marker = _MARKER.match(text, start, end)
    edges = [marker.end() if marker else start]
    for sentence in sentencex.segment("en", text[edges[0] : end]):
        reached = edges[-1] + len(sentence)
        if len(edges) > 1 and _ENDS_WITH_TITLE.search(text, edges[-2], edges[-1]):
            edges.pop()
        edges.append(reached)
    if edges[-1] != end:
        raise ValueError(f"the sentence splitter returned {edges[-1] - start} of {end - start} characters")
    return zip([start, *edges[1:-1]], edges[1:], strict=True)


def _trim(text: str, start: int, end: int, keep_bullets: bool) -> tuple[int, int]:
    sentence = text[start:end]
    start += len(sentence) - len(sentence.lstrip())
    end -= len(sentence) - len(sentence.rstrip())
    if not keep_bullets and (bullet := _BULLET.match(text, start, end)):
        start = bullet.end()
    return start, end
