from io import StringIO

import pytest
from rich.console import Console

from eval.grid import Grid, GridError, combinations, load_grid, rank, sweep
from eval.runs import load_report
from tests.conftest import FakeEmbedder
from tests.eval.test_command import documents, gold  # noqa: F401 - fixtures
from tests.eval.test_compare import run_of


def test_combinations_with_the_same_chunking_stand_together():
    grid = Grid(settings={"passages": (4, 8), "chunk_tokens": (100, 200)})
    assert combinations(grid) == [
        {"chunk_tokens": 100, "passages": 4},
        {"chunk_tokens": 100, "passages": 8},
        {"chunk_tokens": 200, "passages": 4},
        {"chunk_tokens": 200, "passages": 8},
    ]
    with pytest.raises(GridError, match="has 201 combinations"):
        combinations(Grid(settings={"depth": tuple(range(1, 202))}))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[settings", "cannot be read"),
        ("[settings]\nthreshhold = [0.5]", "threshhold: Extra inputs .* The settings are depth, "),
        ("[settings]\nthreshold = [1.5]", "threshold: "),
        ("[settings]\nchunk_tokens = [1]", "chunk_tokens: "),
        ("[settings]\n", "settings: "),
    ],
)
def test_a_wrong_grid_is_named(tmp_path, content, says):
    (tmp_path / "grid.toml").write_text(content)
    with pytest.raises(GridError, match=says):
        load_grid(tmp_path / "grid.toml")


def test_the_ranking_claims_only_what_the_intervals_allow():
    reports = [({"passages": 1}, run_of([0.0] * 30)), ({"passages": 2}, run_of([0.5] * 30)), ({"passages": 3}, run_of([0.25, 0.75] * 15))]
    ranking = rank(reports, "facts")
    assert [ranked.settings["passages"] for ranked in ranking] == [2, 3, 1]
    assert [ranked.to_best and ranked.to_best.claim for ranked in ranking] == [None, "unclear", "worse"]
    assert [ranked.settings["passages"] for ranked in rank(reports, "latency p50")] == [1, 2, 3]
    with pytest.raises(GridError, match="ranks by 'fact', which"):
        rank(reports, "fact")


def test_a_sweep_over_settings_and_chunking(documents, gold, write_file, tmp_path):  # noqa: F811
    grid = write_file("grid.toml", 'rank_by = "refused answerable"\n[settings]\nthreshold = [0.0, 1.0]\nchunk_tokens = [50, 200]\n')
    console = Console(file=StringIO(), width=160)
    ranking = sweep(grid, gold, documents=documents, out=tmp_path / "grid", console=console, embedder=FakeEmbedder())
    assert [ranked.settings["threshold"] for ranked in ranking] == [0.0, 0.0, 1.0, 1.0]
    assert load_report(tmp_path / "grid" / "chunk_tokens=50_threshold=0.0").overall.figures["refused answerable"] == 0.0
    printed = console.file.getvalue()
    assert "best" in printed and "partly luck" in printed
