"""The words of a page on lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from index.pdf_words import Word

__all__ = ["Line", "lines_of"]

_LEADER = 4
_DOTS = re.compile(r"[.…·]+")


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one height, from left to right."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words with spaces between them."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        """Where it begins, in points."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Where it ends, in points."""
        return max(word.right for word in self.words)

    @property
    def middle(self) -> float:
        """The height of its middle, in points from below."""
        return median(word.middle for word in self.words)

    @property
    def height(self) -> float:
        """Of its font, in points."""
        return median(word.height for word in self.words)

    @property
    def bold(self) -> bool:
        """Whether all of its words are."""
        return all(word.bold for word in self.words)


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Words grouped by height, from top to bottom."""
    groups: list[list[Word]] = []
    for word in sorted(words, key=lambda word: -word.middle):
        near = [group for group in groups[-3:] if abs(group[0].middle - word.middle) < 0.45 * max(group[0].height, word.height)]
        near[0].append(word) if near else groups.append([word])
    return [Line(tuple(_without_leaders(sorted(group, key=lambda word: word.left)))) for group in groups]


def _without_leaders(words: list[Word]) -> list[Word]:
    """Without the dots that lead from a heading to its page in a table of contents."""
    dots = [word for word in words if _DOTS.fullmatch(word.text)]
    return (
        [word for word in words if word not in dots]
        if _LEADER <= sum(len(word.text) for word in dots) < sum(len(w.text) for w in words)
        else words
    )
