"""Stages are timed in milliseconds."""

from rag.clock import Clock


def test_each_lap_is_the_time_since_the_one_before(monkeypatch):
    seconds = iter([10.0, 10.5, 10.75])
    monkeypatch.setattr("rag.clock.perf_counter", lambda: next(seconds))
    clock = Clock()
    clock.lap("search")
    clock.lap("compose")
    assert clock.laps == {"search": 500.0, "compose": 250.0}
