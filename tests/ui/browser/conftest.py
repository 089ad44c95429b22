"""One real server with the real model and the shipped documents; one real browser. Every test here is slow."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.ui.browser.payloads import PAYLOADS

ROOT = Path(__file__).parents[3]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
SERVER = """
import sys
from rag import Assistant
from tests.conftest import FakeEmbedder
from ui.app import serve
library, auth, model, shipped, *files = sys.argv[1:]
with Assistant.open(library, embedder=None if model == "real" else FakeEmbedder()) as assistant:
    if shipped:
        assistant.add_shipped_documents()
    assistant.add(files)
    serve(assistant, auth=auth or None)
"""


def pytest_collection_modifyitems(items):
    """Mark what needs the browser; without one it is left out, unless all is required."""
    missing = not CHROMIUM.exists() and os.environ.get("REQUIRE_ALL") != "1"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"{CHROMIUM} is not there; install Debian's chromium"))


@pytest.fixture(scope="session")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chat")
    hostile = folder / "files" / "quokka.txt"
    hostile.parent.mkdir()
    sentences = "\n\n".join(f"The quokka sign number {n} reads {payload} on the wall." for n, payload in enumerate(PAYLOADS, start=1))
    hostile.write_text(f"Signs of the quokka house\n\n{sentences}\n")
    with serving(folder, hostile, model="real") as url:
        yield url


@contextmanager
def serving(folder: Path, *files: Path, auth: str = "", model: str = "fake", shipped: bool = True) -> Iterator[str]:
    """A server of its own over these files, and the shipped ones; `auth` is its option. Without the real model it starts at once.

    At the end its terminal shows nothing of answers that were stopped twice; what a forged call is refused with, Gradio prints there.
    """
    command = [sys.executable, "-c", SERVER, str(folder / "library"), auth, model, "yes" if shipped else "", *map(str, files)]
    own = os.environ | {"XDG_DATA_HOME": str(folder / "data")}  # for what is kept in the user's data folder, as runs of gold questions
    if model != "real":
        own["CITEWELL_READER"] = "none"
    with (
        (folder / "errors.txt").open("w") as errors,
        subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, stderr=errors, text=True) as server,
    ):
        try:
            line = server.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found, f"the server did not start: {line}{(folder / 'errors.txt').read_text()}"
            yield found[0]
            printed = (folder / "errors.txt").read_text()
            assert "KeyError" not in printed, f"the server's terminal shows an error: {printed[-6000:]}"
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="session")
def browser():
    expect.set_options(timeout=20_000)  # two busy cores are slow
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, url):
    """Opens the chat at a size and in a colour scheme; at the end, nothing was asked of another machine and nothing failed.

    Of another server than the one that all share, it opens the page as it comes.
    """
    contexts, outside, problems = [], [], []
    shared = url

    def opened(width=1280, height=800, scheme="light", url=shared) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, permissions=["clipboard-read", "clipboard-write"]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        origin = url.partition("/#")[0]
        page.on("request", lambda request: request.url.startswith((origin, f"blob:{origin}", "data:")) or outside.append(request.url))
        page.on("dialog", lambda dialog: (problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(url)
        if url == shared:
            expect(page.locator("#chat .example").first).to_be_visible(timeout=60_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert outside == []
    assert problems == []


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture
def shoot(tmp_path):
    """Saves a picture in the folder that SCREENSHOTS names, else in the test's own."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png", animations="disabled")


@pytest.fixture(scope="session")
def client(url):
    from gradio_client import Client

    return Client(url, verbose=False)
