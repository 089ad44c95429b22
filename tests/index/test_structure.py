from hypothesis import given
from hypothesis import strategies as st

from index.structure import parse_blocks

LINES = st.text(st.sampled_from("aZ1 .\n\t#|-*`~•)=:") | st.characters(exclude_categories=["Cs"]), max_size=120)


def blocks(text, *, markdown=True):
    return [(block.kind, text[block.content : block.end]) for block in parse_blocks(text, markdown=markdown)]


def test_markdown_headings_paragraphs_items_rows_and_code():
    text = "# Pumps\n\nA pump\nmoves water.\n\n- small\n- large\n\n"
    text += "| size | litres |\n|---|---|\n| big | 9 |\n\n```py\n# no heading\n- no item\n```\n"
    assert blocks(text) == [
        ("heading", "Pumps"),
        ("paragraph", "A pump\nmoves water."),
        ("item", "small"),
        ("item", "large"),
        ("row", "| size | litres |"),
        ("row", "|---|---|"),
        ("row", "| big | 9 |"),
        ("code", "py\n# no heading\n- no item\n```"),
    ]


def test_heading_levels():
    found = parse_blocks("## Pumps\n\n###### Deep\n\n####### seven\n", markdown=True)
    assert [(block.kind, block.level) for block in found] == [("heading", 2), ("heading", 6), ("paragraph", 0)]


def test_a_heading_without_words_is_none():
    assert blocks("#\n\n# \n\ntext") == [("paragraph", "#"), ("paragraph", "#"), ("paragraph", "text")]


def test_a_fence_is_closed_by_its_own_kind_or_by_the_end():
    assert blocks("```\na\n~~~\nb\n```\nc") == [("code", "\na\n~~~\nb\n```"), ("paragraph", "c")]
    assert blocks("````\n```\n````\nc") == [("code", "\n```\n````"), ("paragraph", "c")]
    assert blocks("~~~\na\n\nb") == [("code", "\na\n\nb")]


def test_nested_items_have_their_indentation_as_level():
    text = "- fruit\n  - apple\n\t- pear\n- nuts"
    assert [(block.level, text[block.content : block.end]) for block in parse_blocks(text, markdown=True)] == [
        (0, "fruit"),
        (2, "apple"),
        (4, "pear"),
        (0, "nuts"),
    ]


def test_numbered_items():
    assert blocks("1. boil\n2. pour\n3) wait\na) or not") == [("item", "boil"), ("item", "pour"), ("item", "wait"), ("item", "or not")]


def test_an_item_goes_on_over_lines_without_a_marker():
    assert blocks("- boil it\n  for long\n- pour") == [("item", "boil it\n  for long"), ("item", "pour")]


def test_a_wrapped_number_or_initial_is_no_item():
    assert blocks("It was on page\n12. The lamp broke.") == [("paragraph", "It was on page\n12. The lamp broke.")]
    assert blocks("J. Mbeki wrote it.") == [("paragraph", "J. Mbeki wrote it.")]


def test_a_list_may_follow_its_sentence_at_once():
    assert blocks("You need:\n1. salt\n2. oil") == [("paragraph", "You need:"), ("item", "salt"), ("item", "oil")]


def test_plain_text_short_lines_above_prose_are_headings():
    text = "Welders\n\nWe look for a welder with ten years of practice.\n\nWhat do we pay?\n\nMore than others do.\n"
    assert blocks(text, markdown=False) == [
        ("heading", "Welders"),
        ("paragraph", "We look for a welder with ten years of practice."),
        ("heading", "What do we pay?"),
        ("paragraph", "More than others do."),
    ]


def test_plain_text_place_line_above_a_long_line_is_a_heading():
    posting = "We look for a welder. " * 12
    text = f"FR, Lyon\n{posting}\nPT, Braga\n{posting}"
    assert [kind for kind, _ in blocks(text, markdown=False)] == ["heading", "paragraph", "heading", "paragraph"]


def test_plain_text_lines_that_are_no_headings():
    body = "\n\nThe rest of this text is a good deal longer than the line above it."
    for line in ("a small letter", "Ends like prose.", "Said so:", "A line of far too many words to be one " * 3, "“Quoted”"):
        assert blocks(line + body, markdown=False)[0][0] == "paragraph", line
    assert blocks("Last line", markdown=False) == [("paragraph", "Last line")]


def test_plain_text_numbered_heading_stands_apart_from_lists():
    assert blocks("1. Scope\n\nThis text is about the scope of it.", markdown=False)[0] == ("heading", "1. Scope")
    assert blocks("1. Salt\n2. Oil\n\nMix it all until it is smooth.", markdown=False)[:2] == [("item", "Salt"), ("item", "Oil")]


def test_plain_text_hard_wrapped_lines_are_one_paragraph():
    text = "The lamp was lit at\nnine, and it burned\nuntil the morning."
    assert blocks(text, markdown=False) == [("paragraph", text)]


def test_plain_text_labels_inside_a_line_are_headings_below_guessed_ones():
    text = "FR, Lyon\n\nWe weld all day. Key job responsibilities - Weld - Grind - Paint About the team We are nine."
    found = parse_blocks(text, markdown=False)
    assert [(block.kind, block.level, text[block.start : block.end]) for block in found] == [
        ("heading", 2, "FR, Lyon"),
        ("paragraph", 0, "We weld all day."),
        ("heading", 3, "Key job responsibilities"),
        ("paragraph", 0, "- Weld - Grind - Paint"),
        ("heading", 3, "About the team"),
        ("paragraph", 0, "We are nine."),
    ]


def test_markdown_has_headings_of_its_own_so_labels_stay_text():
    assert blocks("We weld. About the team We are nine.") == [("paragraph", "We weld. About the team We are nine.")]


def test_a_label_ends_an_item():
    assert blocks("• Weld About the team We are nine.", markdown=False) == [
        ("item", "Weld"),
        ("heading", "About the team"),
        ("paragraph", "We are nine."),
    ]
    assert blocks("• About the team We are nine.", markdown=False) == [("item", "About the team We are nine.")]


def test_a_line_of_several_bullets_is_prose_with_a_list_inside():
    assert blocks("• one • two", markdown=False) == [("paragraph", "• one • two")]


def test_a_part_of_a_text_is_read_by_itself():
    text = "# A\n\nfirst\n\nsecond"
    found = parse_blocks(text, markdown=True, start=5, end=10)
    assert [(block.start, block.end) for block in found] == [(5, 10)]


@given(LINES, st.booleans())
def test_blocks_are_in_order_trimmed_and_hold_all_that_is_no_space(text, markdown):
    found = parse_blocks(text, markdown=markdown)
    position = 0
    for block in found:
        assert position <= block.start <= block.content <= block.end
        assert text[block.start : block.end] == text[block.start : block.end].strip() != ""
        assert text[position : block.start].strip() == ""
        position = block.end
    assert text[position:].strip() == ""
