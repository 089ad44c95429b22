"""When two passages say the same: the same words in the same order, whatever their case, spacing and layout.

Only what carries no meaning is left out of the comparison: case, white space, the signs of Markdown, and
punctuation at the ends of words. One other number, name or "not" makes two passages different, since a
person would want to see both.
"""

import unicodedata
from collections.abc import Iterable
from hashlib import blake2b

from index.records import Chunk

__all__ = ["searched_print", "wording_print"]

_AT_THE_ENDS = ".,;:!?…()[]{}*_`\"'“”‘’«»"
_LAYOUT = frozenset({"#", "##", "###", "####", "#####", "######", "-", "–", "—", "+", "•", "|", ">"})
_LONG = 150
"""Characters: a shorter passage ("It closes at nine.") means something else under another title."""


def searched_print(title: str, chunk: Chunk) -> bytes:
    """The fingerprint of all that a chunk is searched by, 16 bytes: its words, title, headings and lead."""
    return _digest(_words(part) for part in (title, *chunk.heading_path, chunk.lead, chunk.text))


def wording_print(text: str) -> bytes | None:
    """The fingerprint of the words alone, 16 bytes; None where they are too few to mean the same everywhere."""
    words = _words(text)
    return _digest([words]) if sum(map(len, words)) >= _LONG else None


def _words(text: str) -> list[str]:
    words = unicodedata.normalize("NFKC", text).casefold().split()
    return [bare for word in words if word not in _LAYOUT and (bare := word.strip(_AT_THE_ENDS))]


def _digest(parts: Iterable[list[str]]) -> bytes:
    """128 bits, so that no two passages of any library share them by chance."""
    text = "\x1e".join("\x1f".join(words) for words in parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
