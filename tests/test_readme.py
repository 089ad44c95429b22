"""The README is true: its Python runs, its names, settings, formats and commands are those of the code."""

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

import rag
from index.config import IndexSettings
from index.documents import CONVERTERS
from index.formats.archive import ARCHIVES
from rag import assistant, cli
from rag.config import AnswerSettings, ServerSettings
from tests.conftest import FakeEmbedder

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.M | re.S)[1]


def first_cells(text: str) -> list[str]:
    """What stands in back quotes at the start of each row of the tables."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.M)


def settings_table() -> str:
    rows = ["| variable | what | default |", "|---|---|---|"]
    for model in (IndexSettings, AnswerSettings, ServerSettings):
        rows += [setting_row(model, name) for name in model.model_fields]
    return "\n".join(rows)


def setting_row(model: type[BaseSettings], name: str) -> str:
    field = model.model_fields[name]
    default = "" if field.default is None else str(field.default)
    return f"| `CITEWELL_{name.upper()}` | {field.description} | {default} |"


def test_the_names_of_the_package():
    assert sorted(first_cells(section("Python"))) == sorted(rag.__all__)
    for name in rag.__all__:
        assert hasattr(rag, name)


def test_the_records_have_the_fields_that_are_named():
    for row in re.findall(r"^\| `(?:Answer|Sentence|Citation|Passage)` .*$", section("Python"), re.M):
        record, *fields = re.findall(r"`(\w+)`", row)
        assert set(fields) <= set(getattr(rag, record).model_fields), record
    methods = re.findall(r"`(\w+)`", re.search(r"^\| `Assistant` .*$", section("Python"), re.M)[0])
    assert all(callable(getattr(rag.Assistant, name)) for name in methods[1:])


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.S))
def test_the_python_runs(code, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("index.config.SentenceEmbedder", lambda name, **options: FakeEmbedder(name))
    monkeypatch.setenv("CITEWELL_LIBRARY", str(tmp_path / "default"))
    monkeypatch.setenv("CITEWELL_THRESHOLD", "0")
    monkeypatch.chdir(tmp_path)
    Path("notes").mkdir()
    Path("notes/cup.md").write_text("# Cup\n\nAnna owns the blue cup. The blue cup is in the kitchen.\n")
    assistant._default_assistant.cache_clear()
    names = {}
    try:
        exec(code, names)
    finally:
        if assistant._default_assistant.cache_info().currsize:
            assistant._default_assistant().close()
            assistant._default_assistant.cache_clear()
    if "a" in names:
        assert names["a"].citations
        assert names["a"].citations[0].quote in capsys.readouterr().out
    else:
        assert names["report"].count("added") == 1
        assert names["second"].resolved_question != "And where is it?"
        assert names["passages"][0].title == "Cup"


def test_the_settings():
    table = re.search(r"<!-- settings -->\n(.*?)\n<!-- /settings -->", README, re.S)
    assert table[1] == settings_table()


def test_the_formats():
    named = re.findall(r"`(\.\w+)`", section("Your documents"))
    assert sorted(named) == sorted([*CONVERTERS, *ARCHIVES])


def test_the_commands():
    named = [re.match(r"citewell (\w+)", cell)[1] for cell in first_cells(section("The command line")) if cell.startswith("citewell")]
    there = [command.name or command.callback.__name__ for command in cli.app.registered_commands]
    assert named == there
    targets = re.findall(r"^(?:.*`)?make (\w+)", section("Start"), re.M)
    assert targets == ["chat", "test", "ask"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{target}:", makefile, re.M) for target in targets)


def test_the_exit_codes():
    codes = [int(code) for code in re.findall(r"^\| (\d+) \|", section("The command line"), re.M)]
    assert codes == [0, 1, 2, cli.SOME_SKIPPED, cli.NO_LONGER_THERE, cli.INTERRUPTED]


@pytest.mark.parametrize(
    "page",
    ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md", "docs/evaluation.md", "docs/library.md", "docs/programs.md"],
)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    missing = [link for link in links if not ((ROOT / page).parent / link).exists()]
    assert missing == []
