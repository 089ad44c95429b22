"""What runs an encoder's graph on this machine: OpenVINO, or onnxruntime where OpenVINO is not.

Where the processor has instructions for it, OpenVINO multiplies in bfloat16 (8 bits of fraction), which takes about half the
time; `python -m eval.bench_precision` measures what it loses. Everything else is 32-bit.
"""

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from index.cores import core_count
from index.graph import Graph

__all__ = ["Precision", "Runtime", "load_graph"]

Precision = Literal["auto", "full"]

_log = logging.getLogger("citewell.model")


@dataclass(frozen=True, slots=True)
class Runtime:
    """A graph that is ready to run, from several threads at once; `name` is for people."""

    name: str
    run: Callable[[Sequence[str], NDArray[np.int64], NDArray[np.int32]], list[NDArray[np.float32]]]
    """The outputs of these names, from token ids and mask, each of shape (texts, tokens)."""


def load_graph(graph: Graph, *, precision: Precision, once: bool = False) -> Runtime:
    """Make a graph ready to run.

    Args:
        graph: of `index.onnx_graph`.
        precision: "full" for 32-bit products on every machine, "auto" for bfloat16 where that is faster.
        once: for a few texts: onnxruntime, which is slower but ready a tenth of a second sooner.
    """
    try:
        if not once:
            return _openvino(graph, precision)
    except ModuleNotFoundError:
        pass
    except RuntimeError as error:  # what OpenVINO raises for all that it cannot do
        _log.warning("OpenVINO cannot run the model here; onnxruntime does. It said: %s", str(error).strip().partition("\n")[0])
    return _onnxruntime(graph)


def _openvino(graph: Graph, precision: Precision) -> Runtime:
    with _without_conversion():
        import openvino

    core = openvino.Core()
    model = core.read_model(graph.written())
    for given in model.get_parameters():
        value = graph.beside.get(given.get_friendly_name())
        if value is not None:
            given.output(0).replace(openvino.op.Constant(value, shared_memory=True).output(0))
            model.remove_parameter(given)
    config = {
        # a run has one core, as many runs go side by side as there are cores
        "NUM_STREAMS": core_count(),
        "INFERENCE_NUM_THREADS": core_count(),
        "ENABLE_HYPER_THREADING": True,
        # else two processes would share one core and leave the others idle
        "ENABLE_CPU_PINNING": False,
    }
    own = core.get_property("CPU", "INFERENCE_PRECISION_HINT").get_type_name()
    half = precision == "auto" and own == "bf16"
    compiled = core.compile_model(model, "CPU", config | {"INFERENCE_PRECISION_HINT": "bf16" if half else "f32"})
    idle: SimpleQueue[Any] = SimpleQueue()

    def run(outputs: Sequence[str], ids: NDArray[np.int64], mask: NDArray[np.int32]) -> list[NDArray[np.float32]]:
        try:
            request = idle.get_nowait()
        except Empty:
            request = compiled.create_infer_request()
        request.infer({"ids": ids, "mask": mask})
        found = [np.array(request.get_tensor(output).data, np.float32) for output in outputs]  # copies: the next run overwrites them
        idle.put(request)
        return found

    return Runtime("openvino, bfloat16" if half else "openvino", run)


@contextmanager
def _without_conversion() -> Iterator[None]:
    """OpenVINO's import without its converter of models, which takes most of the import's time and tells its makers of each use."""
    name = "openvino.tools.ovc"
    before = sys.modules.get(name)
    sys.modules[name] = before  # type: ignore[assignment]  # None: an import of it fails, as if it were not installed
    try:
        yield
    finally:
        if before is None:
            del sys.modules[name]


def _onnxruntime(graph: Graph) -> Runtime:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL  # the operators are the fused ones as it is
    options.intra_op_num_threads = 1  # runs go side by side, each on the core of who asks for it
    session = onnxruntime.InferenceSession(graph.written(), options, providers=["CPUExecutionProvider"])
    # as inputs, which are neither copied nor packed: a run is a twentieth slower, and the session there at once
    weights = {name: onnxruntime.OrtValue.ortvalue_from_numpy(value) for name, value in graph.beside.items()}

    def run(outputs: Sequence[str], ids: NDArray[np.int64], mask: NDArray[np.int32]) -> list[NDArray[np.float32]]:
        found: list[NDArray[np.float32]] = session.run(list(outputs), {"ids": ids, "mask": mask} | weights)
        return found

    return Runtime("onnxruntime", run)
