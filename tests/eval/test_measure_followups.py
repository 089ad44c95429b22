"""Follow-up questions of the part that nothing was fitted on, with the model and without."""

from eval.fit_followups import measured_part
from eval.measure_followups import main
from tests.eval.test_fit_followups import rewrite


def test_both_ways_are_measured(write_file, capsys):
    rewrites = [rewrite(id=f"{talk}#1") for talk in "abcdefgh"]
    file = write_file("rewrites.jsonl", "\n".join(one.model_dump_json() for one in rewrites))
    main([str(file)])
    told = capsys.readouterr().out
    assert f"{len(measured_part(rewrites))} questions" in told
    row = next(line for line in told.splitlines() if "words added" in line)
    assert row.count("1.000 (") == 2
