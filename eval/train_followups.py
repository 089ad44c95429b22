"""Fit the model of follow-up questions: `python -m eval.train_followups REWRITES SQUAD_TRAIN --out FOLDER`, five minutes on two cores.

The encoder of all-MiniLM-L6-v2 with one logit a token: whether the question leaves out this word of the conversation before it (term
classification: Voskarides et al. 2020, "Query Resolution for Conversational Search with Limited Supervision"). What it is fitted
on, `eval.followup_examples` says; of the rewrites by people only the conversations of `eval.fit_followups.fitting_part` are read.
`python -m eval.export_reader FOLDER --out rag/followup_model` makes the file that ships.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from transformers import AutoTokenizer, BertForTokenClassification

from eval.fit_followups import fitting_part
from eval.followup_examples import LeftOut, from_paragraphs, from_rewrites
from eval.followups import load_rewrites
from eval.reader_examples import load_sources
from index.embed import DEFAULT_MODEL, model_folder
from rag.followup.terms import TOKENS, place_words, spoken

BATCH = 16
POOL = 20
"""Batches whose examples are sorted by length together."""


def main() -> None:
    """Fit, with the loss and the time left on the way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rewrites", type=Path)
    parser.add_argument("questions", type=Path, help="a set of the SQuAD kind, with gold.jsonl and documents")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passes", type=int, default=4)
    parser.add_argument("--made", type=int, default=1200, help="conversations made of questions on paragraphs, anew for each pass")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=0)
    parsed = parser.parse_args()
    torch.manual_seed(parsed.seed)
    chance = random.Random(parsed.seed)
    people, sources = from_rewrites(fitting_part(load_rewrites(parsed.rewrites))), load_sources(parsed.questions)
    batches: list[list[LeftOut]] = []
    for _ in range(parsed.passes):
        batches += _batches([*people, *from_paragraphs(sources, parsed.made, chance)], chance)
    train(batches, parsed.rate, parsed.out, Console())


def train(batches: Sequence[Sequence[LeftOut]], rate: float, out: Path, console: Console) -> None:
    """AdamW, warm-up, then a linear fall to nothing; the word embeddings stay as they are."""
    folder = model_folder(DEFAULT_MODEL)
    tokenizer = AutoTokenizer.from_pretrained(folder, truncation_side="left")
    model = BertForTokenClassification.from_pretrained(folder, num_labels=1)
    model.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    steps = len(batches)
    warm = steps // 10
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min((step + 1) / warm, (steps - step) / (steps - warm)))
    started, losses = time.monotonic(), list[float]()
    model.train()
    for step, batch in enumerate(batches, start=1):
        inputs, labels = _tensors(tokenizer, batch)
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(**inputs).logits[..., 0].float()
        asked = labels >= 0
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits[asked], labels[asked])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        losses = [*losses[-99:], float(loss.detach())]
        if step % 50 == 0:
            left = (time.monotonic() - started) / step * (steps - step) / 60
            console.print(f"step {step}/{steps} loss {np.mean(losses):.3f}, {left:.0f} min left")
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def _batches(examples: Sequence[LeftOut], chance: random.Random) -> Iterator[list[LeftOut]]:
    """Batches of conversations of like length, in random order."""
    order = chance.sample(examples, len(examples))
    batches = []
    for at in range(0, len(order), BATCH * POOL):
        pool = sorted(order[at : at + BATCH * POOL], key=lambda example: sum(map(len, example.turns)))
        batches += [pool[start : start + BATCH] for start in range(0, len(pool), BATCH)]
    yield from chance.sample(batches, len(batches))


def _tensors(tokenizer: Any, batch: Sequence[LeftOut]) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """The inputs, and for each token 1 or 0, or -1 where it is no content word of the conversation."""
    texts = [spoken(example.turns) for example in batch]
    encoded = tokenizer(
        [example.question for example in batch],
        texts,
        truncation="only_second",
        max_length=TOKENS,
        padding=True,
        return_tensors="pt",
        return_offsets_mapping=True,
    )
    offsets = encoded.pop("offset_mapping")
    labels = torch.full(offsets.shape[:2], -1.0)
    for row, (example, text) in enumerate(zip(batch, texts, strict=True)):
        words = place_words(text)
        for at, sequence in enumerate(encoded.sequence_ids(row)):
            word = words.get(int(offsets[row, at, 0])) if sequence == 1 else None
            if word:
                labels[row, at] = float(word in example.words)
    return dict(encoded), labels


if __name__ == "__main__":
    main()
