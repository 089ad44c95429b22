"""Is a model the same without torch? Asked once a model and machine; the answer is kept in the user's cache folder.

The vectors of texts of many lengths and languages are compared with those of sentence-transformers, and the verdict is kept.
"""

import logging
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from index.sentence_model import SentenceModel
from index.user_cache import made_once

__all__ = ["difference", "why_not_equal"]

_VERSION = 4
"""To be raised when the graph or what runs it changes, so that each model is compared again."""
_TOLERANCE = 1e-5
_SHIPPED = "71d33f199b8c20b040f05f84326affe7cecd02e521a707b383b2933e47a8312e"
"""The fingerprint of the default model's files, which the tests compare."""
_SENTENCES = (
    "The tide turns twice a day.",
    "  Two spaces before,\ttabs and\nlines between, two after.  ",
    "Über die Brücke ging früher der Postbote; heute fährt niemand mehr.",
    "¿Quién pagó la cuenta del niño? L'été, déjà vu, naïve façade.",
    "В начале было слово. Привет, мир!",
    "東京は日本の首都です。北京是中国的首都。서울은 대한민국의 수도이다.",
    "مرحبا بالعالم. שלום עולם. नमस्ते दुनिया",
    "COMPANY NAMES LIKE IBM OR McDonald's, e-mail: a.b@example.org, 3.14 %, 2024-02-29",
    "[CLS] words [MASK] that </s> look <unk> special [SEP] [PAD] <mask>",
    "def f(x): return {'a': x ** 2}  # 😀 e\u0301 \u200b ﬁ ß İ",
    "",
    "?",
)

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

_log = logging.getLogger("citewell.model")


def why_not_equal(model: SentenceModel, load: Callable[[], Embed], reference: Embed) -> str:
    """Why a model's vectors are not those of sentence-transformers; empty where they are.

    Args:
        model: the model's files.
        load: gives what makes vectors without sentence-transformers, in full precision; called where no verdict is kept.
        reference: makes them with sentence-transformers; called there too.
    """
    if model.fingerprint == _SHIPPED:
        return ""

    def compared() -> bytes:
        _log.info("Preparing the model for this machine (once) …")
        apart = difference(load(), reference)
        return b"" if apart <= _TOLERANCE else f"its vectors would be {apart:.0e} off".encode()

    return made_once(f"{model.fingerprint[:40]}-{_VERSION}.verdict", compared).decode()


def difference(embed: Embed, reference: Embed) -> float:
    """The largest difference between two models' numbers for the same texts, each text alone and all together."""
    texts = _texts()
    wanted = reference(texts)
    together, alone = embed(texts), np.concatenate([embed([text]) for text in texts])
    if wanted.shape != together.shape:
        return float("inf")
    apart = max(float(np.abs(found - wanted).max()) for found in (together, alone))
    return apart if np.isfinite(apart) else float("inf")


def _texts() -> list[str]:
    """The sentences, and texts of growing length up to more than any model reads."""
    words = " ".join(_SENTENCES).split()
    lengths = (3, 9, 30, 64, 120, 250, 500, 1200)
    return [*_SENTENCES, *(" ".join(words[(at + length) % len(words)] for at in range(length)) for length in lengths)]
