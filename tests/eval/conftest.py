import pytest


@pytest.fixture(autouse=True)
def fewer_draws(monkeypatch):
    """What is tested here shows with fewer draws of the bootstrap."""
    monkeypatch.setattr("eval.statistics.REPLICATES", 200)
