"""Adding is stopped half-way: what was added stays, what was at hand is as before, the rest is told."""

import io
import zipfile

import pytest

from index.errors import Cancelled
from index.prepare import BATCH
from index.records import AddReport

TIDES = "# Tides\n\nThe tide turns twice a day.\n"
LONG = "# Long\n\n" + "\n\n".join(f"Paragraph{number} " + "tells of nothing in many words " * 20 for number in range(2 * BATCH))


def cancel_when(reached):
    def progress(at):
        if reached(at):
            raise Cancelled("stop")

    return progress


def outcome(report: AddReport):
    return [(file.source.rpartition("/")[2], file.status) for file in report.files]


def test_what_was_added_stays_and_the_rest_is_reported(library, write_file):
    files = [write_file(f"{name}.md", f"# {name}\n\nThe {name} turns.\n") for name in "abcd"]
    report = library.add(files, progress=cancel_when(lambda at: at.done == 2))
    assert outcome(report) == [("a.md", "added"), ("b.md", "added"), ("c.md", "skipped"), ("d.md", "skipped")]
    assert report.files[2].warnings == (f"{files[2]}: not added: cancelled.",)
    assert [document.title for document in library.documents()] == ["a", "b"]
    assert len(library.search_words("turns", 5)) == 2
    assert outcome(library.add(files)) == [("a.md", "unchanged"), ("b.md", "unchanged"), ("c.md", "added"), ("d.md", "added")]


def test_a_document_that_is_being_replaced_stays_as_it_was(library, write_file):
    library.add([write_file("a.md", TIDES)])
    report = library.add([write_file("a.md", LONG)], progress=cancel_when(lambda at: at.share > 0))
    assert outcome(report) == [("a.md", "skipped")]
    assert [document.title for document in library.documents()] == ["Tides"]
    assert len(library.search_words("tide", 5)) == 1
    assert library.search_words("paragraph5", 5) == []
    assert library.facts()["vectors"] == 1


def test_cancelled_at_the_very_end_everything_is_there(library, write_file):
    assert outcome(library.add([write_file("a.md", TIDES)], progress=cancel_when(lambda at: at.done == 1))) == [("a.md", "added")]


@pytest.fixture
def archive(write_file):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as package:
        for name in "abcd":
            package.writestr(f"{name}.md", f"# {name}\n\nThe {name} turns.\n")
    return write_file("all.zip", held.getvalue())


def test_progress_moves_inside_an_archive(library, archive):
    seen = []
    library.add([archive], progress=lambda at: seen.append((at.done, at.chunks, at.share)))
    assert seen == [(0, 0, 0.0), (0, 0, 0.0), (0, 1, 0.25), (0, 2, 0.5), (0, 3, 0.75), (1, 4, 0.0)]


def test_an_archive_is_stopped_between_its_files(library, archive):
    report = library.add([archive], progress=cancel_when(lambda at: at.share == 0.5))
    assert outcome(report) == [("a.md", "added"), ("b.md", "added"), ("all.zip", "skipped")]
    assert len(library.documents()) == 2
