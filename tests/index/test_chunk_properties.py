"""What holds of chunks whatever the text and the settings: nothing is lost, nothing twice, no sentence cut without need."""

from hypothesis import given, settings
from hypothesis import strategies as st

from index.chunk import chunk_document, kept_blocks
from index.documents import Parsed, document_from
from index.sentences import sentence_spans
from tests.conftest import FakeEmbedder

count_tokens = FakeEmbedder().count_tokens

LINES = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["", "# Title", "## Part", "### Deep", "- item one", "  - nested", "1. first", "| a | b |", "|---|---|", "You need:", "```"]
    ),
    st.lists(st.sampled_from(["One two three.", "Does it? Yes!", "It is 3.5 m.", "so e.g. this", "• a • b"]), max_size=6).map(" ".join),
)
TEXTS = st.lists(LINES, max_size=25).map("\n".join).filter(str.strip)
TOKENS = st.integers(min_value=1, max_value=200)


def cut(text, max_tokens, markup):
    document = document_from(Parsed(text, markup=markup), source="s", name="n", digest="")
    return document, chunk_document(document, count_tokens, max_tokens=max_tokens)


@settings(deadline=None, max_examples=150)
@given(TEXTS, TOKENS, st.sampled_from(["plain", "markdown"]))
def test_chunks_cover_the_text_without_gaps_in_order(text, max_tokens, markup):
    document, chunks = cut(text, max_tokens, markup)
    covered, at = [False] * len(text), 0
    for chunk in chunks:
        assert at <= chunk.start < chunk.end
        assert document.text[chunk.start : chunk.end] == chunk.text
        covered[chunk.start : chunk.end] = [True] * (chunk.end - chunk.start)
        at = chunk.end
    for removed in document.removed:
        covered[removed.start : removed.end] = [True] * (removed.end - removed.start)
    left = [(place, sign) for place, sign in enumerate(document.text) if not covered[place] and not sign.isspace()]
    assert left == []


@settings(deadline=None, max_examples=150)
@given(TEXTS, TOKENS, st.sampled_from(["plain", "markdown"]))
def test_no_sentence_that_fits_a_chunk_is_cut(text, max_tokens, markup):
    document, chunks = cut(text, max_tokens, markup)
    for block in kept_blocks(document):
        if block.kind != "paragraph":
            continue
        for start, end in sentence_spans(text, block.start, block.end, keep_bullets=True):
            sentence = text[start:end]
            if max(count_tokens([sentence])[0], len(sentence) // 8) <= max_tokens:
                assert any(chunk.start <= start and end <= chunk.end for chunk in chunks), sentence


@settings(deadline=None, max_examples=60)
@given(TEXTS, TOKENS)
def test_the_same_text_is_cut_the_same(text, max_tokens):
    assert cut(text, max_tokens, "markdown") == cut(text, max_tokens, "markdown")
