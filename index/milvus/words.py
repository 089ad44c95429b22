"""Words as a Milvus server keeps them: stemmed here, as in a local library, so that both know the same words.

The server's own analyser then has only to part them at the spaces. A word in other signs than a–z and 0–9 goes there in
hexadecimal digits, since servers differ in what they take for a letter; so no word needs an escape in a filter either.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from index.chunk import searched_context
from index.lexical import LexicalIndex
from index.milvus.tables import LONGEST
from index.records import Chunk

__all__ = ["analyzed", "decoded", "encoded", "matching", "searched_words"]

_PLAIN = re.compile(r"[a-z0-9]+", re.A)
_CODED = "zx"


def analyzed(text: str) -> list[str]:
    """The stemmed words of a text, in order, each as often as it stands there."""
    return _analyzer().words(text)


def encoded(term: str) -> str:
    """A stemmed word as the server has it."""
    return term if _PLAIN.fullmatch(term) and not term.startswith(_CODED) else _CODED + term.encode("utf-8", "surrogatepass").hex()


def decoded(token: str) -> str:
    """The stemmed word back."""
    return bytes.fromhex(token.removeprefix(_CODED)).decode("utf-8", "surrogatepass") if token.startswith(_CODED) else token


def matching(terms: Iterable[str]) -> str:
    """The filter for chunks that hold any of these stemmed words."""
    return f"text_match(words, '{' '.join(map(encoded, terms))}')"


def searched_words(chunk: Chunk, title: str) -> str:
    """All that a chunk is found by: its own words, then those of title, headings and lead, as many as a field takes."""
    context = searched_context(title, chunk.heading_path, chunk.lead)
    return " ".join(_fitting(encoded(word) for part in (chunk.text, context) for word in analyzed(part)))


def _fitting(tokens: Iterable[str]) -> Iterator[str]:
    length = 0
    for token in tokens:
        length += len(token) + 1
        if length > LONGEST:
            return
        yield token


@cache
def _analyzer() -> LexicalIndex:
    return LexicalIndex.in_memory()
