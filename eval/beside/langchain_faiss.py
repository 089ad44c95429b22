"""LangChain as its tutorial on semantic search has it: pieces of 1,000 characters that share 200, in a FAISS store."""

from pathlib import Path

from langchain_community.document_loaders import TextLoader
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter


class System:
    """Adds and asks."""

    def __init__(self, model: Path, store: Path) -> None:
        self._folder = str(store)
        self._model = HuggingFaceEmbeddings(model_name=str(model))
        self._store: FAISS | None = None

    def add(self, folder: Path) -> int:
        """Load, split, embed, save."""
        documents = [document for file in sorted(folder.iterdir()) for document in TextLoader(str(file), encoding="utf-8").load()]
        pieces = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
        self._store = FAISS.from_documents(pieces, self._model)
        self._store.save_local(self._folder)
        return len(pieces)

    def ask(self, question: str, k: int) -> list[tuple[str, str]]:
        """Search by meaning."""
        if self._store is None:
            self._store = FAISS.load_local(self._folder, self._model, allow_dangerous_deserialization=True)
        found = self._store.similarity_search(question, k=k)
        return [(Path(document.metadata["source"]).name, document.page_content) for document in found]
