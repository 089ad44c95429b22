from importlib.resources import files
from pathlib import Path

import pytest

from eval.gate import Baseline, Bounds, Gate, GateError, GateFailed, check, failures, load_gate
from eval.records import EvalReport
from tests.eval.test_compare import run_of


def report(value: float = 0.5) -> EvalReport:
    found = run_of([value] * 30)
    return found.model_copy(update={"tags": {"typo": found.overall}})


def test_what_keeps_its_bounds_passes(tmp_path):
    check(report(), Gate(floors={"facts": 0.5}, ceilings={"refused answerable": 0.0}), tmp_path)


def test_floors_ceilings_and_tags(tmp_path):
    gate = Gate(floors={"facts": 0.6}, ceilings={"error of answers": 0.9}, tags={"typo": Bounds(floors={"facts": 0.7})})
    with pytest.raises(GateFailed) as error:
        check(report(), gate, tmp_path)
    assert str(error.value).splitlines()[1:] == [
        "  facts is 0.5000, below its floor 0.6",
        "  error of answers is 1.0000, above its ceiling 0.9",
        "  facts (tag typo) is 0.5000, below its floor 0.7",
    ]


def test_a_bound_that_nobody_would_check_is_an_error(tmp_path):
    with pytest.raises(GateError, match="names 'fact', which this run does not have"):
        check(report(), Gate(floors={"fact": 0.6}), tmp_path)
    with pytest.raises(GateError, match="names the tag 'typos'"):
        check(report(), Gate(tags={"typos": Bounds()}), tmp_path)


def test_significantly_worse_than_a_kept_run(tmp_path):
    (tmp_path / "kept.json").write_text(report(0.9).model_dump_json(), encoding="utf-8")
    assert failures(report(), Gate(baseline=Baseline(run="kept.json")), tmp_path) == [
        "facts is 0.5000, significantly worse than 0.9000 in kept.json"
    ]
    assert failures(report(0.9), Gate(baseline=Baseline(run="kept.json", figures=("facts",))), tmp_path) == []
    with pytest.raises(GateError, match="compares 'fact'"):
        failures(report(), Gate(baseline=Baseline(run="kept.json", figures=("fact",))), tmp_path)


@pytest.mark.parametrize(
    ("content", "says"),
    [("[floors", "cannot be read"), ("[flors]\nfacts = 1", "flors: Extra inputs"), ('[floors]\nfacts = "high"', "floors.facts: ")],
)
def test_a_malformed_gate_is_named(tmp_path, content, says):
    (tmp_path / "gate.toml").write_text(content)
    with pytest.raises(GateError, match=says):
        load_gate(tmp_path / "gate.toml")


def test_a_gate_by_tag_and_run_is_read(tmp_path):
    (tmp_path / "gate.toml").write_text('[tags.typo.floors]\nfacts = 0.9\n[baseline]\nrun = "last"\nfigures = ["facts"]\n')
    gate = load_gate(tmp_path / "gate.toml")
    assert gate.tags["typo"].floors == {"facts": 0.9}
    assert gate.baseline == Baseline(run="last", figures=("facts",))


def test_the_shipped_gate_is_read():
    assert load_gate(Path(str(files("eval") / "gates.toml"))).ceilings == {"refused answerable": 0.1}
