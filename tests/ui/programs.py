"""The real web application over a small library, as programs find it."""

import asyncio
from contextlib import contextmanager

from starlette.testclient import TestClient

from index.library import Library
from rag import Assistant
from rag.config import AnswerSettings
from tests.conftest import FakeEmbedder
from tests.ui.conftest import LEAVE
from ui.app import web_app

QUESTION = "How many days of paid leave do full-time staff accrue?"
TEA = "# Tea\n\nGreen tea is brewed for four minutes.\n"


@contextmanager
def small_library(folder):
    """Two documents, by a model that counts words."""
    files = {"handbook.md": LEAVE, "tea.md": TEA}
    (folder / "files").mkdir()
    for name, text in files.items():
        (folder / "files" / name).write_text(text)
    with Library(folder / "library", FakeEmbedder()) as library:
        library.add([folder / "files" / name for name in files])
        yield library


def application(library, settings=None, **options):
    """The application with an assistant that answers by the words that a question and a document share; `settings` are more of its own."""

    # inside a running loop, since Gradio makes one, and never closes it, where there is none
    async def build():
        return web_app(Assistant(library, AnswerSettings(threshold=0.3, reader="none", **settings or {})), **options)

    return asyncio.run(build())


def client_of(app, address="127.0.0.1", **options):
    return TestClient(app, base_url="http://127.0.0.1:7860", client=(address, 50000), **options)
