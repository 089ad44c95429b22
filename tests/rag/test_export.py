import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from rag import Answer, Citation, Sentence
from rag.conversation import Conversation, Exchange
from rag.export import FORMS, exported, to_html, to_json, to_markdown
from rag.records import Difference, DifferenceSide
from tests.ui.browser.payloads import PAYLOADS

HOSTILE = '</title><script>alert(1)</script><img src=x onerror=y> ![z](http://evil.invalid/z.png) [a](javascript:b) "q" & `c`'


def conversation_of(*exchanges, title="Leave"):
    when = Exchange(question="?").asked.replace(year=2026, month=3, day=9)
    return Conversation(id="x" * 22, title=title, created=when, updated=when, exchanges=exchanges)


def answered(text="Staff accrue 25 days."):
    citation = Citation(
        number=1,
        document_id="0" * 16,
        title=f"Handbook {text}",
        source="/docs/handbook.pdf",
        page=7,
        section="Annual leave",
        heading_path=("Handbook", "Annual leave"),
        start=1200,
        end=1200 + len(text),
        quote=text,
        sha256="ab" * 32,
        also_in=("/docs/copy.pdf",),
    )
    answer = Answer(
        question="How much?",
        resolved_question="How much leave?",
        text=f"{text} [1]",
        sentences=(Sentence(text=text, citations=(1,), verdict="weak"),),
        citations=(citation,),
        abstained=False,
        confidence=0.9,
        missing=("And why?",),
        differences=(Difference(sides=(DifferenceSide(value="25 days", title="A", date="2024", citation=1),)),),
    )
    return Exchange(question="How much?", documents=2, answer=answer)


@pytest.mark.parametrize("make", [to_markdown, to_html])
def test_has_all_that_an_answer_rests_on(make):
    made = make(conversation_of(answered(), Exchange(question="And sick?", problem="Stopped.")))
    made = made.replace("\\", "")
    for part in ("Leave", "How much?", "of 2 documents", "Staff accrue 25 days.", "[1]", "weak", "Handbook", "Annual leave"):
        assert part in made
    for part in ("page 7", "/docs/handbook.pdf", "also in /docs/copy.pdf", "characters 1,200–1,221", "ab" * 32, "And sick?", "Stopped."):
        assert part in made
    assert "Searched for: How much leave?" in made


@pytest.mark.parametrize("make", [to_markdown, to_html])
def test_says_where_documents_differ_and_what_is_missing(make):
    made = make(conversation_of(answered())).replace("\\", "")
    assert "The documents differ: 25 days (A, 2024) [1]" in made and "Not found in the documents: And why?" in made


def test_json_is_the_record():
    conversation = conversation_of(answered())
    assert Conversation.model_validate_json(to_json(conversation)) == conversation


class Tags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.seen = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, {name for name, _ in attributes}))


def test_a_hostile_conversation_is_a_page_of_text():
    refusal = Exchange(
        question=HOSTILE, answer=Answer(question="?", resolved_question=HOSTILE, text=HOSTILE, abstained=True, confidence=0.1)
    )
    page = to_html(conversation_of(answered(HOSTILE), refusal, Exchange(question=HOSTILE, problem=HOSTILE), title=HOSTILE))
    tags = Tags(page).seen
    assert {tag for tag, _ in tags} <= set(
        "html head meta title style body h1 h2 h3 p section sup span strong ol li cite blockquote".split()
    )
    assert {name for _, names in tags for name in names} <= {"lang", "charset", "http-equiv", "content", "name", "class", "value"}


def test_hostile_words_mean_nothing_in_markdown():
    made = to_markdown(conversation_of(Exchange(question=f"{HOSTILE}\n# Head", problem=HOSTILE), title=HOSTILE))
    assert not re.search(r"(?<!\\)[<\[`]", made)
    assert len([line for line in made.splitlines() if line.startswith("#")]) == 2


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown_of_a_hostile_answer_has_no_markup_of_its_own(payload):
    refusal = Exchange(question=payload, problem=payload)
    text = to_markdown(conversation_of(answered(payload), refusal, title=payload))
    page = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").render(text)
    tags = Tags(page).seen
    assert {tag for tag, _ in tags} <= set("h1 h2 h3 p ul ol li blockquote".split())
    assert {name for _, names in tags for name in names} <= {"start"}


@pytest.mark.parametrize("text", ["- a", "+ a", "12. a", "3) a", "=== a", "--- "])
def test_a_line_that_begins_like_a_list_is_a_line(text):
    page = MarkdownIt("commonmark").render(to_markdown(conversation_of(Exchange(question="?", problem=text))))
    assert f"<p>{text.strip()}</p>" in page


def test_an_answer_in_markdown_keeps_its_list_and_its_short_answer():
    exchange = answered()
    sentences = (
        Sentence(text="25", citations=(1,), verdict="supported", kind="short"),
        Sentence(text="*One*", citations=(1,), verdict="supported", kind="item"),
    )
    answer = exchange.answer.model_copy(update={"sentences": sentences})
    made = to_markdown(conversation_of(exchange.model_copy(update={"answer": answer})))
    assert "\n**25** [1]\n" in made and "\n- \\*One\\* [1]\n" in made


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("What's a/b: “c”?", "What-s-a-b-c.md"),
        ("../../etc\x00\u202egnp", "etc-gnp.md"),
        ("???", "conversation.md"),
        ("日本語", "日本語.md"),
    ],
)
def test_a_file_is_named_by_the_title(title, name):
    assert exported(conversation_of(title=title), "markdown")[0] == name


def test_every_form_is_made():
    assert [exported(conversation_of(answered()), form)[:2] for form in FORMS] == [
        ("Leave.md", "text/markdown"),
        ("Leave.html", "text/html"),
        ("Leave.json", "application/json"),
    ]
