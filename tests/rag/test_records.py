"""Records cannot be changed, and refuse what they do not know."""

import pytest
from pydantic import ValidationError

import rag
from rag.records import Answer, Citation, Passage, Sentence

CITATION = Citation(number=1, document_id="d", title="Sign", source="sign.md", start=3, end=8, quote="Bread")
PASSAGE = Passage(chunk_id=1, document_id="d", title="Sign", source="sign.md", start=0, end=5, text="Bread", score=0.5, rank=1)
SENTENCE = Sentence(text="Bread.", citations=(1,))
ANSWER = Answer(question="What?", resolved_question="What?", text="Bread. [1]", abstained=False, confidence=0.5)
RECORDS = [CITATION, PASSAGE, SENTENCE, ANSWER]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_frozen(record):
    with pytest.raises(ValidationError, match="frozen"):
        record.text = "other"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_unknown_fields_are_refused(record):
    with pytest.raises(ValidationError, match="Extra inputs"):
        type(record)(**record.model_dump(), colour="red")


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_json_and_back(record):
    assert type(record).model_validate_json(record.model_dump_json()) == record


@pytest.mark.parametrize("confidence", [-0.01, 1.01])
def test_confidence_is_a_probability(confidence):
    with pytest.raises(ValidationError, match="confidence"):
        Answer(**ANSWER.model_dump() | {"confidence": confidence})


def test_citations_count_from_one():
    with pytest.raises(ValidationError, match="number"):
        Citation(**CITATION.model_dump() | {"number": 0})


def test_kinds_and_verdicts_are_closed():
    with pytest.raises(ValidationError, match="kind"):
        Sentence(text="Bread.", kind="verse")
    with pytest.raises(ValidationError, match="verdict"):
        Sentence(text="Bread.", verdict="true")


def test_the_front_door_has_what_it_says():
    assert rag.__all__ == sorted(rag.__all__)
    assert rag.__all__ == ["Answer", "Assistant", "Citation", "Passage", "Sentence", "answer"]
    assert all(hasattr(rag, name) for name in rag.__all__)
