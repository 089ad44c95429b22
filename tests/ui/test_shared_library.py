"""Several `citewell serve` over one library on a Milvus server, as people run them: real processes, the shipped model."""

import json
import subprocess
import time
from contextlib import ExitStack
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tests.index.milvus_server import MilvusServer
from tests.processes import CITEWELL, environment, serving

pytestmark = pytest.mark.slow

PILOT = "# The pilot\n\nThe pilot of Larkhaven is called Odalys Brandt. She brings ships in at night.\n"
LAMP = "# The lamp\n\nThe lamp of Larkhaven was lit in 1874 by the keeper Tobin Ashgrove.\n"
_SEEN_SECONDS = 60


def call(url, question=None):
    """Status and JSON of an address; with a question, of the answer to it."""
    data = json.dumps({"question": question}).encode() if question else None
    try:
        with build_opener(ProxyHandler({})).open(Request(url, data, {"Content-Type": "application/json"}), timeout=60) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        return error.code, json.load(error)


def until(ask, wanted):
    """Asks until what comes back is as wanted, and gives it back."""
    last = time.monotonic() + _SEEN_SECONDS
    while not wanted(found := ask()):
        assert time.monotonic() < last, found
    return found


def test_what_is_added_by_one_is_cited_by_the_other_and_a_server_that_is_away_is_told(tmp_path):
    server = MilvusServer(tmp_path / "milvus" / "data")
    server.folder.parent.mkdir()
    server.start()
    library = server.address("larkhaven")
    (tmp_path / "pilot.md").write_text(PILOT)
    (tmp_path / "lamp.md").write_text(LAMP)

    def command(*arguments, home="one"):
        return subprocess.run(
            [CITEWELL, *arguments, "--library", library],
            env=environment(tmp_path / home, CITEWELL_MILVUS_INDEX="FLAT", CITEWELL_MILVUS_SECONDS="3"),
            capture_output=True,
            text=True,
            timeout=120,
        )

    with ExitStack() as stack:
        stack.callback(server.stop)
        missing = command("list")
        assert (missing.returncode, "there is no library" in missing.stderr) == (1, True), missing
        assert command("add", str(tmp_path / "pilot.md")).returncode == 0
        homes = [environment(tmp_path / home, CITEWELL_MILVUS_SECONDS="3") for home in ("one", "two")]
        chats = [
            stack.enter_context(serving([CITEWELL, "serve", "--port", str(port), "--library", library], env=home))[0]
            for port, home in zip((0, 0), homes, strict=True)
        ]
        for chat in chats:
            status, answer = call(f"{chat}/api/answer", "What is the pilot of Larkhaven called?")
            assert (status, "Odalys Brandt" in answer["text"]) == (200, True), answer
        added = command("add", str(tmp_path / "lamp.md"), home="two")
        assert added.returncode == 0, added
        question = "When was the lamp of Larkhaven lit?"
        for chat in chats:
            _, answer = until(lambda chat=chat: call(f"{chat}/api/answer", question), lambda found: "1874" in found[1].get("text", ""))
            [citation, *_] = answer["citations"]
            assert citation["source"].endswith("lamp.md")
            assert citation["quote"] in LAMP
            assert LAMP[citation["start"] : citation["end"]] == citation["quote"]
            assert call(f"{chat}/healthz") == (200, {"status": "ok"})

        server.stop()
        for chat in chats:
            status, told = call(f"{chat}/healthz")
            assert (status, told["status"]) == (503, "library away")
            assert f"127.0.0.1:{server.port} does not answer" in told["detail"]
            status, told = call(f"{chat}/api/answer", question)
            assert (status, "The library is away" in told["detail"]) == (503, True), told
        away = command("ask", question)
        assert (away.returncode, "The library is away" in away.stderr, "Traceback" in away.stderr) == (1, True, False), away

        server.start()
        for chat in chats:
            until(lambda chat=chat: call(f"{chat}/healthz"), lambda found: found == (200, {"status": "ok"}))
            _, answer = until(lambda chat=chat: call(f"{chat}/api/answer", question), lambda found: found[0] == 200)
            assert "1874" in answer["text"]

        for arguments, said in (
            (["ask", question], "1874"),
            (["list"], "lamp.md"),
            (["doctor"], "FLAT"),
            (["remove", "lamp.md", "--yes"], "Removed"),
        ):
            done = command(*arguments)
            assert (done.returncode, said in done.stdout) == (0, True), done
        _, answer = until(lambda: call(f"{chats[1]}/api/answer", question), lambda found: "1874" not in found[1]["text"])
        assert answer["abstained"]
