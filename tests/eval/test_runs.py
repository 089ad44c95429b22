import pytest

from eval.runs import Manifest, RunError, RunFolder, code_version, find_run, fingerprint, load_report, new_run_name, unfinished
from index import Document
from tests.eval.test_compare import question, run_of

MANIFEST = Manifest(
    name="tea",
    started="2030-01-02T03:04:05Z",
    command="citewell eval",
    gold="gold.jsonl",
    gold_sha256="1",
    documents_sha256="2",
    questions=2,
    sample=None,
    seed=0,
    settings={"threshold": 0.5},
    library={"generation": 3},
    version="0.1.0",
    commit="",
)


def test_an_interrupted_run_goes_on_where_it_was(tmp_path):
    folder = RunFolder(tmp_path / "run")
    assert folder.begin(MANIFEST) == {}
    folder.keep(question(0, facts=1.0))
    with (tmp_path / "run" / "questions.jsonl").open("a") as file:
        file.write('{"id": "half of a li')
    later = MANIFEST.model_copy(update={"started": "2030-01-03T00:00:00Z", "command": "citewell eval --resume"})
    assert RunFolder(tmp_path / "run").begin(later, resume=True) == {"q0": question(0, facts=1.0)}
    folder.keep(question(1, facts=0.0))
    assert list(folder.begin(later, resume=True)) == ["q0", "q1"]


def test_a_run_is_neither_overwritten_nor_mixed(tmp_path):
    folder = RunFolder(tmp_path)
    folder.begin(MANIFEST)
    assert folder.begin(MANIFEST) == {}, "nothing was asked yet"
    folder.keep(question(0, facts=1.0))
    with pytest.raises(RunError, match="holds a run already"):
        folder.begin(MANIFEST)
    with pytest.raises(RunError, match="settings, commit differ from that run"):
        folder.begin(MANIFEST.model_copy(update={"settings": {"threshold": 0.4}, "commit": "abc"}), resume=True)


def test_a_finished_run_holds_reports_and_trec_files(tmp_path):
    folder = RunFolder(tmp_path)
    folder.begin(MANIFEST)
    report = run_of([1.0, 0.0])
    passages = [{"document": "a b.md", "start": 0, "end": 1, "score": 2.0}, {"document": "c.md", "start": 0, "end": 1, "score": 1.5}]
    again = [*passages, {"document": "a b.md", "start": 5, "end": 6, "score": 1.0}]
    first = report.questions[0].model_validate(report.questions[0].model_dump() | {"retrieved": again})
    folder.finish(report.model_copy(update={"questions": (first, report.questions[1])}), {"q0": {"a b.md": 1, "c.md": 0}})
    assert (tmp_path / "run.trec").read_text() == "q0 Q0 a_b.md 1 2.000000 citewell\nq0 Q0 c.md 2 1.500000 citewell\n"
    assert (tmp_path / "qrels.trec").read_text() == "q0 0 a_b.md 1\nq0 0 c.md 0\n"
    assert load_report(tmp_path).overall == report.overall
    assert load_report(tmp_path / "report.json").overall == report.overall
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")


def test_a_run_is_found_by_path_and_by_the_end_of_its_name(tmp_path):
    (tmp_path / "20300101T000000-tea").mkdir()
    (tmp_path / "20300102T000000-cup").mkdir()
    assert find_run("tea", tmp_path).name == "20300101T000000-tea"
    assert find_run(tmp_path / "20300102T000000-cup") == tmp_path / "20300102T000000-cup"
    (tmp_path / "20300103T000000-tea").mkdir()
    with pytest.raises(RunError, match="could be 20300101T000000-tea or 20300103T000000-tea"):
        find_run("tea", tmp_path)
    with pytest.raises(RunError, match="the runs in .* are: 20300101T000000-tea, "):
        find_run("pot", tmp_path)


def test_the_last_unfinished_run_of_the_same_is_found(tmp_path):
    for name in ("1-tea", "2-tea", "3-tea"):
        RunFolder(tmp_path / name).begin(MANIFEST)
    (tmp_path / "3-tea" / "report.json").write_text("{}")
    assert unfinished(tmp_path, MANIFEST) == tmp_path / "2-tea"
    with pytest.raises(RunError, match="holds no unfinished run"):
        unfinished(tmp_path, MANIFEST.model_copy(update={"seed": 1}))


def test_a_folder_without_a_report_is_an_error(tmp_path):
    with pytest.raises(RunError, match="has no report that can be read"):
        load_report(tmp_path)
    with pytest.raises(RunError, match="holds no run that can be read"):
        RunFolder(tmp_path).manifest()


def test_the_fingerprint_is_of_names_and_contents_not_of_places():
    def document(source: str, sha256: str) -> Document:
        return Document(id=source, title="", source=source, media_type="", sha256=sha256, text="")

    one = fingerprint([document("/a/tea.md", "1"), document("/a/cup.md", "2")])
    assert one == fingerprint([document("/b/cup.md", "2"), document("/b/tea.md", "1")])
    assert one != fingerprint([document("/a/tea.md", "1"), document("/a/cup.md", "3")])


def test_the_code_says_what_it_is():
    version, commit = code_version()
    assert version == "0.1.0"
    assert commit == "" or len(commit.rstrip("+")) >= 7


def test_names_of_runs_are_names_of_folders():
    assert new_run_name("my set/1").endswith("-my-set-1")
    assert new_run_name("//").endswith("-run")
