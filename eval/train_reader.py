"""Fit the reader: `python -m eval.train_reader SQUAD_TRAIN SQUAD2 --out FOLDER` (about an hour and a half on two cores).

The encoder of all-MiniLM-L6-v2 becomes an extractive question-answering model (Devlin et al., 2019, section 4.3):
a linear layer gives every token a start and an end logit, and the first token stands for "no answer". What is fitted
on and what is kept for measuring, `eval.reader_examples.split` says.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from transformers import AutoTokenizer, BertForQuestionAnswering

from eval.measure_reader import measure
from eval.reader_examples import Example, Examples, Source, load_sources, split
from eval.wordnet import WordNet
from index.embed import DEFAULT_MODEL, model_folder
from rag.reader import Reader

LENGTH = 224
"""Tokens of question and passage together; more are cut off."""
BATCH = 32
POOL = 40
"""Batches whose examples are sorted by length together."""


def main() -> None:
    """Train, with the loss and the time left on the way, and the measures at the end of every pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("unanswerable", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    parser.add_argument("--passes", type=int, default=4)
    parser.add_argument("--answerable", type=int, default=8000, help="answerable questions in a pass")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=13)
    parsed = parser.parse_args()
    torch.manual_seed(parsed.seed)
    parts = split(load_sources(parsed.unanswerable))
    examples = Examples([*load_sources(parsed.train), *parts.fitted], WordNet(parsed.wordnet), parsed.seed)
    passes = [examples.one_pass(parsed.answerable) for _ in range(parsed.passes)]
    train(passes, parts.measured, parsed.rate, parsed.out, parsed.seed, Console())


def train(passes: Sequence[Sequence[Example]], held_out: Sequence[Source], rate: float, out: Path, seed: int, console: Console) -> None:
    """Fit on the passes in turn: AdamW, warm-up, then a linear fall to nothing; the word embeddings stay as they are."""
    folder = model_folder(DEFAULT_MODEL)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = BertForQuestionAnswering.from_pretrained(folder)
    model.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    chance = np.random.default_rng(seed)
    steps = sum(len(examples) // BATCH for examples in passes)
    warm = steps // 16
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min((step + 1) / warm, (steps - step) / (steps - warm)))
    started, step = time.monotonic(), 0
    losses: list[float] = []
    for number, examples in enumerate(passes, 1):
        model.train()
        for batch in _batches(tokenizer, examples, chance):
            with torch.autocast("cpu", torch.bfloat16):
                loss = model(**batch).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            step, losses = step + 1, [*losses[-99:], float(loss)]
            if step % 50 == 0:
                left = (time.monotonic() - started) / step * (steps - step) / 60
                console.print(f"pass {number} step {step}/{steps} loss {np.mean(losses):.3f}, {left:.0f} min left")
        target = out if number == len(passes) else out.with_name(f"{out.name}-{number}")
        model.save_pretrained(target)
        tokenizer.save_pretrained(target)
        console.print(f"pass {number}: {measure(Reader(str(target)), held_out)}")


def _batches(tokenizer: Any, examples: Sequence[Example], chance: np.random.Generator) -> Iterator[dict[str, torch.Tensor]]:
    """Batches of examples of like length, in random order."""
    order = chance.permutation(len(examples))
    batches = []
    for at in range(0, len(order), BATCH * POOL):
        pool = sorted((examples[place] for place in order[at : at + BATCH * POOL]), key=lambda example: len(example.passage))
        batches += [pool[start : start + BATCH] for start in range(0, len(pool), BATCH)]
    for number in chance.permutation([place for place, batch in enumerate(batches) if len(batch) == BATCH]):
        yield _tensors(tokenizer, batches[number])


def passage_text(title: str, passage: str) -> str:
    """What the reader reads: the title before the passage."""
    return f"{title}. {passage}" if title else passage


def _tensors(tokenizer: Any, batch: Sequence[Example]) -> dict[str, torch.Tensor]:
    encoded = tokenizer(
        [example.question for example in batch],
        [passage_text(example.title, example.passage) for example in batch],
        truncation="only_second",
        max_length=LENGTH,
        padding=True,
        return_tensors="pt",
    )
    starts, ends = [], []
    for row, example in enumerate(batch):
        start = end = 0
        if example.answer:
            shift = len(passage_text(example.title, "")) if example.title else 0
            first = encoded.char_to_token(row, example.answer[0] + shift, 1)
            last = encoded.char_to_token(row, example.answer[1] - 1 + shift, 1)
            if first is not None and last is not None:
                start, end = first, last
        starts.append(start)
        ends.append(end)
    return {**encoded, "start_positions": torch.tensor(starts), "end_positions": torch.tensor(ends)}


if __name__ == "__main__":
    main()
