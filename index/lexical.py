"""The derived index of words, by tantivy: BM25 over stemmed words (Robertson and Zaragoza 2009)."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy

from index.chunk import searched_context
from index.derived import read_manifest, write_manifest
from index.records import Chunk

__all__ = ["LexicalIndex"]

_CONTEXT_WEIGHT = 0.5
"""Weight of a word in title, headings or lead against one in the text itself."""
_ANALYZER = 2
"""To be raised with every change to what counts as a word, so that indexes on disk are built again."""
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}"
"""Scripts without spaces between words: each character is a word."""


class LexicalIndex:
    """Chunk ids by their words, in the folder `lexical/` of a library."""

    def __init__(self, folder: Path | None, index: tantivy.Index) -> None:
        self._folder = folder
        self._index = index
        self._analyzer = _analyzer()
        index.register_tokenizer("citewell", self._analyzer)

    def __len__(self) -> int:
        """How many chunks there are."""
        return int(self._index.searcher().num_docs)

    @classmethod
    def read(cls, folder: Path) -> tuple["LexicalIndex", int] | None:
        """The index on disk and its generation, or None when it is missing, damaged or cannot be opened here."""
        generation = read_manifest(folder / "lexical.json", folder / "lexical", analyzer=_ANALYZER)
        if generation is None:
            return None
        try:
            return cls(folder, tantivy.Index(_schema(), path=str(folder / "lexical"))), generation
        except ValueError:  # of another version of tantivy, or in a folder where it cannot put its lock
            return None

    @classmethod
    def create(cls, folder: Path) -> "LexicalIndex":
        """An empty index in place of whatever was there."""
        (folder / "lexical.json").unlink(missing_ok=True)
        # Without its meta.json there is no index. A thread that watched the one of before may still put its lock
        # there, so that the folder cannot be counted on to go.
        (folder / "lexical" / "meta.json").unlink(missing_ok=True)
        shutil.rmtree(folder / "lexical", ignore_errors=True)
        (folder / "lexical").mkdir(exist_ok=True)
        return cls(folder, tantivy.Index(_schema(), path=str(folder / "lexical")))

    @classmethod
    def in_memory(cls) -> "LexicalIndex":
        """An empty index that is never written to disk."""
        return cls(None, tantivy.Index(_schema()))

    def update(self, removed: Sequence[int], added: Iterable[tuple[Chunk, str]], generation: int) -> None:
        """Take out these chunks, put in those (each with its document's title), and write it all to disk."""
        if self._folder:
            (self._folder / "lexical.json").unlink(missing_ok=True)
        writer = self._index.writer(heap_size=64_000_000, num_threads=1)
        for number in removed:
            writer.delete_documents_by_term("id", number)
        for chunk, title in added:
            context = searched_context(title, chunk.heading_path, chunk.lead)
            writer.add_document(tantivy.Document(id=chunk.id, text=chunk.text, context=context))
        _commit(writer)
        self._index.reload()
        if self._folder:
            files = [file for file in (self._folder / "lexical").iterdir() if file.suffix != ".lock"]
            write_manifest(self._folder / "lexical.json", files, generation=generation, analyzer=_ANALYZER)

    def search(self, text: str, k: int, *, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The `k` best chunks for the words of `text`: id and BM25 score, best first, ties by id.

        With `among`, of these chunks alone; the scores are the same, for how rare a word is counts in all.
        """
        clauses = []
        for term in self.terms(text):
            clauses.append((tantivy.Occur.Should, tantivy.Query.term_query(_schema(), "text", term)))
            context = tantivy.Query.term_query(_schema(), "context", term)
            clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(context, _CONTEXT_WEIGHT)))
        if not clauses:
            return []
        searcher = self._index.searcher()
        found = searcher.search(_only(tantivy.Query.boolean_query(clauses), among), k).hits
        hits = [(int(searcher.doc(address)["id"][0]), float(score)) for score, address in found]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def terms(self, text: str) -> list[str]:
        """The stemmed words of a text as they are indexed, each once, in order."""
        return list(dict.fromkeys(self.words(text)))

    def words(self, text: str) -> list[str]:
        """The same, each as often as it stands there."""
        return list(self._analyzer.analyze(text))

    def frequency(self, term: str) -> int:
        """In how many chunks a stemmed word stands, counting title and headings."""
        searcher = self._index.searcher()
        return max(int(searcher.doc_freq("text", term)), int(searcher.doc_freq("context", term)))

    def holds(self, term: str, *, among: Sequence[int] | None = None) -> bool:
        """Whether a stemmed word stands in any chunk, with `among` in any of these, counting title and headings."""
        if among is None or not self.frequency(term):
            return self.frequency(term) > 0
        either = [(tantivy.Occur.Should, tantivy.Query.term_query(_schema(), name, term)) for name in ("text", "context")]
        return bool(self._index.searcher().search(_only(tantivy.Query.boolean_query(either), among), 1).hits)

    def similar(self, term: str, distance: int, k: int = 20, *, among: Sequence[int] | None = None) -> list[int]:
        """Chunks, with `among` of these alone, that hold a word within `distance` edits of a stemmed word."""
        queries = [tantivy.Query.fuzzy_term_query(_schema(), name, term, distance) for name in ("text", "context")]
        searcher = self._index.searcher()
        either = tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])
        found = searcher.search(_only(either, among), k).hits
        return sorted(int(searcher.doc(address)["id"][0]) for _, address in found)


def _only(query: tantivy.Query, among: Sequence[int] | None) -> tantivy.Query:
    """The query among these ids alone, which add nothing to its scores."""
    if among is None:
        return query
    chosen = tantivy.Query.const_score_query(tantivy.Query.term_set_query(_schema(), "id", among), 0.0)
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, chosen)])


def _commit(writer: tantivy.IndexWriter) -> None:
    try:
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:  # how tantivy reports a disk that cannot be written
        raise OSError(str(error)) from error


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # An unsigned field refuses Python integers ("An index writer was killed"); an integer field takes them.
    builder.add_integer_field("id", stored=True, indexed=True)
    builder.add_text_field("text", stored=False, tokenizer_name="citewell", index_option="freq")
    builder.add_text_field("context", stored=False, tokenizer_name="citewell", index_option="freq")
    return builder.build()


def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(rf"[{_UNSPACED}]|[[\p{{Alphabetic}}\p{{N}}]--[{_UNSPACED}]]+"))
        .filter(tantivy.Filter.remove_long(80))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )
