"""The Evaluation tab: ask gold questions, see how good the answers are, compare two runs, and try again what went wrong.

What measures is imported when the tab is first opened: the chat does not wait for it.
"""

import re
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from index.errors import CitewellError
from rag import Assistant
from ui.users import user_of

if TYPE_CHECKING:
    from ui.evaluation_run import Runner

__all__ = ["Evaluation", "add_evaluation", "evaluation_styles"]

_SETS = [("The shipped questions, over the shipped documents", "shipped"), ("A gold file, over this library", "uploaded")]
_FEEDBACK = ("What was said of answers in the chat, over this library", "feedback")
_POLL_SECONDS = 1.0
_GONE = "This run is not, or no longer, in the folder of runs. Open the tab anew to see which are there."


class Evaluation:
    """What the tab does with one assistant."""

    def __init__(self, assistant: Assistant) -> None:
        """Evaluate this assistant's library."""
        self._assistant = assistant

    @cached_property
    def runner(self) -> "Runner":
        """The one run that may go on at a time."""
        from ui.evaluation_run import Runner

        return Runner(self._assistant)

    def opened(self) -> tuple[Any, ...]:
        """When the tab is chosen: the sets that there are, and all that changes."""
        from ui.evaluation_html import progress
        from ui.evaluation_run import feedback_file

        feedback = [_FEEDBACK] if feedback_file(self._assistant).exists() else []
        state = self.runner.state
        # where nothing goes on, nothing is changed: a Start that was pressed meanwhile has its say
        quiet = (progress(state) if state.phase == "failed" else gr.skip(), *[gr.skip()] * 3)
        return gr.update(choices=[*_SETS, *feedback]), *(self._now() if state.running else quiet), self.table()

    def chosen(self, kind: str) -> tuple[Any, str]:
        """Show where to drop a gold file only where one is asked for."""
        return gr.update(visible=kind == "uploaded"), ""

    def uploaded(self, upload: str | None) -> str:
        """What an uploaded gold file holds, or what is wrong with it."""
        from ui.evaluation_html import failure, gold_summary
        from ui.evaluation_run import read_gold

        if not upload:
            return ""
        try:
            gold = read_gold(Path(upload))
        except CitewellError as error:
            return failure(str(error))
        return gold_summary(gold.name, gold.size, sum(question.answerable for question in gold.questions))

    def start(self, kind: str, upload: str | None, sample: str, resume: bool, request: gr.Request) -> tuple[Any, ...]:
        """Begin a run of what was chosen."""
        from ui.evaluation_html import failure
        from ui.evaluation_run import gold_order

        user = user_of(request)
        try:
            path = Path(upload) if upload else None
            order = gold_order(kind, path, self._assistant, sample=_count(sample), resume=bool(resume), user=user)
            self.runner.start(order)
        except CitewellError as error:
            return failure(str(error)), *self._now(show=False)[1:]
        return self._now()

    def stop(self, request: gr.Request) -> tuple[Any, ...]:
        """End the run after its question; whoever may use the chat may do so."""
        user_of(request)
        self.runner.stop()
        return self._now()

    def tick(self) -> tuple[Any, ...]:
        """How far the run is; at its end the table, and the run itself."""
        state = self.runner.state
        if state.running:
            return *self._now(), gr.skip(), gr.skip()
        return *self._now(), self.table(), self.report(state.run) if state.phase == "done" else gr.skip()

    def table(self) -> str:
        """The runs that are kept."""
        from eval.kept import kept_runs
        from eval.runs import default_runs
        from ui.evaluation_html import runs_table

        return runs_table(*kept_runs(default_runs()), default_runs())

    def open(self, event: gr.EventData) -> str:
        """One run, which the browser names by its folder."""
        return self.report(_text(event, "run"))

    def report(self, name: str) -> str:
        """The figures, plots and failing questions of one run."""
        from eval.html import run_part
        from eval.runs import RunFolder, load_report
        from ui.evaluation_html import failure

        try:
            folder = _folder(name)
            return _part(run_part(load_report(folder), RunFolder(folder).manifest(), str(folder)))
        except CitewellError as error:
            return failure(str(error))

    def compare(self, event: gr.EventData) -> str:
        """Two runs, which the browser names by their folders, the earlier one first."""
        from eval.compare import compare
        from eval.html import comparison_part
        from eval.runs import RunFolder, load_report
        from ui.evaluation_html import failure, when

        try:
            folders = sorted((_folder(_text(event, which)) for which in ("first", "second")), key=lambda f: RunFolder(f).manifest().started)
            before, after = map(load_report, folders)
            names = [f"the run of {when(RunFolder(folder).manifest())}" for folder in folders]
            return _part(comparison_part(compare(before, after, names=(names[0], names[1]))))
        except CitewellError as error:
            return failure(str(error))

    def _now(self, *, show: bool = True) -> tuple[Any, ...]:
        """The status, the two buttons, and whether to look again."""
        from ui.evaluation_html import progress

        state = self.runner.state
        running = state.running
        return (
            progress(state) if show else "",
            gr.Button(interactive=not running),
            gr.Button(visible=running),
            gr.Timer(_POLL_SECONDS, active=running),
        )


def add_evaluation(assistant: Assistant, tab: gr.Tab) -> None:
    """Build the tab inside the Blocks at hand."""
    evaluation = Evaluation(assistant)
    script = (files("ui") / "evaluation.js").read_text(encoding="utf-8")
    with gr.Column(elem_id="evaluation"):
        with gr.Row(elem_id="evaluation-order"):
            kind = gr.Radio(_SETS, value="shipped", label="Questions", scale=3, min_width=260)
            with gr.Column(scale=2, min_width=260):
                sample = gr.Textbox(label="How many, drawn at random", placeholder="all of them", max_length=7, max_lines=1)
                resume = gr.Checkbox(False, label="Go on with a stopped run of the same questions")
        upload = gr.File(label="Gold file (gold.jsonl)", file_types=[".jsonl"], height=120, visible=False, elem_id="evaluation-gold")
        with gr.Row(elem_id="evaluation-actions"):
            start = gr.Button("Start", variant="primary", scale=0, min_width=120)
            stop = gr.Button("Stop", visible=False, scale=0, min_width=120)
        status = gr.HTML("", elem_id="evaluation-status")
        runs = gr.HTML("", elem_id="evaluation-runs", js_on_load=script)
        detail = gr.HTML("", elem_id="evaluation-detail", js_on_load=script)
        timer = gr.Timer(_POLL_SECONDS, active=False)
    now = [status, start, stop, timer]
    quick: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    # its own line, so that neither waits for the chat's answers nor holds them up
    own: dict[str, Any] = {"concurrency_id": "evaluation", "concurrency_limit": 2, "show_progress": "hidden", "api_visibility": "private"}
    tab.select(evaluation.opened, None, [kind, *now, runs], **own)
    kind.change(evaluation.chosen, kind, [upload, status], **quick)
    upload.change(evaluation.uploaded, upload, status, **own)
    start.click(evaluation.start, [kind, upload, sample, resume], now, **own)
    stop.click(evaluation.stop, None, now, **quick)
    timer.tick(evaluation.tick, None, [*now, runs, detail], **quick)
    runs.open(evaluation.open, None, detail, **own)
    runs.compare(evaluation.compare, None, detail, **own)


def evaluation_styles() -> str:
    """The tab's own styles, and those of the evaluation's report for what the report and the tab both show."""
    own = (files("ui") / "evaluation.css").read_text(encoding="utf-8")
    return f"{own}\n#evaluation .report {{\n{(files('eval') / 'report.css').read_text(encoding='utf-8')}}}\n"


def _part(html: str) -> str:
    return f'<div class="report">{html}</div>'


def _folder(name: str) -> Path:
    """The folder of a kept run; the name comes from the browser and is only compared."""
    from eval.runs import RunError, default_runs

    for file in default_runs().glob("*/run.json"):
        if file.parent.name == name:
            return file.parent
    raise RunError(_GONE)


def _text(event: gr.EventData, name: str) -> str:
    """A text that the browser sent with an event, "" where there is none."""
    value = getattr(event, name, "")
    return value if isinstance(value, str) else ""


def _count(sample: str) -> int | None:
    """How many questions to draw, None for all."""
    from eval.gold import GoldError

    text = sample.strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) == 0:
        raise GoldError(f"'{text}' questions cannot be drawn. Give a whole number from 1, or leave it empty for all.")
    return int(text)
