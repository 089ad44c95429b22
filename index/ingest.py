"""A file's way into the store: read, cut, embedded, and put there in one transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path

from index.chunk import chunk_document, searched_context
from index.documents import document_id, read_bytes, read_parts
from index.embed import Embedder, Vectors
from index.errors import Cancelled, UnreadableFile
from index.formats.archive import ARCHIVES, Member, archive_members
from index.health import file_report, with_copies
from index.parsed import Limits
from index.records import Chunk, Document, FileReport
from index.stamp import file_stamp
from index.storing import Known, Writer

__all__ = ["AddProgress", "Ingest", "ProgressCallback"]


_BATCH = 256
"""Chunks embedded and stored at once: what a long file takes of memory beside its text, and a step of its progress."""
_CANCELLED = "not added: cancelled."


@dataclass(frozen=True, slots=True)
class AddProgress:
    """How far an `add` has come: files done of all, chunks so far, the file now at hand, and the share of it that is done (0–1)."""

    done: int
    total: int
    chunks: int
    source: str
    share: float = 0.0


ProgressCallback = Callable[[AddProgress], None]
_ShareCallback = Callable[[int, float], None]
"""Chunks of the file at hand so far, and the share that they are of it."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """Where documents go and how they are cut: at most `chunk_tokens` tokens a chunk, `max_file_bytes` bytes a file.

    `limits` bound the work that one file may make. `keep` is given the bytes of each file that is stored, or was before.
    """

    store: Writer
    embedder: Embedder
    chunk_tokens: int
    max_file_bytes: int
    limits: Limits = field(default_factory=Limits)
    keep: Callable[[bytes], None] | None = None

    def add_files(self, files: Sequence[tuple[Path, str]], progress: ProgressCallback) -> list[FileReport]:
        """Add files, each with its source; what became of each, in order, and of each member of an archive.

        Where `progress` raises `Cancelled`, the document at hand stays as it was, and what is not yet added is reported as skipped.
        """
        known, stamps = self.store.known_files(), dict[str, str]()
        reports: list[FileReport] = []
        done, chunks = 0, 0
        try:
            for done, (file, source) in enumerate(files):
                progress(AddProgress(done, len(files), chunks, source))
                inside = _inside(progress, done, len(files), chunks, source)
                for report in self._add_one(file, source, known, stamps, inside):
                    reports.append(report)
                    chunks += report.chunks if report.status != "unchanged" else 0
            done = len(files)
            progress(AddProgress(done, done, chunks, ""))
        except Cancelled:
            reports += [FileReport(source=source, status="skipped", warnings=(f"{source}: {_CANCELLED}",)) for _, source in files[done:]]
        if stamps:
            self.store.set_stamps(stamps)
        return reports

    def _add_one(
        self, file: Path, source: str, known: Mapping[str, Known], stamps: dict[str, str], inside: _ShareCallback
    ) -> Iterator[FileReport]:
        if file.suffix.lower() in ARCHIVES:
            yield from self.add_members(file, source, known, inside)
        else:
            yield self.add_file(file, source, known, stamps, inside)

    def put_again(self, progress: ProgressCallback) -> int:
        """Cut and embed every stored document again; returns the number of chunks."""
        summaries = self.store.summaries()
        stamps = {number: known.stamp for number, known in self.store.known_files().items()}
        chunks = 0
        for done, summary in enumerate(summaries):
            progress(AddProgress(done, len(summaries), chunks, summary.source))
            document = self.store.document(summary.id)
            if document is not None:
                inside = _inside(progress, done, len(summaries), chunks, summary.source)
                warnings = summary.report.warnings
                chunks += self.put(document, warnings, replaces=document, reuse=False, inside=inside, stamp=stamps[summary.id]).chunks
        progress(AddProgress(len(summaries), len(summaries), chunks, ""))
        return chunks

    def add_file(self, file: Path, source: str, known: Mapping[str, Known], stamps: dict[str, str], inside: _ShareCallback) -> FileReport:
        """Add a file, or replace what came from this source before.

        Args:
            file: where it is.
            source: what it is called.
            known: what is stored, by document id.
            stamps: gets the stamp of a file that proved to be unchanged although its stamp was another.
            inside: is told how far the file has come.
        """
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
        return self._add_data(data, file, source, inside, stamp)

    def add_members(self, archive: Path, source: str, known: Mapping[str, Known], inside: _ShareCallback) -> Iterator[FileReport]:
        """Add each file of an archive as a document with the source `archive.zip!/path`."""
        chunks = 0
        try:
            data = read_bytes(archive, self.max_file_bytes)
            for member in archive_members(data, archive, source, max_bytes=self.max_file_bytes, limits=self.limits):
                inside(chunks, member.position / member.of)
                report = self._add_member(member, known, _inside_member(inside, chunks, member))
                chunks += report.chunks if report.status != "unchanged" else 0
                yield report
        except UnreadableFile as error:
            yield FileReport(source=source, status="skipped", warnings=(str(error),))

    def _add_member(self, member: Member, known: Mapping[str, Known], inside: _ShareCallback) -> FileReport:
        before = known.get(document_id(member.source))
        if member.problem:
            return FileReport(source=member.source, status="skipped", warnings=(member.problem,))
        if before and before.sha256 == sha256(member.data).hexdigest() and (stored := self._unchanged(member.source)):
            if self.keep:
                self.keep(member.data)
            return stored
        return self._add_data(member.data, Path(member.source), member.source, inside, "")

    def _unchanged(self, source: str) -> FileReport | None:
        stored = self.store.report(document_id(source))
        return stored.model_copy(update={"status": "unchanged"}) if stored else None

    def _add_data(self, data: bytes, path: Path, source: str, inside: _ShareCallback, stamp: str) -> FileReport:
        try:
            document, warnings = read_parts(data, path, source=source, limits=self.limits)
        except UnreadableFile as error:
            return FileReport(source=source, status="skipped", warnings=(str(error),))
        if self.keep:
            self.keep(data)
        return self.put(document, warnings, replaces=self.store.document(document.id), reuse=True, inside=inside, stamp=stamp)

    def put(
        self, document: Document, warnings: Sequence[str], *, replaces: Document | None, reuse: bool, inside: _ShareCallback, stamp: str
    ) -> FileReport:
        """Cut, embed and store a document; with `reuse`, unchanged chunks of what it replaces keep their vectors."""
        chunks = chunk_document(document, self.embedder.count_tokens, max_tokens=self.chunk_tokens)
        report = file_report(document, chunks, warnings, replaced=replaces is not None)
        known = self._stored_vectors(replaces) if replaces and reuse else {}
        self.store.put(document, report, chunks, self._embed(document.title, chunks, known, inside), stamp=stamp)
        return with_copies(self.store, report)

    def _stored_vectors(self, document: Document) -> dict[str, Vectors]:
        stored = self.store.document_vectors(document.id, self.embedder.dimension)
        return {_searched_text(document.title, chunk): vector for chunk, vector in stored}

    def _embed(self, title: str, chunks: Sequence[Chunk], known: Mapping[str, Vectors], inside: _ShareCallback) -> Iterator[Vectors]:
        """The vector of each chunk, embedded some at a time."""
        for start in range(0, len(chunks), _BATCH):
            if start:
                inside(start, start / len(chunks))
            texts = [_searched_text(title, chunk) for chunk in chunks[start : start + _BATCH]]
            missing = [text for text in dict.fromkeys(texts) if text not in known]
            new = dict(zip(missing, self.embedder.embed(missing), strict=True)) if missing else {}
            yield from (new[text] if text in new else known[text] for text in texts)


def _inside(progress: ProgressCallback, done: int, total: int, chunks: int, source: str) -> _ShareCallback:
    return lambda embedded, share: progress(AddProgress(done, total, chunks + embedded, source, share))


def _inside_member(inside: _ShareCallback, chunks: int, member: Member) -> _ShareCallback:
    return lambda embedded, share: inside(chunks + embedded, (member.position + share) / member.of)


def _searched_text(title: str, chunk: Chunk) -> str:
    return f"{searched_context(title, chunk.heading_path, chunk.lead)}\n{chunk.text}"


def _sha256(file: Path) -> str:
    """The hash of a file's bytes; empty where it cannot be read, which reading it will explain."""
    try:
        with file.open("rb") as opened:
            return file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""
