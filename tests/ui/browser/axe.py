"""axe-core, the accessibility checker, as npm has it; run in a page."""

import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

VERSION = "4.14.1"
GRAVE = ("serious", "critical")
_RUN = """() => {
    document.getAnimations().forEach((moving) => moving.finish());
    // how large what is touched must be is no part of the rules that axe checks by itself
    return axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } });
}"""


def axe_core(folder: Path) -> str:
    """The checker's script, by way of an empty folder; where npm cannot give it the test is left out, unless all is required."""
    command = ["npm", "pack", "--silent", "--prefer-offline", "--pack-destination", str(folder), f"axe-core@{VERSION}"]
    try:
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
        problem = f"npm ended with {ended.returncode}: {ended.stderr.strip()}" if ended.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        problem = str(error)
    if problem and os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"npm did not give axe-core {VERSION}: {problem}")
    if problem:
        pytest.skip(f"npm did not give axe-core {VERSION}: {problem.splitlines()[-1]}")
    with tarfile.open(folder / f"axe-core-{VERSION}.tgz") as packed:
        return packed.extractfile("package/axe.min.js").read().decode()


def faults(page: Page, script: str) -> list[str]:
    """The serious and critical faults of a page, a line each: the rule, the element, what is wrong with it."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(script)
    result = page.evaluate(_RUN)
    assert result["testEngine"]["version"] == VERSION
    return [
        f"{fault['id']} ({fault['impact']}): {node['html'][:160]} {node['failureSummary'][:300]}"
        for fault in result["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]
