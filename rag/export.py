"""A kept conversation as a file: Markdown to paste, a page to print, JSON for programs and for `citewell check`."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from html import escape

from rag.conversation import Conversation, Exchange
from rag.records import Answer, Citation, Difference, Sentence

__all__ = ["FORMS", "exported", "inert", "place_of", "to_html", "to_json", "to_markdown"]

_NUMBER = re.compile(r"\s*(?<!\\)\[(\d{1,3})\]")
_UNANSWERED = "No answer."
_STYLE = """
body { max-width: 46rem; margin: 2.5rem auto; padding: 0 1.2rem; font: 1rem/1.6 system-ui, sans-serif; color: #292524; background: #fff; }
h1 { font-size: 1.5rem; line-height: 1.3; } h2 { margin: 2.2rem 0 .4rem; font-size: 1.1rem; }
p, li, blockquote, cite { overflow-wrap: anywhere; }
span, strong, cite { unicode-bidi: isolate; }
.about, cite, dl { font-size: .86rem; color: #57534e; } cite { font-style: normal; }
blockquote { margin: .3rem 0; padding-left: .9rem; border-left: 3px solid #0f766e; white-space: pre-line; }
.verdict { font-size: .76rem; color: #57534e; } .weak, .unsupported { color: #9a3412; } sup { color: #0f766e; }
.citations li { margin: .9rem 0; } code { font-size: .78rem; }
@media (prefers-color-scheme: dark) { body { color: #e7e5e4; background: #161412; } .about, cite, dl, .verdict { color: #a8a29e; }
  .weak, .unsupported { color: #fdba74; } sup { color: #5eead4; } }
"""


def to_json(conversation: Conversation) -> str:
    """The record itself; each answer in it is an `Answer`."""
    return conversation.model_dump_json(indent=2)


def to_markdown(conversation: Conversation) -> str:
    """Questions as headings, each answer with its sentences' verdicts and its numbered citations."""
    parts = [f"# {inert(conversation.title)}", f"Begun {_date(conversation)}. Every sentence rests on the words quoted below it."]
    for exchange in conversation.exchanges:
        parts += _markdown_exchange(exchange)
    return "\n\n".join(parts) + "\n"


def to_html(conversation: Conversation) -> str:
    """One page that needs nothing else: everything escaped, no script, nothing that is loaded."""
    exchanges = "".join(map(_html_exchange, conversation.exchanges))
    title = escape(conversation.title)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title><style>{_STYLE}</style></head>'
        f'<body><h1>{title}</h1><p class="about">Begun {_date(conversation)}. Every sentence rests on the words quoted below it.</p>'
        f"{exchanges}</body></html>\n"
    )


FORMS: dict[str, tuple[str, str, Callable[[Conversation], str]]] = {
    "markdown": ("md", "text/markdown", to_markdown),
    "html": ("html", "text/html", to_html),
    "json": ("json", "application/json", to_json),
}
"""The forms of an export: the ending of the file, its media type, and what makes it."""


def exported(conversation: Conversation, form: str) -> tuple[str, str, str]:
    """The name, the media type and the text of the file; `form` is one of FORMS."""
    ending, media_type, make = FORMS[form]
    return f"{_file_name(conversation.title)}.{ending}", media_type, make(conversation)


def _markdown_exchange(exchange: Exchange) -> Iterator[str]:
    yield f"## {inert(exchange.question)}"
    if (answer := exchange.answer) is None:
        yield inert(exchange.problem or _UNANSWERED)
        return
    yield _searched(answer, exchange, inert)
    yield from _markdown_answer(answer)
    if checked := [sentence for sentence in answer.sentences if sentence.kind != "short"]:
        yield "### Checked"
        yield "\n".join(f"- {sentence.verdict}: {inert(sentence.text)}{_numbers(sentence)}" for sentence in checked)
    if answer.citations:
        yield "### Citations"
        yield "\n\n".join(map(_markdown_citation, answer.citations))


def _markdown_answer(answer: Answer) -> Iterator[str]:
    if answer.abstained or not answer.sentences:
        yield inert(_NUMBER.sub("", answer.text))
        return
    for sentence in answer.sentences:
        text = f"**{inert(sentence.text)}**" if sentence.kind == "short" else inert(sentence.text)
        yield f"{'- ' if sentence.kind == 'item' else ''}{text}{_numbers(sentence)}"
    for difference in answer.differences:
        yield f"The documents differ: {inert(_difference(difference))}"
    if answer.missing:
        yield f"Not found in the documents: {inert('; '.join(answer.missing))}"


def _markdown_citation(citation: Citation) -> str:
    quote = "\n".join(f"   > {inert(line)}" for line in citation.quote.splitlines() if line.strip())
    return f"{citation.number}. {inert(place_of(citation))}\n\n{quote}\n\n   {inert(_span(citation))}"


def _html_exchange(exchange: Exchange) -> str:
    head = f"<section><h2>{escape(exchange.question)}</h2>"
    if (answer := exchange.answer) is None:
        return f'{head}<p class="about">{escape(exchange.problem or _UNANSWERED)}</p></section>'
    return f'{head}<p class="about">{_searched(answer, exchange, escape)}</p>{_html_answer(answer)}</section>'


def _html_answer(answer: Answer) -> str:
    if answer.abstained or not answer.sentences:
        return f"<p>{escape(_NUMBER.sub('', answer.text))}</p>"
    sentences = "".join(map(_html_sentence, answer.sentences))
    differences = "".join(f'<p class="about">The documents differ: {escape(_difference(one))}</p>' for one in answer.differences)
    missing = f'<p class="about">Not found in the documents: {escape("; ".join(answer.missing))}</p>' if answer.missing else ""
    citations = "".join(
        f'<li value="{citation.number}"><cite>{escape(place_of(citation))}</cite><blockquote>{escape(citation.quote)}</blockquote>'
        f'<span class="verdict">{escape(_span(citation))}</span></li>'
        for citation in answer.citations
    )
    return f'{sentences}{differences}{missing}<h3>Citations</h3><ol class="citations">{citations}</ol>'


def _html_sentence(sentence: Sentence) -> str:
    tag = "strong" if sentence.kind == "short" else "span"
    text = f"<{tag}>{escape(sentence.text)}</{tag}>"
    bullet = "• " if sentence.kind == "item" else ""
    verdict = f'<span class="verdict {sentence.verdict}">{sentence.verdict}</span>'
    return f"<p>{bullet}{text}<sup>{escape(_numbers(sentence))}</sup> {verdict}</p>"


def _difference(difference: Difference) -> str:
    dated = ((side, f", {side.date}" if side.date else "") for side in difference.sides)
    return "; ".join(f"{side.value} ({side.title}{date}) [{side.citation}]" for side, date in dated)


def _searched(answer: Answer, exchange: Exchange, made_safe: Callable[[str], str]) -> str:
    asked = f"{exchange.asked:%Y-%m-%d %H:%M} UTC"
    looked_for = f" Searched for: {made_safe(answer.resolved_question)}." if answer.resolved_question != answer.question else ""
    return f"Asked {asked} of {exchange.documents:,} document{'' if exchange.documents == 1 else 's'}.{looked_for}"


def _numbers(sentence: Sentence) -> str:
    return "".join(f" [{number}]" for number in sentence.citations)


def place_of(citation: Citation) -> str:
    """Where a citation stands, in words: document, section, page, source, and where else."""
    page = f"page {citation.page}" if citation.page else ""
    section = " › ".join(heading for heading in citation.heading_path if heading != citation.title)
    also = f"also in {', '.join(citation.also_in)}" if citation.also_in else ""
    return " · ".join(filter(None, [citation.title, section, page, citation.source, also]))


def _span(citation: Citation) -> str:
    return f"characters {citation.start:,}–{citation.end:,} · sha256 {citation.sha256}"


def _date(conversation: Conversation) -> str:
    return f"{conversation.created:%Y-%m-%d}"


def inert(text: str) -> str:
    """One line of Markdown in which the text's own signs mean nothing, nor its beginning, as of a list."""
    escaped = re.sub(r"([\\`*_\[\]<>!|~#&$])", r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d{0,9})([-+=.)])", r"\1\\\2", escaped)


def _file_name(title: str) -> str:
    """A title as the name of a file on any system."""
    kept = "".join(sign if unicodedata.category(sign)[0] in "LNM" else " " for sign in title)
    return "-".join(kept.split())[:60].strip("-") or "conversation"
