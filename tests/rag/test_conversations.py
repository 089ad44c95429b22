import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import Answer
from rag.conversation import Conversation, Exchange, title_of
from rag.conversations import Conversations


def answer_to(question: str, text: str = "So it is. [1]") -> Answer:
    return Answer(question=question, resolved_question=question, text=text, abstained=False, confidence=0.9)


@pytest.fixture
def kept(tmp_path):
    kept = Conversations(tmp_path)
    yield kept
    kept.close()


def asked(kept, *questions, owner="", conversation="") -> str:
    for question in questions:
        conversation = kept.add(owner, conversation, Exchange(question=question, answer=answer_to(question)))
    return conversation


def questions(kept, conversation, owner=""):
    found = kept.find(owner, conversation)
    return [exchange.question for exchange in found.exchanges] if found else None


def test_an_exchange_comes_back_as_it_was_after_reopening(tmp_path):
    exchange = Exchange(question="How?", documents=3, scope=("a", "b"), answer=answer_to("How?"))
    first = Conversations(tmp_path)
    number = first.add("", "", exchange)
    first.close()
    again = Conversations(tmp_path)
    conversation = again.find("", number)
    assert conversation.exchanges == (exchange,)
    assert (conversation.title, conversation.created, conversation.updated) == ("How?", exchange.asked, exchange.asked)
    assert Conversation.model_validate_json(conversation.model_dump_json()) == conversation
    again.close()


def test_a_message_belongs_to_its_exchange(kept):
    conversation = kept.find("", asked(kept, "One?", "Two?"))
    at = [conversation.exchange_at(message) for message in (-1, 0, 1, 2, 3, 4)]
    assert [exchange and exchange.question for exchange in at] == [None, "One?", "One?", "Two?", "Two?", None]


def test_nobody_reads_or_changes_what_is_anothers(kept):
    number = asked(kept, "Secret?", owner="ada")
    secret = kept.find("ada", number)
    for other in ("", "eve", "Ada"):
        assert kept.summaries(other) == [] and kept.find(other, number) is None
        kept.rename(other, number, "Mine")
        kept.delete(other, number)
        kept.take_back(other, number, secret.exchanges[0].id)
        assert not kept.finish(other, number, secret.exchanges[0].id, problem="x")
        assert kept.add(other, number, Exchange(question="Mine?"), instead_of=secret.exchanges[0].id) != number
    assert kept.find("ada", number) == secret


def test_the_newest_is_first(kept):
    first, second = asked(kept, "One?"), asked(kept, "Two?")
    assert [summary.id for summary in kept.summaries("")] == [second, first]
    asked(kept, "More?", conversation=first)
    assert [summary.id for summary in kept.summaries("")] == [first, second]
    assert [summary.id for summary in kept.summaries("", most=1)] == [first]


def test_searches_titles_questions_and_answers_for_every_word(kept):
    tea = kept.add("", "", Exchange(question="How is TEA made?", answer=answer_to("", "With 50% of Wasser, straße_1. [1]")))
    bees = asked(kept, "What do bees eat?", "And tea?")
    kept.rename("", bees, "My hive")

    def found(search):
        return {summary.id for summary in kept.summaries("", search)}

    assert found("tea") == {tea, bees}
    assert found("Tea WASSER") == found("STRASSE_") == found("50%") == {tea}
    assert found("hive tea") == {bees}
    assert found("%") == {tea} and found("_1") == {tea}
    assert found("0%w") == found("'") == found('"') == set()
    assert found("  ") == {tea, bees}


def test_a_replaced_question_takes_what_came_after_with_it(kept):
    number = asked(kept, "One?", "Two?", "Three?")
    second = kept.find("", number).exchanges[1]
    assert kept.add("", number, Exchange(question="Other?"), instead_of=second.id) == number
    assert questions(kept, number) == ["One?", "Other?"]


def test_the_title_follows_the_first_question_unless_it_was_given(kept):
    number = asked(kept, "One?")
    kept.add("", number, Exchange(question="Other?"), instead_of=kept.find("", number).exchanges[0].id)
    assert kept.find("", number).title == "Other?"
    kept.rename("", number, "  My\ntitle ")
    kept.rename("", number, " ")
    kept.add("", number, Exchange(question="Third?"), instead_of=kept.find("", number).exchanges[0].id)
    assert kept.find("", number).title == "My title"


def test_taking_back_all_removes_the_conversation(kept):
    number = asked(kept, "One?", "Two?")
    first, second = kept.find("", number).exchanges
    kept.take_back("", number, second.id)
    assert questions(kept, number) == ["One?"]
    kept.take_back("", number, first.id)
    assert kept.find("", number) is None and kept.summaries("") == []


