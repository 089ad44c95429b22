"""Test collections in the layout of BEIR (Thakur et al. 2021): corpus.jsonl, queries.jsonl, qrels/*.tsv. Retrieval only.

Each text of the corpus becomes a document, and a document stands in the ranking at its best passage.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote, unquote

from eval.gold import GoldError
from eval.judge import retrieved
from eval.measures import rank_measures
from eval.records import QuestionResult
from eval.run import Answering, Keep, Progress, document_measures

__all__ = ["Beir", "Query", "load_beir", "search_queries", "text_id", "write_corpus"]

CUTOFFS = (1, 5, 10, 100)
_PASSAGES = 150
"""Passages retrieved for each query; they come from about a hundred documents where these are short."""
_SPLITS = ("test", "dev", "train")


@dataclass(frozen=True, slots=True)
class Query:
    """A query and its judgements: text id → grade."""

    id: str
    text: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Beir:
    """A collection: its folder, and the queries that have judgements, in the order of the file."""

    folder: Path
    split: str
    queries: tuple[Query, ...]


def load_beir(folder: Path) -> Beir:
    """The collection of a folder, with the judgements of its test split, or else dev, train, or whatever there is.

    Raises:
        GoldError: a file is missing or malformed; the message names it and the line.
    """
    files = sorted((folder / "qrels").glob("*.tsv"))
    if not files:
        raise GoldError(f"{folder / 'qrels'} holds no .tsv file. A BEIR folder has corpus.jsonl, queries.jsonl and qrels/test.tsv.")
    qrels_file = min(files, key=lambda file: (_SPLITS.index(file.stem) if file.stem in _SPLITS else len(_SPLITS), file.name))
    grades = _load_qrels(qrels_file)
    rows = _rows(folder / "queries.jsonl", ("_id", "text"))
    queries = tuple(Query(row["_id"], row["text"], grades[row["_id"]]) for row in rows if row["_id"] in grades)
    if not queries:
        raise GoldError(f"No query of {folder / 'queries.jsonl'} has judgements in {qrels_file}. Check that the ids are the same.")
    return Beir(folder, qrels_file.stem, queries)


def write_corpus(folder: Path, target: Path) -> None:
    """Write each text of the corpus as a Markdown file under its title, named by its id."""
    for row in _rows(folder / "corpus.jsonl", ("_id", "text")):
        heading = f"# {' '.join(row['title'].split())}\n\n" if row.get("title") else ""
        (target / f"{quote(row['_id'], safe='')}.md").write_text(f"{heading}{row['text']}\n", encoding="utf-8")


def text_id(source: str) -> str:
    """The id of the text that a document was made of."""
    return unquote(Path(source).stem)


def search_queries(
    queries: Sequence[Query],
    assistant: Answering,
    *,
    done: Mapping[str, QuestionResult] | None = None,
    keep: Keep | None = None,
    progress: Progress | None = None,
) -> list[QuestionResult]:
    """Search for every query and measure the ranking of documents."""
    known = dict(done or {})
    assistant.retrieve("What is this about?", k=1, history=[])
    for number, query in enumerate(queries, start=1):
        if query.id not in known:
            known[query.id] = _search(query, assistant)
            if keep:
                keep(known[query.id])
        if progress:
            progress(number, len(queries))
    return [known[query.id] for query in queries]


def _search(query: Query, assistant: Answering) -> QuestionResult:
    started = perf_counter()
    passages = assistant.retrieve(query.text, k=_PASSAGES, history=[])
    milliseconds = 1000 * (perf_counter() - started)
    found = [passage.model_copy(update={"document": text_id(passage.document)}) for passage in retrieved(passages)]
    ranking = list(dict.fromkeys(passage.document for passage in found))
    names = document_measures(CUTOFFS)
    measured = rank_measures(tuple(names), {query.id: query.grades}, {query.id: ranking})[query.id]
    figures = {names[name]: value for name, value in measured.items()}
    return QuestionResult(
        id=query.id,
        question=query.text,
        resolved_question=query.text,
        tags=(),
        answerable=True,
        near=False,
        far=False,
        abstained=False,
        confidence=None,
        answer="",
        expected=tuple(text for text, grade in query.grades.items() if grade > 0),
        milliseconds=milliseconds,
        retrieved=tuple(found),
        figures=figures,
        problems=() if figures["document success@10"] else ("no relevant document in the first 10",),
    )


def _load_qrels(file: Path) -> dict[str, dict[str, int]]:
    """Query id → text id → grade, from a file with three columns below a header."""
    grades: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_text(file).splitlines()[1:], start=2):
        cells = line.split("\t")
        if len(cells) != 3 or not cells[2].strip().lstrip("-").isdigit():
            raise GoldError(f"{file}, line {number}: '{line}' is no judgement. Write query id, text id and a whole number, with tabs.")
        grades.setdefault(cells[0], {})[cells[1]] = int(cells[2])
    # a query that nothing is relevant to cannot be measured by any ranking
    return {query: found for query, found in grades.items() if any(grade > 0 for grade in found.values())}


def _rows(file: Path, needed: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_text(file).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise GoldError(f"{file}, line {number}: no valid JSON ({error}). Write one object a line.") from error
        if missing := [name for name in needed if not isinstance(row, dict) or not isinstance(row.get(name), str)]:
            raise GoldError(f"{file}, line {number}: '{missing[0]}' is missing or no text. BEIR's fields are _id, title and text.")
        yield row


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{file} cannot be read ({error}). A BEIR folder has corpus.jsonl, queries.jsonl and qrels/*.tsv.") from error
