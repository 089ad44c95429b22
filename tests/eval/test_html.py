import re
from html.parser import HTMLParser

from eval.compare import compare
from eval.html import comparison_part, page, run_part
from eval.plots import latency_plot, reliability_plot, risk_coverage_plot, tag_plot
from eval.records import Cited
from eval.run import report_of
from eval.selective import Bin, Point
from tests.eval.test_compare import question, run_of
from tests.eval.test_runs import MANIFEST

ATTACK = '<script>alert("x")</script><img src=x onerror=y>'


def attacked():
    result = question(1, facts=0.0)
    fields = {
        "question": ATTACK,
        "resolved_question": ATTACK + "!",
        "answer": ATTACK,
        "tags": (ATTACK,),
        "id": ATTACK,
        "problems": (ATTACK,),
    }
    fields |= {"citations": (Cited(number=1, source=ATTACK, place=ATTACK, quote=ATTACK),), "expected": (ATTACK,), "evidence": (ATTACK,)}
    return report_of([result.model_copy(update=fields)], name=ATTACK, documents=1, notes=(ATTACK,))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.found.append(tag)
        self.addresses += [value for name, value in attributes if name in ("src", "href", "action", "data", "srcset")]


def test_every_text_is_escaped_and_nothing_is_loaded():
    tags = Tags()
    html = page(attacked(), MANIFEST.model_copy(update={"command": ATTACK, "gold": ATTACK}))
    tags.feed(html)
    assert tags.found.count("script") == 1
    assert "img" not in tags.found
    assert tags.addresses == []
    assert html.count("&lt;script&gt;") >= 12
    assert not re.search(r"url\(|@import|https?://", html)


def test_the_policy_allows_the_page_its_own_script_and_no_network():
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page(attacked()))[1].replace("&#39;", "'")
    assert re.fullmatch(r"default-src 'none'; style-src 'sha256-[\w+/=]+'; script-src 'sha256-[\w+/=]+'", policy)


def test_a_run_without_answers_has_no_plots_of_confidence():
    retrieval = question(1, facts=1.0).model_copy(update={"confidence": None, "wrong": None, "figures": {"document nDCG@10": 0.5}})
    html = page(report_of([retrieval], name="", documents=1))
    assert "Reliability diagram" not in html
    assert "document nDCG@10" in html


def test_the_curve_goes_through_its_points_and_marks_the_threshold():
    svg = risk_coverage_plot([Point(0.9, 0.5, 0.0), Point(0.6, 1.0, 1.0)], threshold=0.7)
    # the plot's corners are (52, 12) and (408, 226)
    assert 'd="M230.0,226.0 L408.0,12.0"' in svg
    assert '<circle class="dot" cx="230.0" cy="226.0"' in svg
    assert "50% answered, 0% wrong" in svg


def test_dots_lines_and_bars_stand_where_the_figures_are():
    assert 'cx="230.0" cy="12.0" r="12.0"' in reliability_plot([Bin(0.5, 0.6, 4, 0.5, 1.0)])
    assert "10 ms" in latency_plot([20.0, 2000.0]) and "10 s" in latency_plot([20.0, 2000.0])
    group = report_of([question(1, facts=0.5)], name="", documents=1).overall
    svg = tag_plot([("<b>", group)], "facts")
    assert "&lt;b&gt; (1)" in svg
    assert 'width="115.0"' in svg


def test_a_part_of_a_page_holds_what_went_wrong_escaped_and_nothing_that_loads():
    tags = Tags()
    html = run_part(attacked(), MANIFEST.model_copy(update={"gold": ATTACK}), f"/runs/{ATTACK}")
    tags.feed(html)
    assert not {"img", "script", "style", "html"} & set(tags.found) and tags.addresses == []
    assert tags.found.count("details") == 1
    assert 'data-question="&lt;script&gt;' in html
    assert "/report.html" in html


def test_a_part_without_failures_says_so():
    assert "None: every answer" in run_part(run_of([1.0]), MANIFEST, "/runs/x")


def test_the_failures_of_a_part_are_limited_and_counted(monkeypatch):
    monkeypatch.setattr("eval.html._MOST_FAILURES", 2)
    wrong = [question(n, facts=0.0).model_copy(update={"problems": ("lacks",)}) for n in range(3)]
    html = run_part(report_of(wrong, name="", documents=1), MANIFEST, "/runs/x")
    assert html.count("<details") == 2 and "3 of 3." in html and "The first 2 are shown." in html


def test_a_comparison_says_what_may_be_claimed():
    before, after = run_of([0.0] * 20 + [1.0] * 20), run_of([1.0] * 15 + [0.0] * 5 + [1.0] * 20)
    html = comparison_part(compare(before, after, names=("<i>", "b")))
    assert re.search(r'<tr class="better"><th scope="row">facts</th>.*>15 / 0 / 25<.*>better</td>', html)
    assert "&lt;i&gt;" in html and "40 questions that both asked" in html
    assert "no difference can be claimed" in comparison_part(compare(before, run_of([1.0, 1.0, *[0.0] * 19, *[1.0] * 19])))
