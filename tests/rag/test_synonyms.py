"""Questions in other words than the documents have are asked in theirs."""

import pytest

from index.library import Library
from rag.synonyms import as_written_there

GUILD = """# Guild

Ana Ferreira is the chief financial officer. Ask HR about the annual general meeting.

The weight of a loaf is 2 kg, its size large. Pets and visitors stay outside. The salary is paid monthly.
"""


@pytest.fixture
def library(tmp_path, embedder, write_file):
    with Library(tmp_path / "library", embedder) as opened:
        opened.add([write_file("guild.md", GUILD)])
        yield opened


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Who is the CFO?", "Who is the chief financial officer?"),
        ("When is the AGM?", "When is the annual general meeting?"),
        ("Who runs human resources?", "Who runs HR?"),
        ("Who is the COO?", "Who is the COO?"),
        ("Who is in HR?", "Who is in HR?"),
        ("Who is the chief financial officer?", "Who is the chief financial officer?"),
        ("Who is the cfo?", "Who is the cfo?"),
        ("Can I bring my dog?", "Can I bring my pet?"),
        ("Can I bring my dogs and friends?", "Can I bring my pets and visitors?"),
        ("When is the wage paid?", "When is the salary paid?"),
        ("When is the salary paid?", "When is the salary paid?"),
        ("Where is the fridge?", "Where is the fridge?"),
        ("How heavy is a loaf?", "What is the weight of a loaf?"),
        ("How large is a loaf?", "How large is a loaf?"),
        ("How deep is the pond?", "How deep is the pond?"),
    ],
)
def test_as_the_documents_write_it(library, asked, written):
    assert as_written_there(asked, library) == written
