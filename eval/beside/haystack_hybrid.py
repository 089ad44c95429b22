"""Haystack as its tutorial on hybrid retrieval has it, without the ranker: BM25 and meaning in its in-memory store, ranks fused."""

from pathlib import Path
from typing import Any

from haystack import Pipeline
from haystack.components.converters import TextFileToDocument
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)


class System:
    """Adds and asks."""

    def __init__(self, model: Path, store: Path) -> None:
        self._file = str(store)
        self._model = str(model)
        self._asking: Any = None
        self._embedder = SentenceTransformersTextEmbedder(model=self._model, progress_bar=False)
        self._embedder.warm_up()

    def add(self, folder: Path) -> int:
        """Convert, split, embed, write, and save the store."""
        store = InMemoryDocumentStore()
        adding = Pipeline()
        adding.add_component("convert", TextFileToDocument())
        adding.add_component("split", DocumentSplitter())
        adding.add_component("embed", SentenceTransformersDocumentEmbedder(model=self._model, progress_bar=False))
        adding.add_component("write", DocumentWriter(document_store=store))
        for one, other in (("convert", "split"), ("split", "embed"), ("embed", "write")):
            adding.connect(one, other)
        adding.run({"convert": {"sources": sorted(folder.iterdir())}})
        store.save_to_disk(self._file)
        self._open(store)
        return int(store.count_documents())

    def ask(self, question: str, k: int) -> list[tuple[str, str]]:
        """Search by meaning and by words."""
        if self._asking is None:
            self._open(InMemoryDocumentStore.load_from_disk(self._file))
        found = self._asking.run({"embed": {"text": question}, "words": {"query": question}, "join": {"top_k": k}})
        return [(Path(one.meta["file_path"]).name, str(one.content)) for one in found["join"]["documents"]]

    def _open(self, store: Any) -> None:
        asking = Pipeline()
        asking.add_component("embed", self._embedder)
        asking.add_component("meaning", InMemoryEmbeddingRetriever(store))
        asking.add_component("words", InMemoryBM25Retriever(store))
        asking.add_component("join", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        asking.connect("embed.embedding", "meaning.query_embedding")
        asking.connect("meaning", "join")
        asking.connect("words", "join")
        self._asking = asking
