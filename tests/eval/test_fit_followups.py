import numpy as np
import pytest

from eval.fit_followups import examples, fit, fitting_part, measured_part
from eval.followups import Rewrite
from rag.followup.choice import FEATURES


def rewrite(**fields):
    history = [{"role": "user", "content": "Who leads the choir?"}, {"role": "assistant", "content": "Martha Lindqvist leads the choir."}]
    question = {"id": "a#2", "question": "Where did she sing?", "rewrite": "Where did Martha Lindqvist sing?", "context_dependent": True}
    return Rewrite.model_validate({"history": history} | question | fields)


def test_the_target_is_what_the_person_wrote_for_the_pronoun():
    found = list(examples(rewrite()))
    assert [target for kind, _, target in found if kind == "person"].count(1.0) == 1
    assert {len(values) for _, values, _ in found} == {len(FEATURES)}


def test_a_question_that_stands_alone_shows_nothing():
    assert list(examples(rewrite(context_dependent=False))) == []
    assert list(examples(rewrite(history=()))) == []


def test_a_conversation_is_fitted_on_as_a_whole():
    rewrites = [rewrite(id=f"{talk}#{turn}") for talk in "abcdefgh" for turn in (1, 2)]
    part, rest = fitting_part(rewrites), measured_part(rewrites)
    assert all(sum(one.id[0] == talk for one in part) in (0, 2) for talk in "abcdefgh")
    assert part and rest and [one for one in rewrites if one in part or one in rest] == rewrites and len(part) + len(rest) == 16


def test_fit_worked_by_hand():
    # One feature that is always 1 and targets of 0.5: the weight that gives a probability of 0.5 is 0.
    assert fit(np.ones((4, 1)), np.full(4, 0.5)) == pytest.approx([0.0])
    assert fit(np.ones((4, 1)), np.ones(4))[0] > 0
