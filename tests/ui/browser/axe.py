"""axe-core, the accessibility checker, as npm has it; run in a page."""

import os
import subprocess
import tarfile
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

VERSION = "4.14.1"
GRAVE = ("serious", "critical")
_RUN = """() => {
    document.getAnimations().forEach((moving) => moving.finish());
    // how large what is touched must be is no part of the rules that axe checks by itself
    return axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } });
}"""

Faults = Callable[[Page], list[str]]


@pytest.fixture(scope="session")
def axe_core(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The checker's script; where npm cannot give it the test is left out, unless all is required."""
    folder = tmp_path_factory.mktemp("axe-core")
    command = ["npm", "pack", "--silent", "--prefer-offline", "--pack-destination", str(folder), f"axe-core@{VERSION}"]
    try:
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
        problem = ended.stderr if ended.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        problem = str(error)
    if problem and os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"npm did not give axe-core {VERSION}: {problem}")
    if problem:
        pytest.skip(f"npm did not give axe-core {VERSION}: {problem.strip().splitlines()[-1:]}")
    with tarfile.open(folder / f"axe-core-{VERSION}.tgz") as packed:
        return packed.extractfile("package/axe.min.js").read().decode()


@pytest.fixture
def faults(axe_core: str) -> Faults:
    """Finds the serious and critical faults of a page, a line each: the rule, the element, what is wrong with it."""

    def found(page: Page) -> list[str]:
        if not page.evaluate("Boolean(window.axe)"):
            page.evaluate(axe_core)
        result: dict[str, Any] = page.evaluate(_RUN)
        assert result["testEngine"]["version"] == VERSION
        return [
            f"{fault['id']} ({fault['impact']}): {node['html'][:160]} {node['failureSummary'][:300]}"
            for fault in result["violations"]
            if fault["impact"] in GRAVE
            for node in fault["nodes"]
        ]

    return found
