import pytest

from eval.gold import Evidence, GoldQuestion
from eval.judge import evidence_spans, judge
from rag import Answer, Sentence
from tests.eval.scripted import CUP, TEA, answerable, passage, refused, said

DOCUMENTS = [TEA, CUP]


def judged(question: GoldQuestion, answer: Answer, *passages):
    evidence = evidence_spans(question, DOCUMENTS)
    return judge(question, answer, passages, 12.0, evidence=evidence, documents={d.id: d for d in DOCUMENTS})


def test_a_right_answer_has_full_marks_and_no_problems():
    question = answerable(facts=(("four minutes", "4 minutes"),), answers=("It is brewed for four minutes.",))
    result = judged(question, said(TEA, "It is brewed for four minutes."), passage(CUP, CUP.text), passage(TEA, TEA.text, 2))
    assert result.problems == ()
    assert result.evidence_ranks == (2,)
    assert result.figures["evidence success@1"] == 0.0
    assert result.figures["evidence RR@10"] == 0.5
    full = (
        "evidence success@5",
        "facts",
        "all facts",
        "exact match",
        "token F1",
        "contains gold answer",
        "citation F1",
        "citation validity",
    )
    assert {name: result.figures[name] for name in full} == dict.fromkeys(full, 1.0)


def test_a_passage_that_cuts_the_quote_does_not_hold_it():
    assert judged(answerable(), refused(), passage(TEA, "It is brewed for four")).evidence_ranks == (None,)


def test_a_refusal_of_an_answerable_question_misses_everything():
    result = judged(answerable(facts=(("drink",), ("four minutes",)), answers=("four minutes",)), refused(), passage(TEA, TEA.text))
    for name in ("facts", "all facts", "exact match", "token F1", "contains gold answer", "citation recall", "citation F1"):
        assert result.figures[name] == 0.0, name
    assert not {"citation precision", "citation validity", "sentences cited"} & set(result.figures)
    assert result.problems == ("refused, though the documents answer it (confidence 0.10)",)


def test_half_of_the_facts_and_too_much_cited():
    question = answerable(facts=(("drink",), ("leaves",)))
    result = judged(question, said(TEA, "Tea is a drink.", "It is brewed for four minutes."), passage(TEA, TEA.text))
    assert result.figures["facts"] == 0.5
    assert result.figures["all facts"] == 0.0
    assert result.figures["citation precision"] == pytest.approx(30 / 45)
    assert result.figures["citation recall"] == 1.0
    assert result.problems == ("facts missing: leaves",)


def test_citing_something_else_is_a_problem_and_so_is_late_evidence():
    passages = [passage(CUP, CUP.text, rank) for rank in range(1, 7)]
    late = judged(answerable(), said(TEA, "Tea is a drink."), *passages, passage(TEA, TEA.text, 7))
    assert late.problems == ("no evidence in the first 5 passages (first at 7)", "cites none of the evidence")
    never = judged(answerable(), said(TEA, "Tea is a drink."), *passages)
    assert never.problems[0] == "no evidence in the first 5 passages (none in 10)"


def test_an_unanswerable_question_has_no_marks_but_true_citations():
    # how a person declined, and what that person looked at, is not measured
    beside = {"answers": ("The documents do not say.",), "evidence": (Evidence(document="tea.md", quote="Tea is a drink."),)}
    question = GoldQuestion(id="n", question="?", answerable=False, tags=("near",), **beside)
    result = judged(question, said(TEA, "Tea is a drink.", confidence=0.75), passage(TEA, TEA.text))
    assert result.figures == {"citation validity": 1.0, "sentences cited": 1.0, "sentences supported": 1.0}
    assert result.problems == ("answered, though the documents do not hold it (confidence 0.75)",)
    assert judged(question, refused()).problems == ()


def test_false_citations_and_uncited_sentences_are_found():
    answer = said(TEA, "Tea is a drink.", "It is brewed for four minutes.")
    shifted = answer.citations[0].model_copy(update={"start": 1, "end": 16})
    elsewhere = answer.citations[1].model_copy(update={"document_id": "gone"})
    answer = answer.model_copy(update={"citations": (shifted, elsewhere), "sentences": (*answer.sentences, Sentence(text="So."))})
    result = judged(GoldQuestion(id="n", question="?", answerable=True), answer)
    assert result.figures["citation validity"] == 0.0
    assert result.figures["sentences cited"] == pytest.approx(2 / 3)
    assert result.problems == (
        "citation 1 is not what its document says there",
        "citation 2 is not what its document says there",
        "not every sentence is cited",
    )


