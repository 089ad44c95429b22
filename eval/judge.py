"""One question judged: what came back against the gold."""

from collections.abc import Collection, Mapping, Sequence

from eval.gold import GoldQuestion, find_document, occurrences
from eval.measures import (
    Span,
    citation_overlap,
    contains_answer,
    discounted_gain,
    exact_match,
    f1,
    fact_found,
    recall_at,
    reciprocal_rank,
    sentence_overlap,
    success_at,
    token_f1,
)
from eval.records import Cited, QuestionResult, Retrieved
from index import Document
from index.sentences import sentence_spans
from rag import Answer, Citation, Passage

__all__ = ["CUTOFFS", "RETRIEVED", "evidence_spans", "judge", "retrieved"]

CUTOFFS = (1, 5, 10)
RETRIEVED = 10
"""Passages retrieved for each question: the deepest rank that a measure looks at."""
_ENOUGH_EVIDENCE = 0.5
"""Share of the evidence's characters that a right answer cites, where the gold has no facts to look for."""


def evidence_spans(question: GoldQuestion, documents: Collection[Document]) -> list[list[Span]]:
    """For each piece of answering evidence, all the places in its document where its words stand; `check_evidence` comes first."""
    spans = []
    for evidence in question.answering_evidence:
        document = find_document(evidence.document, documents)
        assert document is not None, evidence.document
        spans.append([(document.id, start, end) for start, end in occurrences(evidence.quote, document.text)])
    return spans


def judge(
    question: GoldQuestion,
    answer: Answer,
    passages: Sequence[Passage],
    milliseconds: float,
    *,
    evidence: Sequence[Sequence[Span]],
    documents: Mapping[str, Document],
    forced: Answer | None = None,
) -> QuestionResult:
    """What came back for one question, measured.

    Args:
        question: the gold.
        answer: the answer, or the refusal.
        passages: retrieved for the question, best first.
        milliseconds: how long the answer took.
        evidence: where the gold evidence stands, from `evidence_spans`.
        documents: the library's documents by id.
        forced: of a refusal, the answer that would have been given without a threshold.
    """
    ranks = [_rank(places, passages) for places in evidence]
    figures = _retrieval(ranks) | _wording(question, answer) | _citations(answer, evidence, documents)
    if question.forbidden:
        figures["nothing forbidden"] = float(not fact_found(_words(answer), question.forbidden))
    return QuestionResult(
        id=question.id,
        question=question.question,
        resolved_question=answer.resolved_question,
        tags=question.tags,
        answerable=question.answerable,
        near=question.near,
        far=question.far,
        abstained=answer.abstained,
        confidence=answer.confidence,
        wrong=_is_wrong(question, forced or answer, evidence),
        answer=answer.text,
        composer=answer.composer,
        citations=tuple(_shown(citation) for citation in answer.citations),
        expected=tuple(" / ".join(fact) for fact in question.facts) or (question.answers if question.answerable else ()),
        evidence=tuple(evidence.quote for evidence in question.answering_evidence),
        milliseconds=milliseconds,
        evidence_ranks=tuple(ranks),
        retrieved=tuple(retrieved(passages)),
        figures=figures,
        problems=tuple(_problems(question, answer, ranks, figures, documents)),
    )


def retrieved(passages: Sequence[Passage]) -> list[Retrieved]:
    """The passages as a report keeps them, each under its document's source."""
    return [Retrieved(document=p.source, start=p.start, end=p.end, score=p.score) for p in passages]


def _shown(citation: Citation) -> Cited:
    place = f"page {citation.page}" if citation.page is not None else citation.section
    return Cited(number=citation.number, source=citation.source, place=place, quote=citation.quote)


def _is_wrong(question: GoldQuestion, answer: Answer, evidence: Sequence[Sequence[Span]]) -> bool | None:
    """Whether an answer is wrong: by its facts, else by the gold answers or the evidence it cites.

    Any answer to an unanswerable question is wrong; None where the gold says nothing to judge by.
    """
    if not question.answerable:
        return True
    words = _words(answer)
    if question.facts:
        return not all(fact_found(words, fact) for fact in question.facts)
    if not question.answers and not evidence:
        return None
    contained = bool(question.answers) and contains_answer(words, question.answers) == 1.0
    return not contained and not (evidence and citation_overlap(_spans(answer), evidence)[1] >= _ENOUGH_EVIDENCE)


def _spans(answer: Answer) -> list[Span]:
    return [(citation.document_id, citation.start, citation.end) for citation in answer.citations]


def _rank(places: Sequence[Span], passages: Sequence[Passage]) -> int | None:
    """The rank of the first passage that holds one of these places whole."""
    for rank, passage in enumerate(passages, start=1):
        if any(passage.document_id == d and passage.start <= start and end <= passage.end for d, start, end in places):
            return rank
    return None


