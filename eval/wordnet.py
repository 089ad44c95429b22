"""Words that stand near a word but mean something else, from the files of WordNet (Fellbaum, 1998).

Debian's package `wordnet-base` puts them in /usr/share/wordnet; the WordNet licence allows any use.
Only fitting the reader needs them.
"""

from collections import defaultdict
from pathlib import Path

__all__ = ["WordNet"]

_PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
_SYNSET_TYPES = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}


class WordNet:
    """Other words for a word: of the same meaning, of the opposite one, and beside it under one general term."""

    def __init__(self, folder: Path) -> None:
        """Read the four parts of speech; a word is taken in the part and the sense that it is most used in.

        Raises:
            FileNotFoundError: WordNet's files are not in the folder.
        """
        self._uses: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for line in (folder / "cntlist.rev").read_text("ascii").splitlines():
            key, _, count = line.split()
            word, sense = key.split("%")
            self._uses[word][_SYNSET_TYPES[sense[0]]] += int(count)
        self._first: dict[tuple[str, str], str] = {}
        self._words: dict[tuple[str, str], list[str]] = {}
        self._pointers: dict[tuple[str, str], list[tuple[str, str, int]]] = {}
        for name, part in _PARTS.items():
            self._read(folder, name, part)

    def _read(self, folder: Path, name: str, part: str) -> None:
        for line in (folder / f"index.{name}").read_text("ascii").splitlines():
            if not line.startswith(" "):
                fields = line.split()
                self._first[part, fields[0]] = fields[-int(fields[2])]
        for line in (folder / f"data.{name}").read_text("ascii").splitlines():
            if line.startswith(" "):
                continue
            fields = line.split(" | ")[0].split()
            key, count = (part, fields[0]), int(fields[3], 16)
            self._words[key] = [word.split("(")[0] for word in fields[4 : 4 + 2 * count : 2]]
            pointers = fields[5 + 2 * count : 5 + 2 * count + 4 * int(fields[4 + 2 * count])]
            self._pointers[key] = [
                (pointers[at], pointers[at + 1], int(pointers[at + 3][2:], 16))
                for at in range(0, len(pointers), 4)
                if pointers[at + 2] in ("s" if part == "a" else "") + part
            ]

    def __contains__(self, word: str) -> bool:
        """Whether the word was counted in any part of speech."""
        return word in self._uses

    def same(self, word: str) -> list[str]:
        """Words of the same first sense."""
        return [other for key in self._senses(word)[:1] for other in self._words[key] if self._usable(other, word)]

    def others(self, word: str) -> list[str]:
        """Opposites, or where there are none, words under the same general term: "north" for "south", "son" for "daughter"."""
        return next((found for key in self._senses(word) if (found := self._others(word, key))), [])

    def _others(self, word: str, key: tuple[str, str]) -> list[str]:
        opposites = [self._words[key[0], target][max(number - 1, 0)] for mark, target, number in self._pointers[key] if mark == "!"]
        found = [other for other in opposites if self._usable(other, word)]
        if not found:
            same = set(self._words[key])
            general = [target for mark, target, _ in self._pointers[key] if mark == "@"]
            beside = [
                target for parent in general for mark, target, _ in self._pointers[key[0], parent] if mark == "~" and target != key[1]
            ]
            found = [
                other for target in beside for other in self._words[key[0], target][:1] if other not in same and self._usable(other, word)
            ]
        return found

    def _senses(self, word: str) -> list[tuple[str, str]]:
        """The first sense in each part of speech, the most used part first."""
        uses = self._uses.get(word, {})
        parts = sorted(uses, key=lambda part: uses[part], reverse=True)
        return [(part, self._first[part, word]) for part in parts if (part, word) in self._first]

    def _usable(self, other: str, word: str) -> bool:
        return other.isalpha() and other.islower() and other != word and other in self._uses and other[:4] != word[:4]