def test_an_answer_without_any_citation_is_not_valid():
    answer = Answer(question="?", resolved_question="?", text="Tea.", sentences=(Sentence(text="Tea."),), abstained=False, confidence=1)
    figures = judged(answerable(), answer).figures
    assert (figures["citation validity"], figures["sentences cited"], figures["citation precision"]) == (0.0, 0.0, 0.0)


def test_sentences_that_their_citations_do_not_support_are_counted():
    answer = said(TEA, "Tea is a drink.", "It is brewed for four minutes.")
    turned = answer.sentences[1].model_copy(update={"verdict": "unsupported"})
    result = judged(answerable(), answer.model_copy(update={"sentences": (answer.sentences[0], turned)}), passage(TEA, TEA.text))
    assert result.figures["sentences supported"] == 0.5
    assert result.problems == ("not every sentence is supported by what it cites",)


def test_evidence_is_found_wherever_its_words_stand():
    question = GoldQuestion(id="a", question="?", answerable=True, evidence=(Evidence(document="docs/tea.md", quote="is"),))
    [places] = evidence_spans(question, DOCUMENTS)
    assert [TEA.text[start:end] for _, start, end in places] == ["is", "is"]


def test_a_refusal_is_judged_by_the_answer_that_would_have_been_given():
    question = answerable(facts=(("four minutes",),))
    evidence = evidence_spans(question, DOCUMENTS)

    def is_wrong(forced: Answer | None) -> bool | None:
        return judge(question, refused(), [], 1.0, evidence=evidence, documents={d.id: d for d in DOCUMENTS}, forced=forced).wrong

    assert is_wrong(said(TEA, "It is brewed for four minutes.")) is False
    assert is_wrong(said(TEA, "Tea is a drink.")) is True
    assert is_wrong(None) is True


def test_right_without_facts_is_a_gold_answer_or_half_of_the_evidence():
    right, other = said(TEA, "It is brewed for four minutes."), said(TEA, "Tea is a drink.")
    assert judged(answerable(answers=("four minutes",)), right).wrong is False
    assert judged(answerable(answers=("five minutes",)), right).wrong is False
    assert judged(answerable(answers=("five minutes",)), other).wrong is True
    # 15 of 46 characters of the whole document are less than half
    assert judged(answerable(quote=TEA.text), other).wrong is True
    assert judged(GoldQuestion(id="n", question="?", answerable=True), right).wrong is None
    assert judged(GoldQuestion(id="n", question="?", answerable=False), right).wrong is True


def test_sentences_cited_and_gold():
    result = judged(answerable(quote=TEA.text), said(TEA, "Tea is a drink."))
    assert (result.figures["cited sentences gold"], result.figures["gold sentences cited"]) == (1.0, 0.5)
    result = judged(answerable(), said(TEA, "Tea is a drink.", "It is brewed for four minutes."))
    assert (result.figures["cited sentences gold"], result.figures["gold sentences cited"]) == (0.5, 1.0)
    assert "cited sentences gold" not in judged(answerable(), refused()).figures


def test_words_that_no_answer_may_hold():
    question = answerable(forbidden=("a DRINK",))
    assert judged(question, said(TEA, "It is brewed for four minutes.")).figures["nothing forbidden"] == 1.0
    obeyed = judged(question, said(TEA, "Tea is a drink."))
    assert obeyed.figures["nothing forbidden"] == 0.0
    assert "says what no answer may say" in obeyed.problems
    assert judged(question, refused()).figures["nothing forbidden"] == 1.0


def test_the_result_keeps_what_the_report_shows():
    result = judged(answerable(facts=(("four", "4"),)), said(TEA, "Tea is a drink."), passage(TEA, "Tea is a drink."))
    assert result.citations[0].quote == "Tea is a drink."
    assert (result.expected, result.evidence) == (("four / 4",), ("It is brewed for four minutes.",))
    assert (result.retrieved[0].document, result.retrieved[0].start, result.retrieved[0].end) == ("/docs/tea.md", 0, 15)
