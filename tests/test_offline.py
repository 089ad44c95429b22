"""Nothing at run time reaches the network: with every door shut, and each knock noted, all works and none is noted."""

import subprocess
from pathlib import Path

import pytest

from rag import Answer
from tests.processes import CITEWELL, environment, fetch, interrupt, serving

# Python runs a `sitecustomize` found on its path before anything else, in each process that a test starts.
GUARD = '''"""Shuts the network but for this machine itself, and notes what was tried."""
import socket

PROXY_PORT = {port}
OWN = {{"127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "", None}}


def _refuse(what):
    with open({notes!r}, "a") as notes:
        notes.write(what + "\\n")
    raise OSError("the network is shut: " + what)


def _check(address):
    if isinstance(address, tuple) and (address[0] not in OWN or address[1] == PROXY_PORT):
        _refuse(f"connect {{address}}")


class Guarded(socket.socket):
    def connect(self, address):
        _check(address)
        return super().connect(address)

    def connect_ex(self, address):
        _check(address)
        return super().connect_ex(address)

    def sendto(self, data, *rest):
        _check(rest[-1])
        return super().sendto(data, *rest)


def _getaddrinfo(host, *rest, _real=socket.getaddrinfo, **options):
    name = host.decode() if isinstance(host, bytes) else host
    return _real(host, *rest, **options) if name in OWN else _refuse(f"look up {{name}}")


socket.socket = Guarded
socket.getaddrinfo = _getaddrinfo
'''
TRIES = """
import socket, urllib.request
for attempt in (
    lambda: urllib.request.urlopen("http://example.org"),
    lambda: socket.create_connection(("example.org", 80)),
    lambda: socket.socket().connect(("192.0.2.1", 80)),
    lambda: socket.socket().connect_ex(("192.0.2.1", 443)),
    lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"?", ("192.0.2.1", 53)),
):
    try:
        attempt()
    except OSError:
        pass
"""
PROXY_PORT = 9
PROXY = f"http://127.0.0.1:{PROXY_PORT}"


@pytest.fixture
def notes(tmp_path):
    """Where the guard notes what was tried."""
    return tmp_path / "tried"


@pytest.fixture
def shut(tmp_path, notes):
    """An environment whose Python processes have no network, and a proxy that is not there."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard/sitecustomize.py").write_text(GUARD.format(notes=str(notes), port=PROXY_PORT))
    proxies = {name: PROXY for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")}
    without = {"NO_PROXY": "", "no_proxy": ""}
    return environment(tmp_path, PYTHONPATH=str(tmp_path / "guard"), **proxies, **without)


@pytest.mark.slow
def test_the_guard_notes_what_is_tried(shut, notes, tmp_path):
    subprocess.run([Path(CITEWELL).with_name("python"), "-c", TRIES], env=shut, check=True, cwd=tmp_path)
    assert notes.read_text().splitlines() == [
        f"connect ('127.0.0.1', {PROXY_PORT})",
        "look up example.org",
        "connect ('192.0.2.1', 80)",
        "connect ('192.0.2.1', 443)",
        "connect ('192.0.2.1', 53)",
    ]


@pytest.mark.slow
def test_a_new_library_answers_offline(shut, notes, tmp_path):
    ask = [CITEWELL, "ask", "what do Bar Raisers look for?", "--json"]
    ended = subprocess.run(ask, env=shut, cwd=tmp_path, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    answer = Answer.model_validate_json(ended.stdout)
    assert not answer.abstained
    assert answer.citations
    assert not notes.exists(), notes.read_text()


@pytest.mark.slow
def test_the_web_chat_is_served_offline(shut, notes, tmp_path):
    with serving([CITEWELL, "serve", "--port", "0"], env=shut, cwd=tmp_path) as (url, process):
        page = fetch(url)
        interrupt(process)
        output, _ = process.communicate()
    assert "Citewell" in page
    assert (process.returncode, output) == (0, "Stopped.\n")
    assert not notes.exists(), notes.read_text()
