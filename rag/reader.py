"""The reader: a small extractive question-answering model that says whether a passage answers, and where.

Every token of question and passage gets a logit for being the answer's first and one for being its
last; the first token of all stands for "no answer". A span's score is its two logits' sum less that of no
answer (Devlin et al. 2019, section 4.3), so that 0 is the border between the two. The shipped reader is fitted by
`eval.train_reader` and run by onnxruntime; any other extractive model is named by its folder or,
once it is on this machine, by its hub name, and run by transformers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.cores import run_on_cores
from index.errors import ModelError
from rag.shipped_model import load_shipped

__all__ = ["NO_READER", "SHIPPED_READER", "Reader", "Reading", "Span", "shared_reader"]

SHIPPED_READER, NO_READER = "shipped", "none"
_WINDOW, _OVERLAP = 224, 64
"""Tokens of question and passage that are read together, and how many of a longer passage's are read twice."""
_QUESTION_WORDS = 60
"""Of a longer question the rest is not read, so that there is room for the passage."""
_LONGEST_ANSWER = 30
"""Tokens of an answer at most, as is usual for models of this kind."""
_BATCH = 2
"""Windows that are read together: more fit no longer into a core's cache, and are a third slower."""

Logits = NDArray[np.float32]


class _Model(Protocol):
    """Start and end logits, each of shape (windows, tokens), from token ids, mask and segment ids of that shape."""

    def __call__(self, ids: NDArray[np.int64], mask: NDArray[np.int64], types: NDArray[np.int64]) -> tuple[Logits, Logits]: ...


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of a passage, and how much more likely they answer than that nothing does (logits, about -20–20)."""

    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Window:
    """The passage's tokens in one window: their characters, shape (tokens, 2), and logits less those of no answer, shape (tokens,)."""

    offsets: NDArray[np.int64]
    starts: Logits
    ends: Logits

    def best(self, first: int, last: int) -> Span | None:
        """The best span that lies in the characters `first` to `last`."""
        inside = np.flatnonzero((self.offsets[:, 0] >= first) & (self.offsets[:, 1] <= last))
        if not inside.size:
            return None
        starts, ends = self.starts[inside], self.ends[inside]
        table = starts[:, None] + ends[None, :]
        width = np.arange(len(inside))[None, :] - np.arange(len(inside))[:, None]
        table = np.where((width >= 0) & (width < _LONGEST_ANSWER), table, -np.inf)
        start, end = divmod(int(table.argmax()), len(inside))
        return Span(float(table[start, end]), int(self.offsets[inside[start], 0]), int(self.offsets[inside[end], 1]))


@dataclass(frozen=True)
class Reading:
    """What the reader makes of one passage."""

    length: int
    windows: tuple[_Window, ...]

    @cached_property
    def best(self) -> Span | None:
        """The passage's best span."""
        return self.within(0, self.length)

    def within(self, start: int, end: int) -> Span | None:
        """The best span inside these characters of the passage; None where there are none."""
        found = [span for window in self.windows if (span := window.best(start, end))]
        return max(found, key=lambda span: span.score, default=None)


