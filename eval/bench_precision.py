"""What eight-bit weights would win and lose: `python -m eval.bench_precision FOLDER`, a test collection in the layout of BEIR.

The model is run by onnxruntime as always, and once more with its weights, and what they are multiplied by, as whole numbers of eight
bits (dynamic quantisation). Both embed the same texts in turns; nDCG@10 is that of the search by meaning alone.
"""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from eval.beir import Beir, load_beir, text_id, write_corpus
from eval.measures import rank_measures
from eval.run import document_measures
from index.embed import DEFAULT_MODEL, Vectors, model_folder
from index.onnx_encoder import OnnxEncoder
from index.onnx_graph import build_graph
from index.sentence_model import SentenceModel, read_sentence_model

__all__ = ["Int8Encoder", "gains", "main"]

_BATCH, _STEP = 32, 100
_FIGURE = "document nDCG@10"


class Int8Encoder(OnnxEncoder):
    """The same model with weights of eight bits."""

    def __init__(self, model: SentenceModel, *, batch_size: int) -> None:
        super().__init__(model, batch_size=batch_size)
        self._session = _quantized(model)


def _quantized(model: SentenceModel) -> Any:
    import onnx
    import onnxruntime
    from onnx import numpy_helper
    from onnxruntime.quantization import QuantType, quantize_dynamic

    graph, beside = build_graph(model, model.weights())
    proto = onnx.load_from_string(graph)
    for tensor in proto.graph.initializer:
        if tensor.name in beside:
            tensor.CopyFrom(numpy_helper.from_array(beside[tensor.name], tensor.name))
    with TemporaryDirectory() as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        onnx.save(proto, str(whole))
        quantize_dynamic(
            whole, small, weight_type=QuantType.QInt8, per_channel=True, extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT}
        )
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(small), options, providers=["CPUExecutionProvider"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Print speed, nDCG@10 and how near the vectors are."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_precision", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="corpus.jsonl, queries.jsonl and qrels/")
    parser.add_argument("--queries", type=int, default=300, help="drawn (default: 300)")
    parser.add_argument("--texts", type=int, default=2_000, help="drawn beside those that are relevant (default: 2000)")
    parsed = parser.parse_args(arguments)
    folder = model_folder(DEFAULT_MODEL)
    assert folder is not None
    model = read_sentence_model(folder)
    sides = {"fp32": OnnxEncoder(model, batch_size=_BATCH), "int8": Int8Encoder(model, batch_size=_BATCH)}
    beir = load_beir(parsed.folder)
    chance = random.Random(0)
    queries = chance.sample(beir.queries, min(parsed.queries, len(beir.queries)))
    names, texts = _texts(beir, {name for query in queries for name in query.grades}, parsed.texts, chance)
    seconds, vectors = _embedded(sides, texts)
    asked = {side: encoder.embed([query.text for query in queries]) for side, encoder in sides.items()}
    figures: dict[str, list[float]] = {}
    for side in sides:
        nearest = np.argsort(-(asked[side] @ vectors[side].T), axis=1, kind="stable")[:, :10]
        ranked = {query.id: [names[n] for n in row] for query, row in zip(queries, nearest, strict=True)}
        measures = document_measures((10,))
        measured = rank_measures(tuple(measures), {query.id: query.grades for query in queries}, ranked)
        key = next(measure for measure, name in measures.items() if name == _FIGURE)
        figures[side] = [measured[query.id][key] for query in queries]
    table = Table("", "texts a processor second", "nDCG@10", title=f"{len(texts):,} texts, {len(queries)} queries of {parsed.folder.name}")
    for side in sides:
        table.add_row(side, f"{len(texts) / sum(seconds[side]):.1f}", f"{np.mean(figures[side]):.4f}")
    Console().print(
        table, gains(seconds["fp32"], seconds["int8"], figures["fp32"], figures["int8"], (vectors["fp32"] * vectors["int8"]).sum(1))
    )


def gains(slow: Sequence[float], fast: Sequence[float], whole: Sequence[float], small: Sequence[float], cosines: Vectors) -> str:
    """In a sentence: how many times faster, with the spread of the batches, and how far nDCG@10 moves, with its 95 % interval."""
    ratios = [one / other for one, other in zip(slow, fast, strict=True)]
    moved = np.asarray(small) - np.asarray(whole)
    draws = np.random.default_rng(0).choice(moved, size=(2_000, len(moved))).mean(axis=1) / max(float(np.mean(whole)), 1e-9)
    low, high = np.percentile(draws, [2.5, 97.5])
    share = float(np.sum(small)) / max(float(np.sum(whole)), 1e-9) - 1
    return (
        f"int8 is {sum(slow) / sum(fast):.2f} times faster ({min(ratios):.2f} – {max(ratios):.2f}); nDCG@10 moves by {share:+.2%} "
        f"({low:+.2%} – {high:+.2%}); cosines with fp32: {cosines.mean():.4f} in the mean, {cosines.min():.4f} at least."
    )


def _texts(beir: Beir, relevant: set[str], more: int, chance: random.Random) -> tuple[list[str], list[str]]:
    """Ids and texts of the relevant ones and of others."""
    with TemporaryDirectory() as folder:
        write_corpus(beir.folder, Path(folder))
        found = {text_id(file.name): file for file in sorted(Path(folder).iterdir())}
        others = [name for name in found if name not in relevant]
        names = sorted(relevant & found.keys()) + sorted(chance.sample(others, min(more, len(others))))
        return names, [found[name].read_text(encoding="utf-8") for name in names]


def _embedded(sides: dict[str, OnnxEncoder], texts: Sequence[str]) -> tuple[dict[str, list[float]], dict[str, Vectors]]:
    """Processor seconds of each batch, and the vectors, by side."""
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    vectors: dict[str, list[Vectors]] = {side: [] for side in sides}
    for at in track(range(0, len(texts), _STEP), description="Embedding", console=Console(stderr=True)):
        for side, encoder in sides.items():
            began = time.process_time()
            vectors[side].append(encoder.embed(texts[at : at + _STEP]))
            seconds[side].append(time.process_time() - began)
    return seconds, {side: np.concatenate(found) for side, found in vectors.items()}


if __name__ == "__main__":
    main()
