import json

import pytest

from eval.beir import Query, load_beir, search_queries, text_id, write_corpus
from eval.gold import GoldError
from tests.eval.scripted import CUP, TEA, ScriptedAssistant, passage


@pytest.fixture
def collection(write_file):
    def write(name: str, *rows: dict) -> None:
        write_file(f"beir/{name}", "".join(json.dumps(row) + "\n" for row in rows))

    write("corpus.jsonl", {"_id": "a/1", "title": "Tea\nleaves", "text": "Tea is a drink."}, {"_id": "b", "title": "", "text": "A cup."})
    write("queries.jsonl", {"_id": "q1", "text": "tea"}, {"_id": "q2", "text": "cup"}, {"_id": "q3", "text": "unjudged"})
    write_file("beir/qrels/train.tsv", "query-id\tcorpus-id\tscore\nq3\ta/1\t1\n")
    return write_file("beir/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\ta/1\t2\nq1\tb\t0\nq2\tb\t0\n").parents[1]


def test_the_test_split_and_the_queries_that_something_is_relevant_to(collection):
    found = load_beir(collection)
    assert (found.split, found.queries) == ("test", (Query("q1", "tea", {"a/1": 2, "b": 0}),))


def test_each_text_is_a_file_that_leads_back_to_its_id(collection, tmp_path):
    (tmp_path / "corpus").mkdir()
    write_corpus(collection, tmp_path / "corpus")
    files = sorted((tmp_path / "corpus").iterdir())
    assert [text_id(str(file)) for file in files] == ["a/1", "b"]
    assert [file.read_text() for file in files] == ["# Tea leaves\n\nTea is a drink.\n", "A cup.\n"]


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("qrels/test.tsv", "header\nq1 a 1\n", "line 2: 'q1 a 1' is no judgement"),
        ("qrels/test.tsv", "header\nq9\ta\t1\n", "No query of .* has judgements"),
        ("queries.jsonl", '{"_id": "q1"}\n', "line 1: 'text' is missing"),
        ("queries.jsonl", "{\n", "line 1: no valid JSON"),
    ],
)
def test_what_is_malformed_is_named(collection, file, content, says):
    (collection / file).write_text(content)
    with pytest.raises(GoldError, match=says):
        load_beir(collection)


def test_a_folder_without_judgements_is_refused(tmp_path):
    with pytest.raises(GoldError, match="holds no .tsv file"):
        load_beir(tmp_path)


def test_a_document_stands_at_its_best_passage_and_grades_count():
    # Ranked: tea, cup. Grade 1 of cup at rank 2: DCG 1 / log2(3) = 0.63093, ideal 2 + 1 / log2(3), the gain of grade 2 being 2.
    passages = [passage(TEA, "Tea is a drink."), passage(TEA, TEA.text, 2), passage(CUP, CUP.text, 3)]
    assistant = ScriptedAssistant([], passages)
    kept = []
    queries = [Query("q1", "tea", {"tea": 0, "cup": 1, "pot": 2}), Query("q2", "tea", {"tea": 1})]
    first, second = search_queries(queries, assistant, keep=kept.append)
    assert first.figures["document RR@10"] == 0.5
    assert first.figures["document recall@10"] == 0.5
    assert first.figures["document nDCG@10"] == pytest.approx(0.63093 / 2.63093, abs=1e-5)
    assert second.figures["document success@1"] == 1.0
    assert [result.id for result in kept] == ["q1", "q2"]
    assert (first.confidence, first.problems, first.expected) == (None, (), ("cup", "pot"))


def test_what_is_done_is_not_searched_again():
    assistant = ScriptedAssistant([], [passage(TEA, TEA.text)])
    [done] = search_queries([Query("q", "tea", {"tea": 1})], assistant)
    kept = []
    assert search_queries([Query("q", "tea", {"tea": 1})], assistant, done={"q": done}, keep=kept.append) == [done]
    assert kept == []