class Reader:
    """Reads passages for a question. Loaded at its first use; safe to use from several threads."""

    def __init__(self, name: str = SHIPPED_READER) -> None:
        """`name`: "shipped", or an extractive question-answering model's folder or hub name."""
        self.name = name
        self._lock = Lock()
        self._loaded: tuple[Any, _Model] | None = None

    def load(self) -> None:
        """Load the model now, if it is not loaded yet; raises ModelError."""
        self._parts()

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading a passage, in their order.

        Args:
            question: in plain words.
            passages: for each what is said before it (title, heading), and its text; spans count the text's characters.

        Raises:
            ModelError: the model cannot be loaded.
        """
        if not passages:
            return []
        tokenizer, model = self._parts()
        question = " ".join(question.split()[:_QUESTION_WORDS])
        prefixes = [f"{before}. " if before else "" for before, _ in passages]
        encoded = tokenizer.encode_batch([(question, prefix + text) for prefix, (_, text) in zip(prefixes, passages, strict=True)])
        pieces = [(number, piece) for number, first in enumerate(encoded) for piece in (first, *first.overflowing)]
        pieces.sort(key=lambda pair: len(pair[1].ids))
        # the longest begin first, so that none is left over when the others are done
        batches = [pieces[at : at + _BATCH] for at in range(0, len(pieces), _BATCH)][::-1]
        logits = run_on_cores(lambda batch: self._logits(model, [piece for _, piece in batch]), batches)
        windows: list[list[_Window]] = [[] for _ in passages]
        for batch, found in zip(batches, logits, strict=True):
            for (number, piece), starts, ends in zip(batch, *found, strict=True):
                windows[number].append(_window(piece, starts, ends, len(prefixes[number])))
        return [Reading(len(text), tuple(found)) for (_, text), found in zip(passages, windows, strict=True)]

    @staticmethod
    def _logits(model: _Model, pieces: Sequence[Any]) -> tuple[Logits, Logits]:
        shape = (len(pieces), max(len(piece.ids) for piece in pieces))
        ids, mask, types = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for row, piece in enumerate(pieces):
            length = len(piece.ids)
            ids[row, :length], mask[row, :length], types[row, :length] = piece.ids, 1, piece.type_ids
        return model(ids, mask, types)

    def _parts(self) -> tuple[Any, _Model]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _shipped() if self.name == SHIPPED_READER else _from_transformers(self.name)
                # A fast tokenizer that is set up by two threads at once fails with "Already borrowed".
                # Padding that a tokenizer's file asks for would be read as words: windows are padded, and masked, in `_logits`.
                self._loaded[0].no_padding()
                self._loaded[0].enable_truncation(_WINDOW, stride=_OVERLAP, strategy="only_second")
            return self._loaded


@cache
def shared_reader(name: str) -> Reader | None:
    """One reader a process and name: its weights are loaded once, however many libraries are open. None for "none"."""
    return None if name == NO_READER else Reader(name)


def _window(piece: Any, starts: Logits, ends: Logits, shift: int) -> _Window:
    """The tokens of the passage itself, without question, special tokens and what was said before it."""
    second = [
        at
        for at, (sequence, offset) in enumerate(zip(piece.sequence_ids, piece.offsets, strict=True))
        if sequence == 1 and offset[0] >= shift
    ]
    offsets = np.array([piece.offsets[at] for at in second], np.int64).reshape(-1, 2) - shift
    return _Window(offsets, starts[second] - starts[0], ends[second] - ends[0])


def _shipped() -> tuple[Any, _Model]:
    tokenizer, session = load_shipped("reader_model", threads=1)

    def run(ids: NDArray[np.int64], mask: NDArray[np.int64], types: NDArray[np.int64]) -> tuple[Logits, Logits]:
        starts, ends = session.run(None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": types})
        return starts, ends

    return tokenizer, run


def _from_transformers(name: str) -> tuple[Any, _Model]:
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    folder = str(Path(name).expanduser()) if Path(name).expanduser().is_dir() else name
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForQuestionAnswering.from_pretrained(folder, local_files_only=True).eval()
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The reader '{name}' cannot be loaded: {error}\n"
            "Give the folder of an extractive question-answering model, or CITEWELL_READER=shipped."
        ) from error
    takes_types = "token_type_ids" in tokenizer.model_input_names

    def run(ids: NDArray[np.int64], mask: NDArray[np.int64], types: NDArray[np.int64]) -> tuple[Logits, Logits]:
        given = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
        if takes_types:
            given["token_type_ids"] = torch.from_numpy(types)
        with torch.inference_mode():
            output = model(**given)
        return output.start_logits.float().numpy(), output.end_logits.float().numpy()

    return tokenizer.backend_tokenizer, run
