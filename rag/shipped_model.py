"""The small models that ship with Citewell, each a folder of this package with an ONNX file and a tokenizer."""

from pathlib import Path
from typing import Any

__all__ = ["load_shipped"]


def load_shipped(folder: str, *, threads: int) -> tuple[Any, Any]:
    """The tokenizer, and the session of onnxruntime that is ready to run, of the model in that folder; a run takes so many threads."""
    import onnxruntime
    from tokenizers import Tokenizer

    parts = Path(__file__).parent / folder
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # fused operators would bring the same numbers to 8 bits once for each product they go into, a quarter slower in all
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.intra_op_num_threads = threads
    # several questions at once share the cores; a thread that waits by spinning takes them from the others
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(parts / "model.onnx"), options, providers=["CPUExecutionProvider"])
    return Tokenizer.from_str((parts / "tokenizer.json").read_text("utf-8")), session
