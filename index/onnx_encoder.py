"""Sentences become vectors without torch, by libraries that load in a fraction of a second."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.onnx_graph import build_graph
from index.runtime import Precision, load_graph
from index.sentence_model import SentenceModel, Unsupported

__all__ = ["OnnxEncoder", "said"]

_BATCH_TOKENS = 512
"""Of all texts of a batch: more fit no longer into a core's cache, and are slower (docs/speed.md)."""


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
        try:
            graph, beside = build_graph(model, model.weights())
        except KeyError as error:
            raise Unsupported(f"it has no {error.args[0]}") from error
        self._runtime = load_graph(graph, beside, precision=precision, once=once)
        self.engine = self._runtime.name
        self.dimension = self._run("vectors", [[self._padding]]).shape[1]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector a text, shape (len(texts), dimension); texts of like length are run together."""
        pieces = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda at: len(pieces[at].ids))
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for batch in self._batches(order, pieces):
            vectors[batch] = self._run("vectors", [pieces[at].ids for at in batch])
        return vectors

    def embed_tokens(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """Of each text one unit vector a token with a letter or digit, shape (tokens, width)."""
        pieces = self._tokenizer.encode_batch(list(texts))
        vectors: list[NDArray[np.float32]] = [np.zeros((0, 0), np.float32)] * len(texts)
        for batch in self._batches(sorted(range(len(texts)), key=lambda at: len(pieces[at].ids)), pieces):
            hidden = self._run("hidden", [pieces[at].ids for at in batch])
            for row, at in enumerate(batch):
                vectors[at] = hidden[row, said(pieces[at])]
        return vectors

    def _batches(self, order: Sequence[int], pieces: Sequence[Any]) -> Iterator[list[int]]:
        """Texts in the order of their length, as many at once as their tokens allow."""
        batch: list[int] = []
        for at in order:
            if batch and (len(batch) == self._batch_size or (len(batch) + 1) * len(pieces[at].ids) > _BATCH_TOKENS):
                yield batch
                batch = []
            batch.append(at)
        if batch:
            yield batch

    def _run(self, output: str, batch: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        shape = (len(batch), max(map(len, batch)))
        ids, mask = np.full(shape, self._padding, np.int64), np.zeros(shape, np.int32)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)], mask[row, : len(tokens)] = tokens, 1
        return self._runtime.run(output, ids, mask)


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
