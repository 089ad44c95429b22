"""Make a fitted model's ONNX file: `python -m eval.export_reader FOLDER --out rag/reader_model`.

FOLDER is what `eval.train_reader` wrote, or `eval.train_followups` (`--out rag/followup_model`). The weights of the matrix
products and the embeddings become 8-bit integers, a scale a column (dynamic quantisation), which a quarter of the bytes and most of the
speed rest on; what that costs in accuracy is printed by `eval.measure_reader`.
"""

import argparse
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from transformers import AutoConfig, BertForQuestionAnswering, BertForTokenClassification

INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class _Span(torch.nn.Module):  # type: ignore[misc]
    """Start and end logits alone, from inputs in the order of `INPUTS`."""

    outputs = ("starts", "ends")

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.model = BertForQuestionAnswering.from_pretrained(folder, attn_implementation="eager")

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> tuple[torch.Tensor, ...]:
        output = self.model(input_ids=ids, attention_mask=mask, token_type_ids=types)
        return output.start_logits, output.end_logits


class _Tokens(torch.nn.Module):  # type: ignore[misc]
    """One logit a token, of shape (texts, tokens), from the same inputs."""

    outputs = ("left_out",)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.model = BertForTokenClassification.from_pretrained(folder, attn_implementation="eager")

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (self.model(input_ids=ids, attention_mask=mask, token_type_ids=types).logits.squeeze(-1),)


def main() -> None:
    """Export, quantise, and put the tokenizer beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--whole", action="store_true", help="keep 32-bit weights, to measure against")
    parsed = parser.parse_args()
    parsed.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        whole, prepared = Path(folder) / "whole.onnx", Path(folder) / "prepared.onnx"
        export(parsed.folder, whole)
        if parsed.whole:
            shutil.copy(whole, parsed.out / "model.onnx")
        else:
            quant_pre_process(whole, prepared, skip_symbolic_shape=True)
            quantize_dynamic(prepared, parsed.out / "model.onnx", weight_type=QuantType.QInt8, per_channel=True)
    shutil.copy(parsed.folder / "tokenizer.json", parsed.out / "tokenizer.json")


def export(folder: Path, target: Path) -> None:
    """The model as ONNX with 32-bit weights, for any number of windows of any length."""
    kind = _Tokens if "BertForTokenClassification" in AutoConfig.from_pretrained(folder).architectures else _Span
    model = kind(folder).eval()
    example = tuple(torch.ones(2, 16, dtype=torch.int64) for _ in INPUTS)
    shape = {0: torch.export.Dim("windows"), 1: torch.export.Dim("tokens")}
    torch.onnx.export(
        model,
        example,
        target,
        dynamo=True,
        input_names=INPUTS,
        output_names=list(kind.outputs),
        dynamic_shapes=(shape, shape, shape),
        external_data=False,
    )


if __name__ == "__main__":
    main()
