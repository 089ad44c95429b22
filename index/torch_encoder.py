"""Sentences become vectors by sentence-transformers, which runs every model of its kind, on torch."""

from collections.abc import Callable, Sequence
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["TorchEncoder"]


class TorchEncoder:
    """A model that is loaded at its first use. Safe to use from several threads, one at a time inside."""

    def __init__(self, place: str, name: str, *, batch_size: int) -> None:
        """`place`: the model's folder or hub name; `name`: what it is called in messages."""
        self.engine = "sentence-transformers"
        self._place, self._name = place, name
        self._batch_size = batch_size
        self._loaded: SentenceTransformer | None = None
        # A fast tokenizer that is used by two threads at once fails with "Already borrowed".
        self._lock = RLock()

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.load().get_embedding_dimension() or 0)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector a text, shape (len(texts), dimension)."""
        with self._lock:
            vectors = self.load().encode(
                list(texts), batch_size=self._batch_size, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def embed_tokens(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """Of each text one unit vector a token with a letter or digit, shape (tokens, width)."""
        from index.onnx_encoder import said

        with self._lock:
            model = self.load()
            found = model.encode(list(texts), batch_size=self._batch_size, output_value="token_embeddings", show_progress_bar=False)
            ids = model.tokenizer(list(texts), truncation=True, max_length=model.max_seq_length)
        hidden = [np.asarray(tokens, dtype=np.float32)[said(ids[at])] for at, tokens in enumerate(found)]
        return [vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12) for vectors in hidden]

    def tokenizer(self) -> Any:
        """The model's own tokenizer, as `tokenizers` has it."""
        return self.load().tokenizer.backend_tokenizer

    def load(self) -> "SentenceTransformer":
        """The model in sentence-transformers.

        Raises:
            ModelError: it is not there, or cannot be loaded.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> "SentenceTransformer":
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        silence: Callable[[], None] = disable_progress_bar
        silence()
        try:
            return SentenceTransformer(self._place, device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The embedding model '{self._name}' cannot be loaded: {error}\n"
                "Give the folder that holds it, or download it on a machine with a network first."
            ) from error
