"""LlamaIndex as its starter tutorial and the one on FAISS have it: its default sentence splitter, a flat FAISS index."""

from pathlib import Path
from typing import Any

import faiss
from llama_index.core import Settings, SimpleDirectoryReader, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.faiss import FaissVectorStore

_DIMENSION = 384


class System:
    """Adds and asks."""

    def __init__(self, model: Path, store: Path) -> None:
        self._folder = str(store)
        Settings.embed_model = HuggingFaceEmbedding(model_name=str(model))
        self._index: Any = None

    def add(self, folder: Path) -> int:
        """Read, split, embed, persist."""
        documents = SimpleDirectoryReader(str(folder)).load_data()
        stores = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss_index=faiss.IndexFlatL2(_DIMENSION)))
        self._index = VectorStoreIndex.from_documents(documents, storage_context=stores)
        self._index.storage_context.persist(self._folder)
        return len(self._index.docstore.docs)

    def ask(self, question: str, k: int) -> list[tuple[str, str]]:
        """Search by meaning."""
        if self._index is None:
            store = FaissVectorStore.from_persist_dir(self._folder)
            self._index = load_index_from_storage(StorageContext.from_defaults(vector_store=store, persist_dir=self._folder))
        found = self._index.as_retriever(similarity_top_k=k).retrieve(question)
        return [(str(one.node.metadata["file_name"]), str(one.node.get_content())) for one in found]
