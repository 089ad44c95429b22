import json
from pathlib import Path

import pytest

from eval.gold import Evidence, GoldError, GoldQuestion, check_evidence, find_document, load_gold, occurrences, shipped_gold
from eval.measures import fact_found
from index import Document
from index.errors import CitewellError

TAGS = {"lookup", "list", "definition", "comparison", "several", "paraphrase", "typo", "follow-up", "unanswerable", "near", "far"}


def document(source: str, text: str = "Tea is a drink.") -> Document:
    return Document(id=source, title="", source=source, media_type="text/plain", sha256="", text=text)


def gold_file(folder: Path, *questions: dict | str) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("\n".join(q if isinstance(q, str) else json.dumps(q) for q in questions), encoding="utf-8")
    return path


def asked(**fields: object) -> dict:
    return {"id": "a", "question": "What is tea?", "answerable": True} | fields


def test_reads_questions_in_order_and_skips_blank_lines(tmp_path):
    first = asked(facts=[["drink", "beverage"]], history=[{"role": "user", "content": "Hi"}])
    second = asked(id="b", answerable=False, tags=["unanswerable", "near"])
    questions = load_gold(gold_file(tmp_path, first, "", second))
    assert [question.id for question in questions] == ["a", "b"]
    assert questions[0].facts == (("drink", "beverage"),)
    assert questions[0].history[0].content == "Hi"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2: no valid JSON"),
        ("[]", "line 2, question: "),
        (asked(id="b", answerable="perhaps"), "line 2, answerable: "),
        (asked(id="b", evidence=[{"document": "a.md"}]), "line 2, evidence.0.quote: Field required"),
        (asked(id="b", evidence=[{"document": "a.md", "quote": " "}]), "line 2, evidence.0.quote: "),
        (asked(id="b", evidnce=[]), "line 2, evidnce: "),
        (asked(id="b", facts=[[]]), "line 2, facts: "),
        (asked(id="b", answerable=False, facts=[["x"]]), "line 2, question: "),
        (asked(id="b", history=[{"role": "robot", "content": ""}]), "line 2, history.0.role: "),
        (asked(), "line 2, id: 'a' was used on line 1"),
    ],
)
def test_a_wrong_line_is_named_with_its_field(tmp_path, line, says):
    with pytest.raises(GoldError) as error:
        load_gold(gold_file(tmp_path, asked(), line))
    assert says in str(error.value)
    assert isinstance(error.value, CitewellError)


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_questions_is_refused(tmp_path, content):
    with pytest.raises(GoldError, match="has no questions"):
        load_gold(gold_file(tmp_path, content))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(GoldError, match="nowhere.jsonl cannot be read"):
        load_gold(tmp_path / "nowhere.jsonl")


def test_a_document_goes_by_its_file_name_or_the_end_of_its_path():
    documents = [document("/a/tea.md"), document("/b/tea.md"), document("citewell:corpus/green tea.md")]
    assert find_document("green tea.md", documents) == documents[2]
    assert find_document("b/tea.md", documents) == documents[1]
    assert find_document("ea.md", documents) is None
    with pytest.raises(GoldError, match="'tea.md' could be /a/tea.md or /b/tea.md"):
        find_document("tea.md", documents)


def test_a_document_of_windows_goes_by_its_file_name():
    assert find_document("tea.md", [document("C:\\docs\\tea.md")])


def test_occurrences_are_all_spans_whatever_the_white_space():
    text = "Green tea. Black\n  tea (hot). Green\ntea."
    assert [text[start:end] for start, end in occurrences("Green tea.", text)] == ["Green tea.", "Green\ntea."]
    assert occurrences("tea (hot)", text) == [(19, 28)]
    assert occurrences("white tea", text) == []


def test_evidence_that_stands_nowhere_is_an_error():
    def question(name: str, quote: str) -> GoldQuestion:
        return GoldQuestion(id=quote, question="?", answerable=True, evidence=(Evidence(document=name, quote=quote),))

    good = question("tea.md", "Tea is a drink.")
    check_evidence([good], [document("tea.md")])
    with pytest.raises(GoldError, match="1 pieces .*\n  Tea is a dish: 'Tea is a dish' does not stand in tea.md"):
        check_evidence([good, question("tea.md", "Tea is a dish")], [document("tea.md")])
    with pytest.raises(GoldError, match="there is no document 'coffee.md'"):
        check_evidence([question("coffee.md", "Tea")], [document("tea.md")])
    many = [question("tea.md", f"quote {number}") for number in range(7)]
    with pytest.raises(GoldError, match="(?s)7 pieces .*quote 4.*and 2 more"):
        check_evidence(many, [document("tea.md")])


def test_near_and_far_are_unanswerable_only():
    near = GoldQuestion(id="n", question="?", answerable=False, near_document="tea.md")
    far = GoldQuestion(id="f", question="?", answerable=False, tags=("far",))
    plain = GoldQuestion(id="p", question="?", answerable=False)
    answerable = GoldQuestion(id="a", question="?", answerable=True, near_document="tea.md")
    assert [(q.near, q.far) for q in (near, far, plain, answerable)] == [(True, False), (False, True), (False, False), (False, False)]


# The gold that ships


def test_shipped_evidence_stands_in_the_shipped_documents():
    for question in load_gold(shipped_gold()):
        for evidence in question.evidence:
            assert evidence.quote in _shipped(evidence.document), question.id


def test_shipped_facts_stand_in_their_evidence():
    for question in load_gold(shipped_gold()):
        evidence = " ".join(evidence.quote for evidence in question.evidence)
        assert all(fact_found(evidence, fact) for fact in question.facts), question.id


def test_shipped_questions_are_complete():
    questions = load_gold(shipped_gold())
    assert len({(question.question, question.history) for question in questions}) == len(questions)
    for question in questions:
        assert question.tags and set(question.tags) <= TAGS, question.id
        if question.answerable:
            assert question.answers and question.facts and question.evidence, question.id
        else:
            assert question.near != question.far and "unanswerable" in question.tags, question.id
        if question.near:
            assert _shipped(question.near_document), question.id
    assert {tag for question in questions for tag in question.tags} == TAGS


def _shipped(name: str) -> str:
    return (Path(__file__).parents[2] / "index" / "corpus" / name).read_text(encoding="utf-8")
