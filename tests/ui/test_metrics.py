"""`/metrics` as Prometheus reads it."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.ui.programs import QUESTION, application, client_of, small_library
from ui.limits import Limits


@pytest.fixture
def client(tmp_path):
    with small_library(tmp_path) as library:
        yield client_of(application(library, limits=Limits(requests_per_minute=6)))


def figures(client):
    text = client.get("/metrics").text
    return {
        (sample.name, *sample.labels.values()): sample.value for family in text_string_to_metric_families(text) for sample in family.samples
    }


def test_requests_answers_and_refusals_are_counted(client):
    client.post("/api/answer", json={"question": QUESTION})
    client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "Who painted the ceiling?"}]})
    client.post("/api/answer", json={"question": QUESTION, "documents": ["nothing.md"]})
    client.get("/api/documents/0123456789abcdef")
    client.request("INVENTED", "/invented")
    found = figures(client)
    assert found["citewell_requests_total", "POST", "/api/answer", "200"] == 1
    assert found["citewell_requests_total", "POST", "/api/answer", "404"] == 1
    assert found["citewell_requests_total", "GET", "/api/documents", "404"] == 1
    assert [count for key, count in found.items() if key[:3] == ("citewell_requests_total", "other", "other")] == [1]
    assert found["citewell_request_seconds_count", "/api/answer"] == 2
    assert [found["citewell_answers_total", outcome] for outcome in ("answered", "refused", "failed")] == [1, 1, 1]


def test_what_is_refused_is_counted(client):
    statuses = [client.get("/v1/models").status_code for _ in range(7)]
    assert statuses == [200] * 6 + [429]
    assert client.get("/metrics", headers={"Host": "evil.example"}).status_code == 400
    client = client_of(client.app, "10.0.0.2")
    assert figures(client)["citewell_requests_total", "GET", "/v1/models", "429"] == 1


def test_the_library_and_the_line_are_told_as_they_are(client):
    found = figures(client)
    assert found["citewell_documents",] == 2
    assert found["citewell_chunks",] >= 2
    assert (found["citewell_questions_waiting",], found["citewell_questions_at_work",]) == (0, 0)
