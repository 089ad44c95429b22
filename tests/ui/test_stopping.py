import asyncio

import httpx
from gradio.routes import App

from ui.app import web_app


class Searching:
    """A generator that is in the middle of its search, and can be closed once that is done."""

    def __init__(self):
        self.done = asyncio.Event()

    async def aclose(self):
        await self.done.wait()


def test_two_requests_that_stop_the_same_answer_both_succeed(assistant):
    async def stopped():
        app = web_app(assistant)
        [gradio] = [route.app for route in app.routes if isinstance(getattr(route, "app", None), App)]
        gradio.iterators["e" * 32] = searching = Searching()
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860") as client:
            event = {"event_id": "e" * 32, "session_hash": "s", "fn_index": 1}
            stops = [asyncio.create_task(client.post("/gradio_api/cancel", json=event)) for _ in range(2)]
            while not gradio.lock._waiters:  # both have seen it
                await asyncio.sleep(0)
            searching.done.set()
            return [(await stop).status_code for stop in stops], gradio.iterators

    assert asyncio.run(stopped()) == ([200, 200], {})
