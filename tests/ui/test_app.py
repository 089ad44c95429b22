import socket

import pytest

from index.errors import CitewellError
from tests.ui.conftest import QUOTE
from ui.app import _listen, answer_record


def test_a_record_holds_the_answer_and_its_exact_words(assistant, make_answer):
    assistant.answers["How much leave?"] = make_answer("How much leave?", QUOTE)
    record = answer_record(assistant, "How much leave?")
    assert record["answer"] == f"{QUOTE} [1]"
    assert record["abstained"] is False
    assert [citation["quote"] for citation in record["citations"]] == [QUOTE]


def test_takes_the_next_free_port():
    with _listen("127.0.0.1", None) as first, _listen("127.0.0.1", None) as second:
        assert 7860 <= first.getsockname()[1] < second.getsockname()[1]


def test_a_taken_port_is_an_error_that_names_it():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CitewellError, match=rf"port {port} .*--port"):
            _listen("127.0.0.1", port)
