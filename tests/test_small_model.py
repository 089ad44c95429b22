"""A real language model behind a real server: SmolLM2 with 135 million parameters, in llama.cpp, started as `make model-server` does.

It copies, makes up and wanders off, as a person's own model may: what is shown of it is carried by the documents, and no answer has
less to rest on than without it.
"""

import os
from pathlib import Path
from statistics import mean

import pytest

from eval.gold import load_gold, shipped_gold
from eval.measures import fact_found
from rag import Assistant
from rag.config import AnswerSettings
from rag.gate.verify import check_sentences
from rag.language_model import language_model
from rag.rewrite import accepted, rewrite_question
from tests.processes import CITEWELL, environment, serving

ROOT = Path(__file__).parent.parent
NAME = "smollm2"
ASKED = [question for question in load_gold(shipped_gold()) if question.facts and not question.history]
QUESTIONS = ASKED[:: len(ASKED) // 10][:10]
ROOM = {"llm_tokens": 120, "llm_passage_tokens": 500, "llm_wait_seconds": 240, "llm_seconds": 600}
"""Little to read and to write, and long waits: the machine may be busy."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def server():
    """The address of the model's server."""
    if not (ROOT / ".venv-llm/ready").exists():
        lacking = pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip
        lacking("the small language model is not set up: make .venv-llm/ready")
    with serving(["make", "model-server", "PORT=0"], r"running on (http://127\.0\.0\.1:\d+)", cwd=ROOT) as (url, _):
        yield f"{url}/v1"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """An assistant with the shipped documents and no language model."""
    with Assistant.open(tmp_path_factory.mktemp("shipped") / "library") as opened:
        opened.add_shipped_documents()
        yield Assistant(opened.library, AnswerSettings())


@pytest.fixture(scope="module")
def assistant(server, plain):
    return Assistant(plain.library, AnswerSettings(llm_url=server, llm_model=NAME, **ROOM))


def check(answer, assistant):
    """Each sentence is cited and carried, each quote is what its document says there."""
    for citation in answer.citations:
        assert assistant.document(citation.document_id).text[citation.start : citation.end] == citation.quote
    assert all(sentence.citations and sentence.verdict != "unsupported" for sentence in answer.sentences)
    assert all(check.verdict != "unsupported" for check in check_sentences(answer, assistant.library))


def test_ten_questions(assistant, plain):
    answers = [(question, assistant.answer(question.question), plain.answer(question.question)) for question in QUESTIONS]
    for _, written, quoted in answers:
        check(written, assistant)
        assert written.abstained == quoted.abstained
        assert written.composer == NAME or written.text == quoted.text
        assert written.composer == NAME or written.notes or written.abstained
    assert any(written.composer == NAME for _, written, _ in answers)
    facts = [[_facts(question, answer) for question, *both in answers for answer in [both[place]]] for place in (0, 1)]
    assert mean(facts[0]) >= mean(facts[1])


def _facts(question, answer):
    words = " ".join(sentence.text for sentence in answer.sentences)
    return mean(fact_found(words, wordings) for wordings in question.facts)


def test_it_is_shown_as_it_grows(assistant):
    grown = [list(assistant.stream(question.question)) for question in QUESTIONS[:3]]
    for answers in grown:
        for answer in answers:
            check(answer, assistant)
    assert max(map(len, grown)) > 1


def test_one_that_is_too_slow_leaves_the_answer_to_the_documents_and_is_there_for_the_next(server, plain, assistant):
    hurried = Assistant(plain.library, AnswerSettings(llm_url=server, llm_model=NAME, **ROOM | {"llm_wait_seconds": 0.001}))
    question = QUESTIONS[0].question
    answer = hurried.answer(question)
    assert answer.text == plain.answer(question).text
    assert answer.notes == (
        f"The language model {NAME} at {server} wrote nothing for 0.001 seconds. The answer is in the documents' own words.",
    )
    assert not any("wrote nothing for" in note for note in assistant.answer(question).notes)


def test_a_follow_up_that_it_completes_adds_nothing_of_its_own(assistant):
    history = [
        {"role": "user", "content": "what do Bar Raisers look for?"},
        {"role": "assistant", "content": assistant.answer("what do Bar Raisers look for?").text},
    ]
    question = "How do they decide?"
    model = language_model(AnswerSettings(llm_url=assistant._settings.llm_url, llm_model=NAME, **ROOM))
    rewritten = rewrite_question(question, history, model)
    assert rewritten is None or accepted(rewritten, question, history)
    answer = assistant.answer(question, history)
    check(answer, assistant)
    assert not any("wrote nothing for" in note for note in answer.notes)


def test_the_openai_client_asks_citewell_which_asks_the_model(server, tmp_path):
    from openai import OpenAI

    settings = {f"CITEWELL_{name.upper()}": str(value) for name, value in ROOM.items()}
    env = environment(tmp_path, CITEWELL_LLM_URL=server, CITEWELL_LLM_MODEL=NAME, **settings)
    messages = [{"role": "user", "content": QUESTIONS[1].question}]
    with serving([CITEWELL, "serve", "--port", "0"], env=env, cwd=tmp_path) as (url, _):
        with OpenAI(base_url=f"{url}/v1", api_key="none", timeout=600) as client:
            completed = client.chat.completions.create(model="citewell", messages=messages)
            with client.chat.completions.create(model="citewell", messages=messages, stream=True) as stream:
                *_, last = list(stream)
    for citations in (completed.citations, last.citations):
        assert citations
        assert all(citation["quote"] for citation in citations)
    assert all(f"[{citation['number']}]" in completed.choices[0].message.content for citation in completed.citations)
