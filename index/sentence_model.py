"""A sentence-transformers folder as this project can run it itself: a BERT-like encoder, its mean or first token pooled.

What the files ask for beyond that (other poolings, further layers, code of their own, prompts) is refused with the reason,
and the model is run by sentence-transformers.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SentenceModel", "Unsupported", "Weights", "read_sentence_model"]

Weights = Mapping[str, NDArray[np.float32]]

_FAMILIES = ("bert", "roberta", "xlm-roberta", "camembert", "mpnet", "distilbert")
_COUNTED_FROM_PADDING = ("roberta", "xlm-roberta", "camembert")
"""Families whose positions begin after the padding token's id and leave padding tokens out, by a habit of fairseq."""
_MPNET_PADDING = 1
"""So does MPNet, with this id whatever the configuration says."""
_NO_LENGTH = 10**9
_LARGEST_READ = 50_000_000
"""Bytes: the fingerprint reads smaller files, and of a larger one, which holds weights, takes the size."""

_MAPPED = {"F32": np.float32, "I64": np.int64}
"""Kinds of numbers, as safetensors names them, whose bytes in the file are those in memory; of others 32-bit copies are made."""


class Unsupported(Exception):
    """Why a model is left to sentence-transformers."""


@dataclass(frozen=True)
class SentenceModel:
    """What the encoder's graph and tokenizer are made from."""

    folder: Path
    config: Mapping[str, Any]
    pooling: str
    """"mean" or "cls"."""
    max_tokens: int
    """With the special ones; what a text has more of is not read."""
    lower_case: bool

    @property
    def family(self) -> str:
        """One of the supported `model_type`s of transformers."""
        return str(self.config["model_type"])

    @property
    def counted_from(self) -> int | None:
        """The position after which tokens are counted; None where a token's position is its place."""
        return _counted_from(self.config)

    @cached_property
    def fingerprint(self) -> str:
        """What the files say about how the model is to be run; 64 hexadecimal digits."""
        digest = sha256()
        for file in sorted(self.folder.rglob("*.json")):
            content = file.read_bytes() if file.stat().st_size < _LARGEST_READ else str(file.stat().st_size).encode()
            digest.update(f"{file.relative_to(self.folder).as_posix()}\n{sha256(content).hexdigest()}\n".encode())
        return digest.hexdigest()

    def weights(self) -> Weights:
        """The tensors by their names in the encoder, as 32-bit numbers."""
        try:
            tensors = _tensors(self.folder / "model.safetensors")
        except Exception as error:  # safetensors has no errors of its own that it documents
            raise Unsupported(f"its weights cannot be read ({error})") from error
        end = "embeddings.word_embeddings.weight"
        prefix = next((name.removesuffix(end) for name in tensors if name.endswith(end)), "")
        return {name.removeprefix(prefix): np.asarray(tensor, np.float32) for name, tensor in tensors.items()}


def read_sentence_model(folder: Path) -> SentenceModel:
    """What is in a sentence-transformers folder.

    Raises:
        Unsupported: it is not of the supported kind, or a file is missing.
    """
    modules = _read(folder, "modules.json")
    kinds = [(str(module["type"]), str(module["path"])) for module in modules]
    names = [kind.rpartition(".")[2] for kind, _ in kinds]
    if names not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise Unsupported(f"it consists of {', '.join(names)}")
    if not all(kind.startswith("sentence_transformers.") for kind, _ in kinds):
        raise Unsupported("it brings code of its own")
    if _read(folder, "config_sentence_transformers.json").get("default_prompt_name"):
        raise Unsupported("it puts a prompt before each text")
    encoder = folder / kinds[0][1]
    if encoder.resolve() != folder.resolve():
        raise Unsupported("its encoder is in a folder below")
    config, reading = _read(folder, "config.json"), _read(folder, "sentence_bert_config.json")
    _check_encoder(config)
    return SentenceModel(
        folder,
        config,
        _pooling(_read(folder, f"{kinds[1][1]}/config.json")),
        _max_tokens(config, reading, _read(folder, "tokenizer_config.json")),
        bool(reading.get("do_lower_case")),
    )


def _tensors(file: Path) -> dict[str, NDArray[Any]]:
    """The tensors of a safetensors file: mapped, so that what is not used is not read; a file with numbers of other kinds is loaded."""
    with file.open("rb") as opened:
        size = int.from_bytes(opened.read(8), "little")
        places = json.loads(opened.read(size)) if size < _LARGEST_READ else {}
    places.pop("__metadata__", None)
    if not places or any(place["dtype"] not in _MAPPED for place in places.values()):
        from safetensors.numpy import load_file

        return load_file(file)
    mapped = np.asarray(np.memmap(file, np.uint8, mode="c"))[8 + size :]
    found = ((name, place, mapped[slice(*place["data_offsets"])]) for name, place in places.items())
    return {name: part.view(_MAPPED[place["dtype"]]).reshape(place["shape"]) for name, place, part in found}


def _check_encoder(config: Mapping[str, Any]) -> None:
    if config.get("model_type") not in _FAMILIES:
        raise Unsupported(f"its encoder is of the kind {config.get('model_type')}")
    if config.get("auto_map"):
        raise Unsupported("its encoder brings code of its own")
    activation = config.get("hidden_act", config.get("activation"))
    if activation != "gelu":
        raise Unsupported(f"its activation is {activation}")
    if config.get("position_embedding_type", "absolute") != "absolute":
        raise Unsupported(f"its positions are {config['position_embedding_type']}")


def _pooling(config: Mapping[str, Any]) -> str:
    chosen = config.get("pooling_mode") or [name for name, wanted in config.items() if name.startswith("pooling_mode_") and wanted]
    pooling = {"mean": "mean", "cls": "cls", "pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
    modes = [chosen] if isinstance(chosen, str) else list(chosen)
    if len(modes) != 1 or modes[0] not in pooling:
        raise Unsupported(f"its pooling is {', '.join(modes)}")
    return pooling[modes[0]]


def _max_tokens(config: Mapping[str, Any], reading: Mapping[str, Any], tokenizer: Mapping[str, Any]) -> int:
    before = _counted_from(config)
    positions = int(config["max_position_embeddings"]) - (0 if before is None else before + 1)
    return int(min(reading.get("max_seq_length") or tokenizer.get("model_max_length") or _NO_LENGTH, positions))


def _counted_from(config: Mapping[str, Any]) -> int | None:
    if config["model_type"] == "mpnet":
        return _MPNET_PADDING
    return int(config["pad_token_id"]) if config["model_type"] in _COUNTED_FROM_PADDING else None


def _read(folder: Path, name: str) -> Any:
    try:
        return json.loads((folder / name).read_text("utf-8"))
    except FileNotFoundError:
        if name in ("config_sentence_transformers.json", "sentence_bert_config.json", "tokenizer_config.json"):
            return {}
        raise Unsupported(f"it has no {name}") from None
    except (OSError, ValueError) as error:
        raise Unsupported(f"{name} cannot be read ({error})") from error
