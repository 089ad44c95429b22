import json
from io import StringIO

import pytest
from rich.console import Console

from eval.command import notes_on, run
from eval.gate import GateFailed
from eval.gold import GoldError
from eval.records import EvalReport, Retrieved
from eval.run import report_of
from eval.runs import RunError
from rag import Assistant
from tests.conftest import FakeEmbedder
from tests.eval.test_compare import question

QUOTE = "Green tea is brewed for four minutes."


@pytest.fixture
def documents(write_file):
    write_file("docs/tea.md", f"# Tea\n\n{QUOTE} Black tea takes five minutes.\n")
    return write_file("docs/cup.md", "# Cup\n\nThe cup of Anna is blue.\n").parent


@pytest.fixture
def gold(write_file):
    question = {"id": "tea", "question": "How long is green tea brewed?", "answerable": True, "facts": [["four minutes"]]}
    question["evidence"] = [{"document": "tea.md", "quote": QUOTE}]
    far = {"id": "far", "question": "Who won in zxcv?", "answerable": False, "tags": ["far"]}
    return write_file("gold.jsonl", f"{json.dumps(question)}\n{json.dumps(far)}\n")


@pytest.fixture
def console():
    return Console(file=StringIO(), width=160)


def test_documents_in_a_temporary_library(documents, gold, console, tmp_path):
    report = run(
        gold,
        documents=documents,
        json=tmp_path / "report.json",
        failures=True,
        console=console,
        embedder=FakeEmbedder(),
        out=tmp_path / "run",
    )
    assert (report.documents, report.overall.questions) == (2, 2)
    assert report.overall.figures["document success@5"] == 1.0
    assert EvalReport.model_validate_json((tmp_path / "report.json").read_text(encoding="utf-8")) == report
    assert "Citations" in console.file.getvalue()
    assert "questions with something wrong" in console.file.getvalue()


def test_a_library_that_is_there(documents, gold, console, tmp_path):
    with Assistant.open(tmp_path / "mine", embedder=FakeEmbedder()) as assistant:
        assistant.add(documents)
    report = run(gold, library=tmp_path / "mine", console=console, embedder=FakeEmbedder(), out=tmp_path / "run")
    assert report.documents == 2
    assert "something wrong" not in console.file.getvalue()


def test_a_file_that_cannot_be_read_is_named(documents, gold, console, write_file, tmp_path):
    write_file("docs/empty.md", "")
    run(gold, documents=documents, console=console, embedder=FakeEmbedder(), out=tmp_path / "run")
    assert "Not evaluated: " in console.file.getvalue()
    assert "empty.md" in console.file.getvalue()


def test_gold_of_other_documents_is_refused(gold, console, tmp_path):
    with pytest.raises(GoldError, match="there is no document 'tea.md'"):
        run(gold, console=console, embedder=FakeEmbedder(), out=tmp_path / "run")


def test_the_run_is_kept_and_goes_on_where_it_was(documents, gold, console, tmp_path):
    options = {"documents": documents, "console": console, "embedder": FakeEmbedder(), "out": tmp_path / "run"}
    report = run(gold, **options)
    kept = (tmp_path / "run" / "questions.jsonl").read_text().splitlines()
    (tmp_path / "run" / "questions.jsonl").write_text(kept[0] + "\n")
    again = run(gold, **options, resume=True)
    assert again.questions[0] == report.questions[0]
    assert len((tmp_path / "run" / "questions.jsonl").read_text().splitlines()) == 2
    with pytest.raises(RunError, match="holds a run already"):
        run(gold, **options)


def test_a_sample_a_comparison_a_threshold_and_a_gate(documents, gold, console, tmp_path, write_file):
    options = {"documents": documents, "console": console, "embedder": FakeEmbedder()}
    run(gold, **options, out=tmp_path / "before")
    gate = write_file("gate.toml", '[floors]\n"document success@5" = 1.0\n[baseline]\nrun = "../before"\n')
    report = run(gold, **options, out=tmp_path / "after", sample=5, against=tmp_path / "before", gate=gate, fit_threshold=1.0)
    assert report.overall.questions == 2
    printed = console.file.getvalue()
    assert "this run against" in printed
    assert "CITEWELL_THRESHOLD=" in printed
    assert printed.endswith("The figures pass the gate.\n")
    write_file("gate.toml", "[floors]\n'document success@5' = 1.1\n")
    with pytest.raises(GateFailed, match="below its floor 1.1"):
        run(gold, **options, out=tmp_path / "failed", gate=gate)
    assert (tmp_path / "failed" / "report.html").exists()


def test_one_question_drawn_by_the_seed(documents, gold, console, tmp_path):
    options = {"documents": documents, "console": console, "embedder": FakeEmbedder(), "sample": 1}
    drawn = {run(gold, **options, out=tmp_path / f"{seed}", seed=seed).questions[0].id for seed in range(4)}
    assert drawn == {"tea", "far"}


def test_a_folder_of_gold_and_documents(documents, gold, console, tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    gold.rename(folder / "gold.jsonl")
    documents.rename(folder / "documents")
    assert run(folder, console=console, embedder=FakeEmbedder(), out=tmp_path / "run").documents == 2


def test_a_beir_folder_and_rewrites(console, tmp_path, write_file):
    write_file("beir/corpus.jsonl", '{"_id": "t", "title": "Tea", "text": "Tea is a drink."}\n{"_id": "c", "text": "A cup."}\n')
    write_file("beir/queries.jsonl", '{"_id": "q", "text": "what is tea"}\n')
    beir = write_file("beir/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq\tt\t1\n").parents[1]
    report = run(beir, console=console, embedder=FakeEmbedder(), out=tmp_path / "beir")
    assert report.overall.figures["document nDCG@10"] == 1.0
    assert "refused answerable" not in report.overall.figures
    assert (tmp_path / "beir" / "run.trec").read_text().startswith("q Q0 t 1 ")
    line = {"id": "a", "question": "Who is Anna?", "rewrite": "Who is Anna?", "context_dependent": False}
    rewrites = write_file("rewrites.jsonl", json.dumps(line) + "\n")
    report = run(rewrites, console=console, embedder=FakeEmbedder(), out=tmp_path / "rewrites")
    assert report.overall.figures["left alone"] == 1.0


def test_the_report_says_where_evidence_is_longer_than_passages():
    short, long = question(1, facts=1.0), question(2, facts=1.0)
    passages = (Retrieved(document="tea.md", start=10, end=20, score=1.0),)
    results = [short.model_copy(update={"evidence": ("x" * 10,), "retrieved": passages}), long.model_copy(update={"evidence": ("x" * 11,)})]
    notes = notes_on(report_of(results, name="", documents=1))
    assert any(note.startswith("1 pieces of evidence are longer than any passage") for note in notes)


def test_the_report_says_how_many_answers_a_model_wrote():
    said = [("scripted", False), ("extractive", False), ("scripted", False), ("extractive", True)]
    results = [question(n, facts=1.0).model_copy(update={"composer": name, "abstained": gone}) for n, (name, gone) in enumerate(said)]
    note = "2 of 3 answers were written by scripted, the others are quotations."
    assert note in notes_on(report_of(results, name="", documents=1))
    quoted = [result.model_copy(update={"composer": "extractive"}) for result in results]
    assert not any("written by" in told for told in notes_on(report_of(quoted, name="", documents=1)))
