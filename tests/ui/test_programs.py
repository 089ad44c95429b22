"""The real server with the real model, asked by the real clients of each interface."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import pytest

from tests.processes import CITEWELL, environment, serving

QUESTION = "what do Bar Raisers look for?"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of a server where people sign in, and a token for it."""
    home = tmp_path_factory.mktemp("served")
    env = environment(home, CITEWELL_REQUESTS_PER_MINUTE="100000")
    made = subprocess.run([CITEWELL, "token", "robot", "--file", "users"], env=env, cwd=home, capture_output=True, text=True, check=True)
    with serving([CITEWELL, "serve", "--port", "0", "--auth", "users"], env=env, cwd=home) as (url, _):
        yield url, made.stdout.strip()


def test_the_openai_client(served):
    from openai import AuthenticationError, NotFoundError, OpenAI

    url, token = served
    messages = [{"role": "user", "content": QUESTION}]
    with OpenAI(base_url=f"{url}/v1", api_key=token) as client:
        assert [model.id for model in client.models.list()] == ["citewell"]
        completed = client.chat.completions.create(model="citewell", messages=messages)
        text = completed.choices[0].message.content
        assert completed.citations and completed.citations[0]["quote"]
        assert text.count("\n\n---\n\n[1] ") == 1
        with client.chat.completions.create(model="citewell", messages=messages, stream=True) as stream:
            chunks = list(stream)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == text
        assert chunks[-1].citations == completed.citations
        with pytest.raises(NotFoundError, match="citewell"):
            client.chat.completions.create(model="gpt-5", messages=messages)
    with OpenAI(base_url=f"{url}/v1", api_key="guess") as client, pytest.raises(AuthenticationError, match="citewell token"):
        client.models.list()


def test_the_mcp_client_over_http(served):
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    url, token = served

    async def ask():
        import httpx2

        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60) as http:
            async with Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client:
                return await _all_tools(client)

    _check_tools(*_run(ask))


def test_the_mcp_client_over_stdio(tmp_path):
    from mcp import Client, StdioServerParameters, stdio_client

    async def ask():
        started = StdioServerParameters(command=CITEWELL, args=["mcp"], env=environment(tmp_path), cwd=str(tmp_path))
        async with Client(stdio_client(started)) as client:
            return await _all_tools(client)

    _check_tools(*_run(ask))


def _run(ask):
    """In a thread of its own: in this one, the browser that other tests drive may keep a loop of events running."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(anyio.run, ask).result()


async def _all_tools(client):
    tools = (await client.list_tools()).tools
    answered = await client.call_tool("answer", {"question": QUESTION})
    found = await client.call_tool("retrieve", {"question": QUESTION, "k": 3})
    listed = await client.call_tool("list_documents", {})
    return tools, answered, found, listed


def _check_tools(tools, answered, found, listed):
    assert [tool.name for tool in tools] == ["answer", "retrieve", "list_documents"]
    assert answered.structured_content["citations"]
    assert len(found.structured_content["passages"]) == 3
    assert listed.structured_content["total"] == len(listed.structured_content["documents"]) > 3


def test_gradios_client(served):
    from gradio_client import Client

    url, token = served
    client = Client(url, headers={"Authorization": f"Bearer {token}"}, verbose=False)
    try:
        assert client.predict(QUESTION, api_name="/ask")["citations"]
    finally:
        client.close()


# that the last message must be a user's is nothing that a schema can say
@pytest.mark.parametrize(
    ("path", "without"), [("/api/openapi.json", []), ("/v1/openapi.json", ["--exclude-checks", "positive_data_acceptance"])]
)
def test_schemathesis_finds_nothing(served, tmp_path, path, without):
    url, token = served
    command = [Path(CITEWELL).with_name("schemathesis"), "run", f"{url}{path}", "--header", f"Authorization: Bearer {token}"]
    options = ["--max-examples", "20", "--seed", "1", "--phases", "examples,coverage,fuzzing", "--no-color"]
    ended = subprocess.run([*command, *options, *without], env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 0, re.sub(r"\n{3,}", "\n\n", ended.stdout[-6000:] + ended.stderr[-2000:])
