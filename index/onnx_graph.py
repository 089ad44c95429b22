"""A BERT-like encoder with pooling, as an ONNX graph that is built from its weights in some milliseconds.

Attention, the normalisations and the activation are onnxruntime's own fused operators, which OpenVINO knows too. The graph holds no
weights: whoever runs it is given them beside it, so that no copy of them is made, on disk or in memory. Shapes: `ids` and `mask`
(texts, tokens) in; `vectors` (texts, dimension) out, and where asked for `hidden`
(texts, tokens, width), each row of length 1.
"""

import math

import numpy as np
from numpy.typing import NDArray

from index.graph import FLOAT, INT64, Graph
from index.sentence_model import SentenceModel, Weights

__all__ = ["build_graph"]

_BERT = {
    "layer": "encoder.layer.{}.",
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attended": "attention.output.dense",
    "attended norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "norm": "output.LayerNorm",
}
_NAMES = {
    "mpnet": _BERT
    | {
        "query": "attention.attn.q",
        "key": "attention.attn.k",
        "value": "attention.attn.v",
        "attended": "attention.attn.o",
        "attended norm": "attention.LayerNorm",
    },
    "distilbert": {
        "layer": "transformer.layer.{}.",
        "query": "attention.q_lin",
        "key": "attention.k_lin",
        "value": "attention.v_lin",
        "attended": "attention.out_lin",
        "attended norm": "sa_layer_norm",
        "up": "ffn.lin1",
        "down": "ffn.lin2",
        "norm": "output_layer_norm",
    },
}


def build_graph(model: SentenceModel, weights: Weights) -> Graph:
    """The model's graph.

    Raises:
        KeyError: a weight or a number of the configuration is missing.
    """
    graph = Graph({"ids": np.int64, "mask": np.int32})
    hidden = _Encoder(graph, model, weights).run()
    if model.pooling == "mean":
        mask = graph.op("Cast", "mask", to=FLOAT)
        summed = graph.op("ReduceSum", graph.op("Mul", hidden, graph.op("Unsqueeze", mask, graph.whole(2))), graph.whole(1), keepdims=0)
        pooled = graph.op("Div", summed, graph.op("ReduceSum", mask, graph.whole(1), keepdims=1))
    else:
        pooled = graph.op("Gather", hidden, graph.constant("first", np.array(0, np.int64)), axis=1)
    graph.put_out("vectors", graph.op("LpNormalization", pooled, axis=1, p=2))
    graph.put_out("hidden", graph.op("LpNormalization", hidden, axis=2, p=2))
    return graph


class _Encoder:
    """From token ids to the last hidden state, shape (texts, tokens, dimension)."""

    def __init__(self, graph: Graph, model: SentenceModel, weights: Weights) -> None:
        self._graph, self._model, self._weights = graph, model, weights
        self._names = _NAMES.get(model.family, _BERT)
        config = model.config
        self._layers = int(config["n_layers" if model.family == "distilbert" else "num_hidden_layers"])
        self._heads = int(config["n_heads" if model.family == "distilbert" else "num_attention_heads"])
        self._epsilon = float(config.get("layer_norm_eps", 1e-12))

    def run(self) -> str:
        state, bias = self._embedded(), self._position_bias()
        for number in range(self._layers):
            state = self._layer(self._names["layer"].format(number), state, bias)
        return state

    def _embedded(self) -> str:
        """Words, positions and the first segment, normalised."""
        graph, table = self._graph, "embeddings.{}_embeddings.weight"
        rows, segments = self._weights[table.format("position")], self._weights.get(table.format("token_type"))
        positions = graph.constant("positions", rows if segments is None else rows + segments[0])
        words = graph.op("Gather", graph.constant("words", self._weights[table.format("word")]), "ids")
        summed = graph.op("Add", words, self._positioned(positions))
        return graph.op("LayerNormalization", summed, *self._pair("embeddings.LayerNorm"), epsilon=self._epsilon)

    def _positioned(self, table: str) -> str:
        """The row of each token in the table of positions: by its place, or by how many tokens before it are no padding."""
        graph, padding = self._graph, self._model.counted_from
        if padding is None:
            return graph.op("Slice", table, graph.whole(0), self._tokens(), graph.whole(0))
        words = graph.op("Cast", graph.op("Not", graph.op("Equal", "ids", graph.whole(padding))), to=INT64)
        counted = graph.op("Mul", graph.op("CumSum", words, graph.whole(1)), words)
        return graph.op("Gather", table, graph.op("Add", counted, graph.whole(padding)))

    def _layer(self, layer: str, state: str, bias: str) -> str:
        graph = self._graph
        names = [layer + self._names[part] for part in ("query", "key", "value")]
        projected = [graph.op("Add", self._product(state, name), self._take(f"{name}.bias")) for name in names]
        attended = graph.fused("MultiHeadAttention", *projected, "", "mask", *([bias] if bias else []), num_heads=self._heads)
        state = self._added(layer, "attended", "attended norm", attended, state)
        up = layer + self._names["up"]
        raised = graph.fused("BiasGelu", self._product(state, up), self._take(f"{up}.bias"))
        return self._added(layer, "down", "norm", raised, state)

    def _added(self, layer: str, dense: str, norm: str, value: str, state: str) -> str:
        """`state` and a linear layer of `value`, added and normalised."""
        dense = layer + self._names[dense]
        inputs = (self._product(value, dense), state, *self._pair(layer + self._names[norm]), self._take(f"{dense}.bias"))
        return self._graph.fused("SkipLayerNormalization", *inputs, epsilon=self._epsilon)

    def _position_bias(self) -> str:
        """MPNet adds to each attention weight a number that depends on the tokens' distance; other families do not."""
        if self._model.family != "mpnet":
            return ""
        graph = self._graph
        table = self._weights["encoder.relative_attention_bias.weight"]
        buckets = _buckets(self._model.max_tokens, len(table))
        whole = graph.constant("distances", table[buckets].transpose(2, 0, 1)[None])
        rows = graph.op("Slice", whole, graph.whole(0), self._tokens(), graph.whole(2))
        return graph.op("Slice", rows, graph.whole(0), self._tokens(), graph.whole(3))

    def _tokens(self) -> str:
        return self._graph.op("Shape", "ids", start=1, end=2)

    def _product(self, value: str, dense: str) -> str:
        """The product with a linear layer's matrix as it lies in the file, each row the weights of one output: no copy of it is made."""
        return self._graph.fused("FusedMatMul", value, self._take(f"{dense}.weight"), transB=1)

    def _pair(self, name: str) -> tuple[str, str]:
        return self._take(f"{name}.weight"), self._take(f"{name}.bias")

    def _take(self, name: str) -> str:
        return self._graph.constant(name, self._weights[name])


def _buckets(tokens: int, count: int, furthest: int = 128) -> NDArray[np.int64]:
    """The bucket of each pair of tokens, shape (tokens, tokens): near distances have their own, far ones share (Raffel et al. 2020)."""
    at = np.arange(tokens)
    ahead = at[None, :] - at[:, None]
    distance, half = np.abs(ahead), count // 2
    exact = half // 2
    growth = np.log(np.maximum(distance, 1).astype(np.float32) / exact) / math.log(furthest / exact)
    far = np.minimum(exact + (growth * (half - exact)).astype(np.int64), half - 1)
    buckets: NDArray[np.int64] = np.where(distance < exact, distance, far) + np.where(ahead > 0, half, 0)
    return buckets
