from eval.quality import Measured, quality_page
from tests.eval.test_compare import run_of


def test_a_table_for_each_set_with_marks_where_a_difference_can_be_claimed():
    reports = {"Citewell": run_of([1.0] * 30), "lexical": run_of([0.0] * 30), "dense": run_of([1.0] * 30)}
    page = quality_page([Measured("teas", 30, 100, reports)], "python -m eval.quality teas --sample 30", "0.1.0")
    lines = page.splitlines()
    assert "python -m eval.quality teas --sample 30" in lines
    assert "## teas" in lines
    assert "30 of 100 questions, drawn, 1 documents." in lines
    assert "| figure | Citewell | dense | lexical |" in lines
    # of 30 alike, the exact interval ends at 0.025 ** (1 / 30) = 0.884
    assert "| facts | 1.000 (0.884 – 1.000) | 1.000 (0.884 – 1.000) | 0.000 (0.000 – 0.116) ▲ |" in lines
    assert not [line for line in lines if line.startswith("| token F1")]


def test_the_notes_of_the_runs_are_told_once():
    report = run_of([1.0]).model_copy(update={"notes": ("fitted on some",)})
    page = quality_page([Measured("teas", 1, 1, {"Citewell": report, "dense": report})], "", "0.1.0")
    assert page.count("fitted on some") == 1
    assert "1 questions, 1 documents." in page
