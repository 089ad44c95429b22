"""Adding much: progress inside a long file, little work for what is unchanged, memory that does not grow with the corpus."""

import random
import tracemalloc

import pytest

from index.library import Library
from index.prepare import BATCH
from tests.conftest import FakeEmbedder
from tests.index.test_library import TIDES


def long_text(paragraphs, seed=0):
    chance = random.Random(seed)
    words = (" ".join(f"w{chance.randrange(50_000)}" for _ in range(110)) for _ in range(paragraphs))
    return "# Long\n\n" + "\n\n".join(f"The {each}." for each in words)


def test_progress_inside_a_long_file(library, write_file):
    seen = []
    library.add([write_file("a.md", long_text(2 * BATCH + 10)), write_file("b.md", TIDES)], progress=seen.append)
    chunks = library.chunk_count() - 1
    assert [(at.done, at.chunks) for at in seen] == [(0, 0), (0, BATCH), (0, 2 * BATCH), (1, chunks), (2, chunks + 1)]
    assert [at.share for at in seen] == [0, BATCH / chunks, 2 * BATCH / chunks, 0, 0]


def test_a_long_file_that_is_interrupted_is_not_there_at_all(library, write_file):
    def interrupt(at):
        if at.share:
            raise KeyboardInterrupt

    library.add([write_file("a.md", TIDES)])
    with pytest.raises(KeyboardInterrupt):
        library.add([write_file("b.md", long_text(BATCH + 10)), write_file("a.md", long_text(BATCH + 10))], progress=interrupt)
    assert [document.title for document in library.documents()] == ["Tides"]
    assert library.facts()["vectors"] == 1


def test_of_a_long_file_only_changed_chunks_are_embedded(library, write_file, embedder):
    text = long_text(300)
    library.add([write_file("a.md", text)])
    embedder.embedded.clear()
    library.add([write_file("a.md", text.replace("\n\nThe", "\n\nA very", 1))])
    assert len(embedder.embedded) == 1


class Forgetful(FakeEmbedder):
    """Keeps nothing of what it embeds."""

    def embed(self, texts):
        vectors = super().embed(texts)
        self.embedded.clear()
        return vectors


@pytest.mark.slow
def test_memory_is_bounded_by_a_file_and_not_by_the_corpus(tmp_path, write_file):
    """Five times the text in as many files takes hardly more of Python's memory; the vectors are outside of it, in FAISS."""
    peaks = []
    for paragraphs in (4, 20):
        paths = [write_file(f"{paragraphs}/{number}.md", long_text(paragraphs, seed=number)) for number in range(250)]
        with Library(tmp_path / str(paragraphs), Forgetful()) as library:
            tracemalloc.start()
            library.add(paths)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    grown = sum(path.stat().st_size for path in paths) * 4 // 5
    assert peaks[1] - peaks[0] < grown / 4
