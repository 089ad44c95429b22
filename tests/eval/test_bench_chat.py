from eval.bench_chat import Asked, table


def test_the_table_counts_what_was_answered_and_takes_no_time_of_the_rest():
    asked = [Asked(0.1, 1.0), Asked(0.2, 2.0), Asked(0.3, 3.0), Asked(refused="503")]
    head, row = table({"4 at once": asked}).splitlines()
    assert head.split() == ["answered", "first", "words", "p50", "p95", "whole", "p50", "p95"]
    # between neighbours by straight line: 0.2 + 0.9 · 0.1, and 2 + 0.9 · 1
    assert row.split() == ["4", "at", "once", "3", "of", "4", "0.20", "0.29", "2.00", "2.90"]


def test_where_nothing_was_answered_there_is_no_time():
    assert table({"all": [Asked(refused="503")]}).splitlines()[1].split() == ["all", "0", "of", "1", "–", "–", "–", "–"]
