"""txtai as its examples have it: paragraphs by its Textractor, in an index by meaning and by words that keeps the texts."""

from pathlib import Path

from txtai import Embeddings
from txtai.pipeline import Textractor


class System:
    """Adds and asks."""

    def __init__(self, model: Path, store: Path) -> None:
        self._folder = str(store)
        self._index = Embeddings(path=str(model), content=True, hybrid=True)
        self._is_open = False

    def add(self, folder: Path) -> int:
        """Extract paragraphs, embed, save."""
        extract = Textractor(paragraphs=True, backend=None)
        rows = [(f"{file.name}#{n}", part) for file in sorted(folder.iterdir()) for n, part in enumerate(extract(str(file)))]
        self._index.index(rows)
        self._index.save(self._folder)
        self._is_open = True
        return len(rows)

    def ask(self, question: str, k: int) -> list[tuple[str, str]]:
        """Search by meaning and by words."""
        if not self._is_open:
            self._index.load(self._folder)
            self._is_open = True
        return [(str(one["id"]).rpartition("#")[0], str(one["text"])) for one in self._index.search(question, k)]
