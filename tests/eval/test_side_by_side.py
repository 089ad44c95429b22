"""A scripted system stands in for the others: what is measured and said of it is what its replies hold."""

import sys
from pathlib import Path

import pytest
from rich.console import Console

from eval.beside_environments import Reply, Running, System, prepared
from eval.gold import Evidence, GoldError, GoldQuestion
from eval.side_by_side import QuestionSet, gather, measure, rank
from eval.side_by_side_page import Measured, page, rows
from index.errors import CitewellError

SCRIPTED = """
class System:
    def __init__(self, model, store):
        self.store = store

    def add(self, folder):
        print("what a library prints is no reply")
        files = sorted(folder.iterdir())
        self.store.write_text("|".join(f"{file.name}={file.read_text()}" for file in files))
        return len(files)

    def ask(self, question, k):
        if question == "break":
            raise SystemExit("the scripted system broke")
        return [tuple(part.split("=")) for part in self.store.read_text().split("|")][:k]
"""


def asked(quote, document="b.txt"):
    return GoldQuestion(id=quote, question="which?", answerable=True, evidence=(Evidence(document=document, quote=quote),))


@pytest.fixture
def scripted(tmp_path):
    (tmp_path / "serve.py").write_text((Path("eval") / "beside" / "serve.py").read_text())
    (tmp_path / "scripted.py").write_text(SCRIPTED)
    return System("Scripted", "scripted", python=Path(sys.executable), folder=tmp_path)


@pytest.fixture
def documents(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("first words")
    (folder / "b.txt").write_text("second  words\nhere")
    return tuple(sorted(folder.iterdir()))


def test_a_system_adds_starts_and_is_asked(scripted, documents, tmp_path):
    found = measure(
        [scripted],
        [QuestionSet("mine", (asked("words here"), asked("nowhere")), documents)],
        tmp_path,
        tmp_path,
        rounds=2,
        console=Console(quiet=True),
    )["Scripted"]
    assert found.chunks == 2
    assert len(found.adding) == len(found.starting) == 2
    assert found.ranks == {"mine": [2, None]}
    assert found.resident > 0


def test_what_a_system_said_when_it_broke_is_told(scripted, tmp_path):
    with pytest.raises(CitewellError, match="Scripted ended with code 1:\n.*the scripted system broke"):
        Running(scripted, tmp_path, tmp_path / "store").ask("break", 1)


def test_evidence_is_found_whole_in_its_document_white_space_aside():
    passages = [("a.txt", "it is here"), ("b.txt", "it"), ("b.txt", "that it\n is  here now")]
    assert rank(asked("it is here"), passages) == 3
    assert rank(asked("it is there"), passages) is None


def test_two_documents_of_one_name_are_told(documents, tmp_path):
    with pytest.raises(GoldError, match="a.txt of second has the name of a document of another set"):
        gather([QuestionSet("first", (), documents), QuestionSet("second", (), documents)], tmp_path / "all")


def test_an_environment_is_made_once(tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(
        "eval.beside_environments._run", lambda command, system: commands.append(command) or (tmp_path / "some").mkdir(exist_ok=True)
    )
    (tmp_path / "some.txt").write_text("torch==1\nother==2\n")
    system = System("Some", "some", folder=tmp_path)
    python = prepared(system, cache=tmp_path)
    assert prepared(system, cache=tmp_path) == python == tmp_path / "some" / "bin" / "python"
    assert [command[-1] for command in commands] == [str(tmp_path / "some"), "torch==1", str(tmp_path / "some.txt")]


def measured(seconds, ranks, words=2):
    replies = [Reply(seconds, seconds, passages=(("a.txt", "word " * words),))] * len(ranks)
    return Measured(chunks=3, resident=5_000_000, adding=[(seconds, 1.0)], starting=[seconds], replies=replies, ranks={"mine": ranks})


def test_the_page_says_why_where_citewell_is_behind():
    text = page({"Citewell": measured(2.0, [1, None]), "Other": measured(1.0, [2, 1], words=3)}, "the command", {"mine": 2}, 1)
    assert "| mine: success@1 | **0.500** | **0.500** |" in text
    assert "| mine: success@5 | 0.500 | **1.000** |" in text
    assert "| a question, ms | 2000, 2000 | **1000, 1000** |" in text
    assert "- *mine: success@5*: Other is. The passages" in text
    assert "*words of five passages*" not in text


def test_every_row_has_its_reason():
    found = {"Citewell": measured(1.0, [1]), "Other": measured(1.0, [1])}
    assert not [row.title for row in rows(found) if row.behind()]
    text = page({"Citewell": measured(2.0, [None], words=9), "Other": measured(1.0, [1])}, "the command", {"mine": 1}, 1)
    assert text.count(": Other is. ") == len(rows(found)) - 2  # the processor's seconds of adding and the memory are the same
