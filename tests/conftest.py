"""What all tests share: an embedder without a model, an empty library, and small files."""

import re
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from index.embed import Vectors
from index.library import Library
from rag.words import STOPWORDS

WriteFile = Callable[[str, str | bytes], Path]

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+|[^\w\s]|_")
_ENDINGS = ("ations", "ation", "ingly", "ings", "ing", "edly", "ies", "ied", "ed", "es", "s", "y", "e")


class FakeEmbedder:
    """A hashed bag of stemmed words as a unit vector: texts that share words are near each other.

    The same words give the same vector in every process and on every machine. A token is a word,
    a sign, or a character of Chinese or Japanese.
    """

    def __init__(self, name: str = "fake", *, dimension: int = 256) -> None:
        self.name = name
        self.engine = "words"
        self.embedded: list[str] = []
        """Every text that was embedded, in order, so that a test can see what was not."""
        self._dimension = dimension

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _words(text) or [""]:
                digest = sha256(word.encode()).digest()
                vectors[row, int.from_bytes(digest[:4], "big") % self._dimension] += 1.0
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def embed_tokens(self, texts: Sequence[str]) -> list[Vectors]:
        # in a real model's contexts, words such as "the" meet something in every text
        return [self.embed([word for word in _words(text) if word not in _STOPPED]) for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_TOKEN.findall(text)) for text in texts]


def _words(text: str) -> list[str]:
    return [_stem(word) for word in _TOKEN.findall(text.lower()) if word[0].isalnum()]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


_STOPPED = {_stem(word) for word in STOPWORDS}


@pytest.fixture(autouse=True)
def without_reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fast tests know what the fake vectors and words alone give; tests of the reader name one themselves."""
    if not request.node.get_closest_marker("slow"):
        monkeypatch.setenv("CITEWELL_READER", "none")


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def library(tmp_path: Path, embedder: FakeEmbedder) -> Iterator[Library]:
    """An empty library in its own folder beside the test's files."""
    with Library(tmp_path / "library", embedder) as opened:
        yield opened


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """Writes a file below the test's folder `files` and returns its path; text is written as UTF-8, line ends as given."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
