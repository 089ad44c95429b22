"""txtai as its examples have it: paragraphs by its segmentation, in an index by meaning and by words that keeps the texts."""

from pathlib import Path

from txtai import Embeddings
from txtai.pipeline import Segmentation


class System:
    """Adds and asks."""

    def __init__(self, model: Path, store: Path) -> None:
        self._folder = str(store)
        self._index = Embeddings(path=str(model), content=True, hybrid=True)
        self._is_open = False

    def add(self, folder: Path) -> int:
        """Cut, embed, save."""
        cut = Segmentation(paragraphs=True)
        files = {file.name: cut(file.read_text(encoding="utf-8")) for file in sorted(folder.iterdir())}
        rows = [(f"{name}#{n}", part) for name, parts in files.items() for n, part in enumerate(parts)]
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