def test_an_answer_is_put_once_and_only_to_a_question_that_waits(kept):
    waiting, stopped = Exchange(question="One?"), Exchange(question="Two?")
    number = kept.add("", "", waiting)
    kept.add("", number, stopped)
    assert kept.finish("", number, stopped.id, problem="Stopped.")
    assert not kept.finish("", number, stopped.id, answer=answer_to("Two?"))
    assert kept.finish("", number, waiting.id, answer=answer_to("One?"))
    assert not kept.finish("", number, waiting.id, answer=answer_to("One?", "Other."))
    first, second = kept.find("", number).exchanges
    assert (first.answer, second.answer, second.problem) == (answer_to("One?"), None, "Stopped.")
    assert [summary.id for summary in kept.summaries("", "so it is")] == [number]


def test_what_is_deleted_is_not_in_the_file_either(tmp_path):
    kept = Conversations(tmp_path)
    number = asked(kept, "A question about xylophones?")
    kept.delete("", number)
    kept.close()
    assert b"xylophones" not in (tmp_path / "conversations.sqlite").read_bytes()


def test_threads_and_processes_write_together(tmp_path):
    stores = [Conversations(tmp_path) for _ in range(2)]
    number = asked(stores[0], "First?")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: asked(stores[n % 2], f"Number {n}?", conversation=number), range(40)))
    assert sorted(questions(stores[1], number)) == sorted(["First?", *(f"Number {n}?" for n in range(40))])
    for store in stores:
        store.close()


def test_a_damaged_file_is_named_and_left_alone(tmp_path):
    file = tmp_path / "conversations.sqlite"
    file.write_bytes(b"no database" * 100)
    kept = Conversations(tmp_path)
    assert str(file) in kept.problem and "damaged" in kept.problem and "Restore it from a backup, or move it away" in kept.problem
    assert questions(kept, asked(kept, "Does it go on?")) == ["Does it go on?"]
    kept.close()
    assert file.read_bytes() == b"no database" * 100


def test_a_file_that_cannot_be_written_is_taken_along(tmp_path, monkeypatch):
    kept = Conversations(tmp_path)
    before = asked(kept, "Before?")
    kept.close()
    monkeypatch.setattr("index.database._writable", lambda path: path is None)
    kept = Conversations(tmp_path)
    assert "conversations.sqlite" in kept.problem and "only until Citewell stops" in kept.problem
    after = asked(kept, "After?")
    assert [summary.id for summary in kept.summaries("")] == [after, before]
    kept.close()
    monkeypatch.undo()
    kept = Conversations(tmp_path)
    assert (kept.problem, [summary.id for summary in kept.summaries("")]) == ("", [before])
    kept.close()


def test_a_folder_that_cannot_be_written_keeps_them_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("index.database._writable", lambda path: path is None)
    kept = Conversations(tmp_path)
    assert "unable to open database file" in kept.problem
    assert questions(kept, asked(kept, "Where?")) == ["Where?"]
    kept.close()
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_does_not_stop_the_conversation(tmp_path):
    kept = Conversations(tmp_path)
    number = asked(kept, "Before?")
    [(pages,)] = kept._database.rows("PRAGMA page_count")
    list(kept._database.rows(f"PRAGMA max_page_count={pages}"))
    for n in range(20):
        asked(kept, f"{n}? {'long ' * 300}", conversation=number)
    assert "full" in kept.problem
    assert len(questions(kept, number)) == 21
    kept.close()


def test_an_exchange_that_cannot_be_read_does_not_hold_up_the_others(tmp_path):
    kept = Conversations(tmp_path)
    number = asked(kept, "One?", "Two?")
    kept.close()
    with sqlite3.connect(tmp_path / "conversations.sqlite") as file:
        file.execute("""UPDATE exchanges SET record = '{"later": 1}' WHERE number = 1""")
    file.close()
    kept = Conversations(tmp_path)
    first, second = kept.find("", number).exchanges
    assert "cannot be read" in first.problem and first.answer is None
    assert second.question == "Two?" and kept.problem == ""
    kept.close()


@pytest.mark.parametrize(
    ("question", "title"),
    [
        (" What\n is it? ", "What is it?"),
        ("word " * 20, f"{'word ' * 11}…"),
        ("x" * 60, "x" * 60),
        ("x" * 61, f"{'x' * 59}…"),
        ("", ""),
    ],
)
def test_a_title_is_the_question_shortened_at_a_word(question, title):
    assert title_of(question) == title


@given(st.text())
def test_no_title_is_too_long_or_has_lines(text):
    title = title_of(text)
    assert len(title) <= 60 and len(title.splitlines()) <= 1