def _retrieval(ranks: Sequence[int | None]) -> dict[str, float]:
    if not ranks:
        return {}
    success = {f"evidence success@{k}": success_at(k, ranks) for k in CUTOFFS}
    recall = {f"evidence recall@{k}": recall_at(k, ranks) for k in CUTOFFS}
    return success | recall | {"evidence RR@10": reciprocal_rank(10, ranks), "evidence nDCG@10": discounted_gain(10, ranks)}


def _wording(question: GoldQuestion, answer: Answer) -> dict[str, float]:
    """Facts and gold answers; a refusal has no words, so it scores 0."""
    words = _words(answer)
    figures = {}
    if question.facts:
        found = sum(fact_found(words, wordings) for wordings in question.facts)
        figures["facts"] = found / len(question.facts)
        figures["all facts"] = float(found == len(question.facts))
    if question.answers and question.answerable:
        figures["exact match"] = exact_match(words, question.answers)
        figures["token F1"] = token_f1(words, question.answers)
        figures["contains gold answer"] = contains_answer(words, question.answers)
    return figures


def _citations(answer: Answer, evidence: Sequence[Sequence[Span]], documents: Mapping[str, Document]) -> dict[str, float]:
    """Citations against the evidence, and of every answer whether they are true; a refusal has no precision and no validity."""
    figures = {}
    if evidence:
        precision, recall = citation_overlap(_spans(answer), evidence)
        gold, cited = sentence_overlap(_spans(answer), _by_sentence(evidence, documents))
        figures["citation recall"], figures["citation F1"] = recall, f1(precision, recall)
        figures["gold sentences cited"] = cited
        if not answer.abstained:
            figures["citation precision"] = precision
            figures["cited sentences gold"] = gold
    if not answer.abstained:
        valid = [_is_valid(citation, documents) for citation in answer.citations]
        numbers = {citation.number for citation in answer.citations}
        with_citation = [bool(sentence.citations) and numbers.issuperset(sentence.citations) for sentence in answer.sentences]
        figures["citation validity"] = sum(valid) / len(valid) if valid else 0.0
        figures["sentences cited"] = sum(with_citation) / len(with_citation) if with_citation else 0.0
        supported = [sentence.verdict != "unsupported" for sentence in answer.sentences]
        figures["sentences supported"] = sum(supported) / len(supported) if supported else 0.0
    return figures


def _by_sentence(evidence: Sequence[Sequence[Span]], documents: Mapping[str, Document]) -> list[list[list[Span]]]:
    """The sentences of each place of each piece of evidence."""
    return [[[(d, s, e) for s, e in sentence_spans(documents[d].text, start, end)] for d, start, end in places] for places in evidence]


def _problems(
    question: GoldQuestion,
    answer: Answer,
    ranks: Sequence[int | None],
    figures: Mapping[str, float],
    documents: Mapping[str, Document],
) -> list[str]:
    problems = []
    if question.answerable and answer.abstained:
        problems.append(f"refused, though the documents answer it (confidence {answer.confidence:.2f})")
    if not question.answerable and not answer.abstained:
        problems.append(f"answered, though the documents do not hold it (confidence {answer.confidence:.2f})")
    if figures.get("evidence success@5") == 0.0:
        found = min((rank for rank in ranks if rank is not None), default=None)
        problems.append(f"no evidence in the first 5 passages ({f'first at {found}' if found else f'none in {RETRIEVED}'})")
    if answer.abstained:
        return problems
    if figures.get("nothing forbidden") == 0.0:
        problems.append("says what no answer may say")
    missing = [fact[0] for fact in question.facts if not fact_found(_words(answer), fact)]
    if missing:
        problems.append(f"facts missing: {'; '.join(missing)}")
    if figures.get("citation recall") == 0.0:
        problems.append("cites none of the evidence")
    problems += [f"citation {c.number} is not what its document says there" for c in answer.citations if not _is_valid(c, documents)]
    if figures["sentences cited"] < 1.0:
        problems.append("not every sentence is cited")
    if figures["sentences supported"] < 1.0:
        problems.append("not every sentence is supported by what it cites")
    return problems


def _words(answer: Answer) -> str:
    """What the answer says, without marks and citation numbers; nothing if it is a refusal."""
    return "" if answer.abstained else " ".join(sentence.text for sentence in answer.sentences)


def _is_valid(citation: Citation, documents: Mapping[str, Document]) -> bool:
    document = documents.get(citation.document_id)
    return document is not None and bool(citation.quote) and document.text[citation.start : citation.end] == citation.quote
