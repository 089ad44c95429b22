"""Citewell as it is, with the settings of the environment."""

from pathlib import Path

from rag import Assistant


class System:
    """Adds and asks."""

    def __init__(self, model: Path, store: Path) -> None:
        self._assistant = Assistant.open(store)
        self._assistant.library.embed(["a first text, so that the model is there"])

    def add(self, folder: Path) -> int:
        """Read, cut, embed, store."""
        self._assistant.add(folder)
        self.ask("Is it ready?", 1)
        return self._assistant.library.chunk_count()

    def ask(self, question: str, k: int) -> list[tuple[str, str]]:
        """The passages that an answer is made from."""
        return [(Path(passage.source).name, passage.text) for passage in self._assistant.retrieve(question, k)]
