"""Sentences become vectors without torch, by libraries that load in a fraction of a second."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.cores import core_count, run_on_cores
from index.onnx_graph import build_graph
from index.runtime import Precision, load_graph
from index.sentence_model import SentenceModel, Unsupported

__all__ = ["OnnxEncoder", "said"]

_BATCH_TOKENS = 1024
"""Of all texts of a batch: more fit no longer into a core's cache, and are slower (docs/speed.md)."""
_STEP = 8
"""Lengths are padded to multiples of it: OpenVINO prepares itself for each new shape, which takes some 3 ms."""
_RUN_TOKENS = 64
"""A run costs as much as so many tokens, however few it has."""
_REMEMBERED = 64
"""Texts, the latest, whose tokens' vectors are remembered: a question compares sentences, then the tokens of the best of them."""


class OnnxEncoder:
    """A model that is ready to run. Safe to use from several threads, which run side by side."""

    def __init__(self, model: SentenceModel, *, batch_size: int, precision: Precision = "auto", once: bool = False) -> None:
        """Build the graph and load the weights; `precision` and `once` as in `index.runtime`.

        Raises:
            Unsupported: the model has other weights or another tokenizer than its kind should.
        """
        self._batch_size = batch_size
        self._tokenizer = _tokenizer(model)
        self._padding = int(model.config.get("pad_token_id") or 0)
        self._lock = Lock()
        self._tokens: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        try:
            graph = build_graph(model, model.weights())
        except KeyError as error:
            raise Unsupported(f"it has no {error.args[0]}") from error
        self._runtime = load_graph(graph, precision=precision, once=once)
        self.engine = self._runtime.name
        self.dimension = self._run_batch(["vectors"], [[self._padding]])[0].shape[1]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector a text, shape (len(texts), dimension); texts of like length are run together."""
        pieces = self._tokenizer.encode_batch(list(texts))
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        few = len(texts) <= _REMEMBERED
        for batch, (found, *hidden) in self._run(["vectors", "hidden"] if few else ["vectors"], pieces):
            vectors[batch] = found
            if hidden:
                self._remember({texts[at]: hidden[0][row, said(pieces[at])] for row, at in enumerate(batch)})
        return vectors

    def embed_tokens(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """Of each text one unit vector a token with a letter or digit, shape (tokens, width)."""
        with self._lock:
            known = {text: self._tokens[text] for text in texts if text in self._tokens}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        pieces = self._tokenizer.encode_batch(missing)
        for batch, [hidden] in self._run(["hidden"], pieces):
            known |= {missing[at]: hidden[row, said(pieces[at])] for row, at in enumerate(batch)}
        return [known[text] for text in texts]

    def _remember(self, tokens: dict[str, NDArray[np.float32]]) -> None:
        with self._lock:
            self._tokens |= tokens
            while len(self._tokens) > _REMEMBERED:
                self._tokens.popitem(last=False)

    def _run(self, outputs: Sequence[str], pieces: Sequence[Any]) -> Iterator[tuple[list[int], list[NDArray[np.float32]]]]:
        """Batches of the pieces with their outputs."""
        batches = self._batches([_padded(len(piece.ids)) for piece in pieces])
        return zip(batches, run_on_cores(lambda batch: self._run_batch(outputs, [pieces[at].ids for at in batch]), batches), strict=True)

    def _batches(self, lengths: Sequence[int]) -> list[list[int]]:
        """Texts of like length together, so that they cost least: a shorter one is padded to the longest beside it. The costliest first."""
        order = sorted(range(len(lengths)), key=lambda at: lengths[at])
        most_tokens = min(_BATCH_TOKENS, sum(lengths) // core_count())  # of a few texts each core gets its share
        least, first = [0.0], [0]  # for so many texts, what they cost at least, and where their last batch begins
        for end, longest in enumerate((lengths[at] for at in order), start=1):
            most = max(1, min(self._batch_size, most_tokens // longest))
            begins = range(max(0, end - most), end)
            best = min(begins, key=lambda begin: least[begin] + (end - begin) * longest)
            least.append(least[best] + (end - best) * longest + _RUN_TOKENS)
            first.append(best)
        batches, end = list[list[int]](), len(order)
        while end:
            batches.append(order[first[end] : end])
            end = first[end]
        return sorted(batches, key=lambda batch: -len(batch) * lengths[batch[-1]])

    def _run_batch(self, outputs: Sequence[str], batch: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        shape = (len(batch), _padded(max(map(len, batch))))
        ids, mask = np.full(shape, self._padding, np.int64), np.zeros(shape, np.int32)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)], mask[row, : len(tokens)] = tokens, 1
        return self._runtime.run(outputs, ids, mask)


def _padded(tokens: int) -> int:
    return -(-max(tokens, 1) // _STEP) * _STEP


def said(encoding: Any) -> list[int]:
    """The tokens of a text that have a letter or digit, the special ones left out."""
    inside = zip(encoding.tokens, encoding.special_tokens_mask, strict=True)
    return [at for at, (token, special) in enumerate(inside) if not special and any(sign.isalnum() for sign in token)]


def _tokenizer(model: SentenceModel) -> Any:
    from tokenizers import Tokenizer
    from tokenizers.normalizers import Lowercase
    from tokenizers.normalizers import Sequence as Normalizers

    file = model.folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # tokenizers raises bare exceptions
        raise Unsupported(f"its tokenizer.json cannot be read ({error})") from error
    if model.lower_case:
        tokenizer.normalizer = Normalizers([Lowercase(), *([tokenizer.normalizer] if tokenizer.normalizer else [])])
    tokenizer.no_padding()
    tokenizer.enable_truncation(model.max_tokens)
    return tokenizer
