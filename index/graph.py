"""A network of operators, gathered without `onnx`, and written once a machine in ONNX's own format.

The import of `onnx` takes longer than all else that a small model needs to start, so what was written is kept, some fifteen kilobytes,
under the hash of what it was written from. The larger constants are not in it: whoever runs the graph gives them to it.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.user_cache import made_once

__all__ = ["FLOAT", "INT64", "Graph"]

Array = NDArray[Any]

FLOAT, INT64 = 1, 7
"""Kinds of numbers, as ONNX counts them (TensorProto.DataType)."""

_FUSED = "com.microsoft"
_OPSETS = (("", 17), (_FUSED, 1))
_IR = 8
"""The oldest that have all operators, for the widest range of onnxruntime releases."""
_SMALL = 256
"""Bytes below which a constant goes into the graph itself; onnxruntime reads shapes from there."""
_FORM = 2
"""To be raised when the same graph is written in another way."""


class _Node(NamedTuple):
    kind: str
    inputs: tuple[str, ...]
    output: str
    domain: str
    attributes: dict[str, Any]


class Graph:
    """Operators and constants in the order in which they are added; `inputs` have the shape (texts, tokens)."""

    def __init__(self, inputs: Mapping[str, type[np.generic]]) -> None:
        """Begin with the inputs' names and kinds of numbers."""
        self.beside: dict[str, Array] = {}
        """The larger constants."""
        self._inputs = {name: np.dtype(kind) for name, kind in inputs.items()}
        self._nodes: list[_Node] = []
        self._small: dict[str, Array] = {}
        self._outputs: list[str] = []

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Add an operator; the name of its output."""
        output = f"{kind}.{len(self._nodes)}"
        self._nodes.append(_Node(kind, inputs, output, domain, attributes))
        return output

    def fused(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add one of onnxruntime's own operators."""
        return self.op(kind, *inputs, domain=_FUSED, **attributes)

    def constant(self, name: str, value: Array) -> str:
        """Add a constant; its name."""
        (self._small if value.nbytes < _SMALL else self.beside)[name] = np.asarray(value, order="C")
        return name

    def whole(self, number: int) -> str:
        """A list of one whole number, as axes and bounds are given."""
        return self.constant(f"[{number}]", np.array([number], np.int64))

    def put_out(self, name: str, value: str) -> None:
        """Have the graph put out a value, of 32-bit numbers, under this name."""
        self._nodes.append(_Node("Identity", (value,), name, "", {}))
        self._outputs.append(name)

    def written(self) -> bytes:
        """The graph in ONNX's format; the larger constants are inputs of it."""
        shapes = [(name, value.dtype.str, value.shape) for name, value in self.beside.items()]
        small = [(name, value.dtype.str, value.shape, value.tobytes()) for name, value in self._small.items()]
        described = repr((_FORM, _OPSETS, _IR, self._inputs, self._nodes, self._outputs, small, shapes))
        return made_once(f"{sha256(described.encode()).hexdigest()[:40]}.graph", self._write)

    def _write(self) -> bytes:
        from onnx import helper, numpy_helper

        def taken(name: str, numbers: np.dtype[Any], shape: Sequence[str | int]) -> Any:
            return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(numbers), shape)

        inputs = [taken(name, numbers, ("texts", "tokens")) for name, numbers in self._inputs.items()]
        inputs += [taken(name, value.dtype, value.shape) for name, value in self.beside.items()]
        constants = [numpy_helper.from_array(value, name) for name, value in self._small.items()]
        nodes = [helper.make_node(node.kind, node.inputs, [node.output], domain=node.domain, **node.attributes) for node in self._nodes]
        outputs = [helper.make_tensor_value_info(name, FLOAT, None) for name in self._outputs]
        graph = helper.make_graph(nodes, "encoder", inputs, outputs, constants)
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS]
        return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=_IR).SerializeToString())
