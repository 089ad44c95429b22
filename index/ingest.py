"""A file's way into the store: read, cut, embedded, and put there in one transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import file_digest, sha256
from pathlib import Path

from index.discover import read_bytes
from index.documents import document_id
from index.embed import Vectors
from index.errors import Cancelled, UnreadableFile
from index.formats.archive import ARCHIVES, Member, archive_members
from index.health import with_copies
from index.prepare import BATCH, FileData, Here, Prepared, Preparer, Step, Workers, searched_text
from index.progress import AddProgress, ProgressCallback
from index.records import Chunk, Document, FileReport
from index.stamp import file_stamp
from index.storing import Known, Writer

__all__ = ["Ingest"]


_CANCELLED = "not added: cancelled."


_ShareCallback = Callable[[int, float], None]
"""Chunks of the file at hand so far, and the share that they are of it."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """Where documents go, and how files become documents; at most `max_file_bytes` bytes a file are read.

    `keep` is given the bytes of each file that is stored, or was before. `workers` prepare and embed in place of this process.
    """

    store: Writer
    preparer: Preparer
    max_file_bytes: int
    keep: Callable[[bytes], None] | None = None
    workers: Workers | None = None

    def add_files(self, files: Sequence[tuple[Path, str]], progress: ProgressCallback) -> list[FileReport]:
        """Add files, each with its source; what became of each, in order, and of each member of an archive.

        Where `progress` raises `Cancelled`, the document at hand stays as it was, and what is not yet added is reported as skipped.
        """
        stamps: dict[str, str] = {}
        reports: list[FileReport] = []
        done, chunks = 0, 0
        try:
            with closing(self._workers.prepare(self._steps(files, self.store.known_files(), stamps))) as steps:
                for step, prepared in steps:
                    done = step.done
                    if report := step.report or (prepared and self._add(step, prepared, _inside(progress, step, len(files), chunks))):
                        reports.append(report)
                        chunks += report.chunks if report.status != "unchanged" else 0
                    else:
                        progress(AddProgress(done, len(files), chunks, step.source, step.share))
            done = len(files)
            progress(AddProgress(done, done, chunks, ""))
        except Cancelled:
            reports += [FileReport(source=source, status="skipped", warnings=(f"{source}: {_CANCELLED}",)) for _, source in files[done:]]
        if stamps:
            self.store.set_stamps(stamps)
        return reports

    def put_again(self, progress: ProgressCallback) -> int:
        """Cut and embed every stored document again; returns the number of chunks."""
        summaries = self.store.summaries()
        stamps = {number: known.stamp for number, known in self.store.known_files().items()}
        chunks = 0
        for done, summary in enumerate(summaries):
            progress(AddProgress(done, len(summaries), chunks, summary.source))
            document = self.store.document(summary.id)
            if document is not None:
                inside = _inside(progress, Step(done, summary.source), len(summaries), chunks)
                prepared = self.preparer.cut(document, summary.report.warnings)
                chunks += self._put(document, prepared, {}, replaced=True, inside=inside, stamp=stamps[summary.id]).chunks
        progress(AddProgress(len(summaries), len(summaries), chunks, ""))
        return chunks

    @property
    def _workers(self) -> Workers:
        return self.workers or Here(self.preparer)

    # what there is to do

    def _steps(self, files: Sequence[tuple[Path, str]], known: Mapping[str, Known], stamps: dict[str, str]) -> Iterator[Step]:
        """Each file begins, and is settled or to be prepared; the files of an archive one by one.

        Args:
            files: where each is, and what it is called.
            known: what is stored, by document id.
            stamps: gets the stamp of a file that proved to be unchanged although its stamp was another.
        """
        for done, (file, source) in enumerate(files):
            yield Step(done, source)
            if file.suffix.lower() in ARCHIVES:
                yield from self._members(done, file, source, known)
            else:
                yield _step(Step(done, source), self._look_at(file, source, known, stamps))

    def _look_at(self, file: Path, source: str, known: Mapping[str, Known], stamps: dict[str, str]) -> FileReport | FileData:
        stamp, before = file_stamp(file), known.get(document_id(source))  # the stamp first: what changes after it is seen next time
        if before and stamp and before.stamp == stamp and (stored := self._unchanged(source)):
            return stored
        if before and before.sha256 == _sha256(file) and (stored := self._unchanged(source)):
            stamps.update({stored.document_id: stamp} if stamp else {})
            if self.keep:
                self.keep(file.read_bytes())
            return stored
        try:
            data = read_bytes(file, self.max_file_bytes)
        except UnreadableFile as error:
            return FileReport(source=source, status="skipped", warnings=(str(error),))
        return self._file(data, file, source, stamp)

    def _members(self, done: int, archive: Path, source: str, known: Mapping[str, Known]) -> Iterator[Step]:
        """Each file of an archive is a document with the source `archive.zip!/path`."""
        try:
            data = read_bytes(archive, self.max_file_bytes)
            for member in archive_members(data, archive, source, max_bytes=self.max_file_bytes, limits=self.preparer.limits):
                begins = Step(done, source, member.position / member.of, 1 / member.of)
                yield begins
                yield _step(begins, self._look_at_member(member, known))
        except UnreadableFile as error:
            yield Step(done, source, report=FileReport(source=source, status="skipped", warnings=(str(error),)))

    def _look_at_member(self, member: Member, known: Mapping[str, Known]) -> FileReport | FileData:
        before = known.get(document_id(member.source))
        if member.problem:
            return FileReport(source=member.source, status="skipped", warnings=(member.problem,))
        if before and before.sha256 == sha256(member.data).hexdigest() and (stored := self._unchanged(member.source)):
            if self.keep:
                self.keep(member.data)
            return stored
        return self._file(member.data, Path(member.source), member.source, "")

    def _unchanged(self, source: str) -> FileReport | None:
        stored = self.store.report(document_id(source))
        return stored.model_copy(update={"status": "unchanged"}) if stored else None

    def _file(self, data: bytes, path: Path, source: str, stamp: str) -> FileData:
        embedded = self._stored_vectors(document_id(source)) if self.workers else {}
        return FileData(data, path, source, stamp, frozenset(embedded))

    # what came of it

    def _add(self, step: Step, prepared: Prepared, inside: _ShareCallback) -> FileReport:
        assert step.file is not None
        if prepared.document is None:
            return prepared.report
        if self.keep:
            self.keep(step.file.data)
        number = prepared.document.id
        known, replaced = self._stored_vectors(number), self.store.report(number) is not None
        return self._put(prepared.document, prepared, known, replaced=replaced, inside=inside, stamp=step.file.stamp)

    def _put(
        self,
        document: Document,
        prepared: Prepared,
        known: Mapping[str, Vectors],
        *,
        replaced: bool,
        inside: _ShareCallback,
        stamp: str,
    ) -> FileReport:
        """Embed what is not `known` by its text, and store the document."""
        report = prepared.report.model_copy(update={"status": "replaced"}) if replaced else prepared.report
        chunks = prepared.chunks
        made = {searched_text(document.title, chunks[row]): vector for row, vector in zip(prepared.rows, prepared.vectors, strict=True)}
        self.store.put(document, report, chunks, self._vectors(document.title, chunks, {**known, **made}, inside), stamp=stamp)
        return with_copies(self.store, report)

    def _stored_vectors(self, number: str) -> dict[str, Vectors]:
        """The vectors of a document as it is stored, by the texts that were embedded; none where there is no such document."""
        document = self.store.document(number)
        stored = self.store.document_vectors(number, self.preparer.embedder.dimension) if document else []
        return {searched_text(document.title, chunk): vector for chunk, vector in stored} if document else {}

    def _vectors(self, title: str, chunks: Sequence[Chunk], known: Mapping[str, Vectors], inside: _ShareCallback) -> Iterator[Vectors]:
        """The vector of each chunk, embedded some at a time."""

        def texts(start: int) -> list[str]:
            return [searched_text(title, chunk) for chunk in chunks[start : start + BATCH]]

        def missing(start: int) -> list[str]:
            return [text for text in dict.fromkeys(texts(start)) if text not in known]

        starts = range(0, len(chunks), BATCH)
        embedded = self._workers.embed(map(missing, starts))
        for start in starts:
            if start:
                inside(start, start / len(chunks))
            new = dict(zip(missing(start), next(embedded), strict=True))
            yield from (new[text] if text in new else known[text] for text in texts(start))


def _step(begins: Step, found: FileReport | FileData) -> Step:
    return replace(begins, report=found) if isinstance(found, FileReport) else replace(begins, file=found)


def _inside(progress: ProgressCallback, step: Step, total: int, chunks: int) -> _ShareCallback:
    return lambda embedded, share: progress(AddProgress(step.done, total, chunks + embedded, step.source, step.share + share * step.width))


def _sha256(file: Path) -> str:
    """The hash of a file's bytes; empty where it cannot be read, which reading it will explain."""
    try:
        with file.open("rb") as opened:
            return file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""
