import pytest

from index.markdown import strip_front_matter, without_inline_markup


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("A **bold** and *slanted* ~~old~~ word.", "A bold and slanted old word."),
        ("See [the manual](http://x.test/a_b) or ![a pump](p.png).", "See the manual or a pump."),
        ("Run `make_all` now.", "Run make_all now."),
        ("Salt &amp; oil, 3 \\* 4", "Salt & oil, 3 * 4"),
        ("One<br>two <b>three</b>", "Onetwo three"),
        ("- **a**\n- [b](c)", "- a\n- b"),
        ("| **x** | `y` |\n|---|---|\n| *z* | 1 |", "| x | y |\n|---|---|\n| z | 1 |"),
        ("first *line\nsecond* line", "first line\nsecond line"),
        ("snake_case_name stays", "snake_case_name stays"),
        ("```\n**code** stays\n```", "```\n**code** stays\n```"),
        ("above\n\n---\n\nbelow", "above\n\n\n\nbelow"),
    ],
)
def test_inline_markup_becomes_its_words(written, shown):
    assert without_inline_markup(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Pumps\n=====\n\ntext", "# Pumps\n\n\ntext"),
        ("Small *pumps*\n---\ntext", "## Small pumps\n\ntext"),
        ("Two\nlines\n===", "# Two lines\n\n"),
        ("  ## Pumps ##  ", "## Pumps"),
        ("## C#", "## C#"),
        ("#\n\ntext", "\n\ntext"),
    ],
)
def test_headings_have_one_form(written, shown):
    assert without_inline_markup(written) == shown


def test_quotations_lose_their_signs():
    assert without_inline_markup("> He *said*\n> so.\n>\n> > Deeper\n\nAfter > all") == "He said\nso.\n\nDeeper\n\nAfter > all"


def test_html_blocks_keep_their_words_and_lines():
    written = '<div align="center">\n<b>Pumps</b> &amp; more\n</div>\n\n<!-- a\nsecret -->\n\n<script>\nlet x = "<p>";\n</script>\n\nend'
    assert without_inline_markup(written) == "\nPumps & more\n\n\n\n\n\n\n\n\n\nend"


def test_front_matter_is_taken_off():
    body, fields = strip_front_matter("---\ntitle: Pumps\ntags: [a, b]\nyear: 2024\nnote:\n---\n\nA pump.\n")
    assert body == "A pump.\n"
    assert fields == {"title": "Pumps", "tags": "a, b", "year": "2024"}


@pytest.mark.parametrize(
    "text", ["---\nnot: [closed\n---\ntext", "---\ndate: 2024-13-45\n---\ntext", "---\nJust prose\n---\ntext", "no front"]
)
def test_what_is_no_front_matter_is_body(text):
    assert strip_front_matter(text) == (text, {})
