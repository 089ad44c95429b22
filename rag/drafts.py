"""A model's stream becomes drafts of sentences: each finished sentence or list item, and the numbers of the passages that it names."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.sentences import sentence_spans

__all__ = ["Draft", "read_drafts"]

_NUMBERS = re.compile(r"\s*[\[【]\s*\^?(?:passages?|sources?)?\s*#?((?:\d{1,3}\s*[,;&-]?\s*)+)[\]】](?![\w(])", re.I)
_OPEN_NUMBERS = re.compile(r"[\[【][^\]】]{0,40}$")
_BULLET = re.compile(r"\s*(?:[-*+•]|\d{1,2}[.)])\s+")
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=[\w.!?])[*_](?!\w)|^\s*#{1,6}\s+|^\s*>\s?")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\U000e0000-\U000e0fff]")
_FINISHED = re.compile(r"[.!?:…][\"'”’)]*$")
_THOUGHTS = ("<think>", "</think>")
"""Some models write what they think before what they say."""
_LONGEST_LINE = 4000
"""Characters; a line beyond is cut off there, for nobody writes such a sentence."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as a model wrote it, without marks. `begins`: it opens a line. `finished`: it was not broken off."""

    text: str
    passages: tuple[int, ...] = ()
    item: bool = False
    begins: bool = False
    finished: bool = True


def read_drafts(pieces: Iterable[str]) -> Iterator[Draft]:
    """The drafts, each as soon as what follows shows that it is finished."""
    line, bullet, begins = "", False, True
    for piece in _without_thoughts(pieces):
        *whole, line = (line + _clean(piece)).split("\n")
        for text in whole:
            yield from _drafts(_cut(text), item=bullet or _is_item(text), begins=begins)
            bullet, begins = False, True
        if not re.search(r"[.!?…\]】]\s", line) and len(line) < _LONGEST_LINE:
            continue
        bullet = bullet or _is_item(line)
        *done, line = _cut(line)
        yield from _drafts(done, item=bullet, begins=begins)
        begins = begins and not done
        line = line[:_LONGEST_LINE]
    yield from _drafts(_cut(line), item=bullet or _is_item(line), begins=begins, at_end=True)


def _clean(text: str) -> str:
    """Without half characters, and without those that show nothing and hide or turn round what stands there."""
    return _UNSEEN.sub("", text.replace("\r", "\n").encode("utf-8", "ignore").decode())


def _without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """All but what stands first between the marks of thoughts."""
    opened, closed = _THOUGHTS
    begun, thinking = "", True
    for piece in pieces:
        if not thinking:
            yield piece
            continue
        begun += piece
        if closed in begun:
            thinking, piece = False, begun.partition(closed)[2]
            yield piece
        elif not (start := begun.lstrip()).startswith(opened) and not opened.startswith(start):
            thinking = False
            yield begun
    if thinking and not begun.lstrip().startswith(opened):
        yield begun


def _is_item(line: str) -> bool:
    return _BULLET.match(line) is not None


def _cut(line: str) -> list[str]:
    """The sentences of a line, each with the numbers behind it."""
    starts = [start for start, _ in sentence_spans(line, keep_bullets=True)]
    cut = [line[start:end] for start, end in zip(starts, [*starts[1:], len(line)], strict=False)]
    sentences: list[str] = []
    for text in cut:
        numbers = _numbers_before(text) if sentences else 0
        if numbers:
            sentences[-1] += text[:numbers]
        if text[numbers:].strip() or not numbers:
            sentences.append(text[numbers:])
    return sentences


def _numbers_before(text: str) -> int:
    """The length of the numbers that a text begins with, or of what may become one."""
    end = 0
    while found := _NUMBERS.match(text, end):
        end = found.end()
    rest = text[end:]
    return len(text) if rest.strip() and _OPEN_NUMBERS.match(rest.lstrip()) else end


def _drafts(sentences: list[str], *, item: bool, begins: bool, at_end: bool = False) -> Iterator[Draft]:
    for place, sentence in enumerate(sentences):
        numbers = tuple(dict.fromkeys(int(n) for found in _NUMBERS.finditer(sentence) for n in re.findall(r"\d+", found[1])))
        text = " ".join(
            _MARKS.sub("", _BULLET.sub("", _NUMBERS.sub("", sentence), count=1) if item else _NUMBERS.sub("", sentence)).split()
        )
        if re.search(r"\w", text):
            last = at_end and place == len(sentences) - 1
            finished = not last or bool(numbers) or bool(_FINISHED.search(text))
            yield Draft(text, numbers, item=item and place == 0, begins=begins and place == 0, finished=finished)
