"""The small models that ship with Citewell, each a folder of this package with an ONNX file and a tokenizer."""

from importlib.resources import files
from typing import Any

__all__ = ["load_shipped"]


def load_shipped(folder: str) -> tuple[Any, Any]:
    """The tokenizer, and the session of onnxruntime that is ready to run, of the model in that folder."""
    import onnxruntime
    from tokenizers import Tokenizer

    parts = files("rag") / folder
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # several questions at once share the cores; a thread that waits by spinning takes them from the others
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession((parts / "model.onnx").read_bytes(), options, providers=["CPUExecutionProvider"])
    return Tokenizer.from_str((parts / "tokenizer.json").read_text("utf-8")), session
