"""A question is answered without what makes a start slow."""

import gc
import os
import subprocess
import sys

import pytest

from rag.opening import one_question
from tests.processes import environment

SLOW_TO_IMPORT = (
    "torch",
    "sentence_transformers",
    "transformers",
    "gradio",
    "scipy",
    "sklearn",
    "pandas",
    "huggingface_hub",
    "trafilatura",
)
ASKS = """
import sys
from rag.cli import main
try:
    main(["ask", "what do Bar Raisers look for?"])
finally:
    print("IMPORTED", *sys.modules)
"""


@pytest.mark.slow
def test_ask_imports_no_heavy_library(tmp_path):
    for _ in ("a new library", "one that is there"):
        ended = subprocess.run([sys.executable, "-c", ASKS], env=environment(tmp_path), capture_output=True, text=True, check=True)
        answer, _, imported = ended.stdout.partition("IMPORTED")
        assert "functional competencies" in answer
        assert {"onnxruntime", "openvino"} & set(imported.split())
        assert not {name.partition(".")[0] for name in imported.split()} & set(SLOW_TO_IMPORT)


def test_only_one_question_leaves_out_the_search_for_garbage(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    with one_question():
        assert not gc.isenabled()
        assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    assert gc.isenabled()
