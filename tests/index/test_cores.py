import threading

import pytest

from index.cores import core_count, run_on_cores


def test_as_many_cores_as_omp_num_threads_says(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert core_count() == 3
    for nonsense in ("", "0", "many"):
        monkeypatch.setenv("OMP_NUM_THREADS", nonsense)
        assert core_count() >= 1


def test_results_come_in_the_order_of_the_items(monkeypatch):
    for cores in (1, 4):
        monkeypatch.setattr("index.cores.core_count", lambda count=cores: count)
        assert run_on_cores(lambda number: number * number, range(20)) == [number * number for number in range(20)]


@pytest.mark.skipif(core_count() == 1, reason="one core")
def test_work_goes_side_by_side():
    both = threading.Barrier(2)
    assert sorted(run_on_cores(lambda _: both.wait(10), [1, 2])) == [0, 1]


def test_what_fails_is_told():
    with pytest.raises(ZeroDivisionError):
        run_on_cores(lambda number: 1 // number, [1, 0, 2])
