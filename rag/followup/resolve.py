"""A follow-up question is completed from the conversation, without a language model.

A pronoun ("How long do they last?") takes what it most likely stands for of all that the conversation has
named (rag.followup.choice); "And what about X?", "and if X?", "I meant X" ask the previous question again (rag.followup.again);
a question that names nothing of its own ("how long?", "What was the outcome?") is asked of what was talked
about; "what else?" is asked besides what was just said. Any other question stays as it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from rag.followup.again import I_MEANT, PLEASE, asked_again
from rag.followup.choice import chances, kin_of
from rag.followup.ellipsis import in_full
from rag.followup.forms import (
    PERSON,
    about,
    besides,
    definite_nouns,
    hangs,
    is_fragment,
    means_its_own,
    names_its_own,
    other_asked,
    pronouns,
    put,
    slots,
    topic_of,
    topics_of,
    wants_others,
    with_article,
)
from rag.followup.lexicon import INSTITUTIONS, VERBS
from rag.followup.names import Candidate, Mention, content_words, is_plural, verbs_by_place, words_of
from rag.followup.ones import with_noun_for_one
from rag.followup.talk import Talk, asked_about, plain_words, talk_of, turns_of
from rag.followup.terms import as_written
from rag.records import Message
from rag.words import YEAR

__all__ = ["FindLeftOut", "resolve_question", "talk_before"]

_TURNS = 20
"""The user's latest questions that are looked at: nobody means one farther back."""
_CHAIN = 4
"""Of them, those that are completed themselves: "its price" after "And the Cake Course?" is the Cake Course's."""
_ENOUGH = {"person": 0.15, "group": 0.1, "thing": 0.05, "open": 0.15}
"""The least probability, 0–1, of what a pronoun stands for; below it a person stays unnamed and others are the previous topic."""
_SECOND, _OTHER, _EXTRA = 0.35, 0.15, 0.3
"""The same for a second pronoun, for what stands behind "Besides", and for what is added to a completed question."""
_SURELY, _ALONE = 1.0, 2.0
"""Log-odds of a word that is left out above which it is added, and those of one of them where nothing else shows that any is."""
_OPENING = re.compile(r"^(?:(?:and|but|so|or|also|ok(?:ay)?|then|thanks?(?: you)?)[,.!]?\s+)+", re.I)
_ITS_OWN = re.compile(r"^(?:what|how) about (?P<own>(?:his|her|their|its) (?P<noun>[^?,.]+))\W*$", re.I)
"""What belongs to something is asked for itself: "What about its weight?"."""
_THANKS = re.compile(r"(?:ok(?:ay)?|thanks?(?: you)?)(?:\s+(?:a lot|(?:so|very) much))?\W*", re.I)
_LAST_NAMED = re.compile(r"\b(?:that one|this one|the latter)\b", re.I)
_THAT_TIME = re.compile(r"\b(?:in|at|during|around|by) (?:this|that|the same) (?:time|year|period|point)(?: (?:period|frame))?\b", re.I)
_THAT_ITSELF = re.compile(r"\b(?:does|do|did|will|would)\s+(?:that|this)(?=\s+(?:take|cost|happen)\b)", re.I)
"""Not something that was named, but what was asked about: "How long does that take?"."""

FindLeftOut = Callable[[str, Sequence[str]], Mapping[str, float]]
"""From a question and the texts of the turns before it to the words that it leaves out, with their log-odds."""


def resolve_question(question: str, history: Sequence[Message] | None, find_left_out: FindLeftOut | None = None) -> str:
    """The question as it can be understood on its own.

    Args:
        question: as it was asked.
        history: the turns before it, the oldest first.
        find_left_out: from a question and the texts of the turns to the words that it leaves out (`rag.followup.terms`). It was
            fitted on talks about people, places and works, and is not asked where the last question and the talk are of nobody.
    """
    question = " ".join(question.split())
    talk = talk_before(history, find_left_out)
    return _complete_with(question, talk, find_left_out)[0] if talk and question else question


def _complete_with(question: str, talk: Talk, find_left_out: FindLeftOut | None) -> tuple[str, dict[str, str]]:
    """As `_complete`, by the words too that the question leaves out."""
    bare = _bare(question)
    if again := in_full(bare, talk.previous) or asked_again(question, bare, talk.previous, talk.turns[-1][1]):
        return again, {}
    if not find_left_out or talk.at_home:
        return _complete(question, talk)
    talk = replace(talk, left_out=find_left_out(question, [text for _, text in talk.turns]))
    completed, meant = _complete(question, talk)
    return _with_left_out(question, completed, talk), meant


def _with_left_out(question: str, completed: str, talk: Talk) -> str:
    """The completed question with the words that it surely left out and still lacks, as they stand in the conversation."""
    known, asked = plain_words(completed), frozenset[str]().union(*(words_of(text) for text in talk.asked))
    likely = {word: odds for word, odds in talk.left_out.items() if talk.of_people or word in asked}
    missing = {word: odds for word, odds in likely.items() if odds > _SURELY and word.removesuffix("s") not in known}
    if not missing or (completed == question and max(missing.values()) < _ALONE):
        return completed
    return about(completed, ", ".join(as_written(missing, [text for _, text in talk.turns])))


def talk_before(history: Sequence[Message] | None, find_left_out: FindLeftOut | None = None) -> Talk | None:
    """The conversation with its last question completed; None before the user's first."""
    turns = turns_of(history)
    asked = [number for number, (by_user, _) in enumerate(turns) if by_user][-_TURNS:]
    if not asked:
        return None
    previous, meant = turns[asked[-_CHAIN:][0]][1], dict[str, str]()
    for number in asked[-_CHAIN:][1:]:
        previous, new = _complete_with(turns[number][1], talk_of(turns[asked[0] : number], previous, meant), find_left_out)
        meant = meant | new
    return talk_of(turns[asked[0] :], previous, meant)


def _complete(question: str, talk: Talk) -> tuple[str, dict[str, str]]:
    """The question completed, and what each kind of pronoun in it stands for."""
    plain, topic = _bare(question), topic_of(talk.previous)
    bare = with_noun_for_one(plain, talk.asked, talk.text)
    if means_its_own(bare) or _THANKS.fullmatch(question):
        return question, {}
    if pronouns(bare) > 1 and not content_words(bare):
        return (about(bare, " ".join(content_words(talk.previous))) if topic else question), {}
    if _LAST_NAMED.search(bare):
        named = talk.new_name or topic
        return (_LAST_NAMED.sub(lambda _: named, bare, count=1) if named else question), {}
    resolved, meant = _put_antecedents(bare, talk)
    if topic and _THAT_ITSELF.search(bare) and _is_no_matter(meant.get("thing", topic), talk.previous):
        verbs = VERBS | verbs_by_place(talk.previous)
        return about(bare, " ".join(word for word in content_words(talk.previous) if word.lower() not in verbs)), {}
    if when := _THAT_TIME.search(resolved):
        years = [year for _, text in talk.turns[-4:] for year in YEAR.findall(text)]
        resolved = f"{resolved[: when.start()]}in {years[-1]}{resolved[when.end() :]}" if years else resolved
    full = _in_full(resolved, talk.main)
    if wants_others(bare) and (items := talk.listed):
        return besides(other_asked(full, talk.previous), items), meant
    if not meant and full == resolved and hangs(bare, talk.said) and not PERSON.search(bare):
        likely = next((one for one in _likely("open", "", resolved, talk, _ENOUGH["open"]) if _goes_with(one, bare, talk)), None)
        if likely and not talk.of_people and likely.text not in talk.previous and topic != topic.lower():
            likely = None
        name = _with_what_of(likely.text, talk.previous) if likely else topic if is_fragment(bare) or not topic_of(bare) else ""
        if name != name.lower() and not talk.of_people and name in talk.previous:
            name = topics_of(talk.previous, but=plain_words(bare))
        if name:
            full, meant["open"] = about(full, name), name
    elif meant and not wants_others(bare) and (extra := next(_likely("extra", "", full, talk, _EXTRA), None)):
        full = about(full, extra.text)
    if wants_others(bare) and (others := [other for other in _likely("other", "", full, talk, _OTHER) if _is_news(other, talk)][:2]):
        apart = others if len(others) == 1 or others[0].words.isdisjoint(others[1].words) else others[:1]
        full = besides(full, [with_article(other) for other in apart])
    return (full if full != plain else question), meant


def _bare(question: str) -> str:
    """The question without "And", "Ok", "I meant", "please"."""
    bare = PLEASE.sub("", I_MEANT.sub("", _OPENING.sub("", question)))
    own = _ITS_OWN.match(bare)
    return f"what {'are' if is_plural(own['noun']) else 'is'} {own['own']}?" if own else bare


def _is_no_matter(meant: str, previous: str) -> bool:
    """Whether it is a name, or nothing that was asked about, and so nothing that takes time."""
    return meant != meant.lower() or words_of(meant).isdisjoint(words_of(previous))


def _with_what_of(noun: str, question: str) -> str:
    """A noun as it stood in the question: the "process" of "the process of nuclear transfer" is that."""
    whole = re.search(rf"\b{re.escape(noun)} of (?:the |an? )?(.+)", question) if noun == noun.lower() else None
    topic = topic_of(whole[1]) if whole else ""
    return f"{noun} of {topic}" if whole and topic and whole[1].startswith(topic) else noun


def _goes_with(candidate: Candidate, question: str, talk: Talk) -> bool:
    """Whether it is more than the topic of one question and its answer, or was named there together with what is asked about now."""
    exchanges = list(accumulate(by_user for by_user, _ in talk.turns))
    named = {exchanges[number] for number, _ in candidate.mentions}
    for noun in (noun.removesuffix("s") for noun in definite_nouns(question)):
        spoken_of = {at for at, (_, text) in zip(exchanges, talk.turns, strict=True) if noun in plain_words(text)}
        if len(named) == 1 and spoken_of and named.isdisjoint(spoken_of):
            return False
    return True


def _put_antecedents(question: str, talk: Talk) -> tuple[str, dict[str, str]]:
    """The question with the first pronoun of each kind replaced."""
    meant: dict[str, str] = {}
    for kind, _ in list(slots(question)):
        found = next((match for other, match in slots(question) if other == kind), None)
        if not found or kind in meant:
            continue
        chosen = next(_likely(kind, found[0].strip(), question, talk, _SECOND if meant else _ENOUGH[kind]), None)
        if kind == "person":
            chosen = _kin(found[0], talk, chosen) or _plain(talk.only_person, "")
        elif kind == "group" and chosen and _is_somebody_new(chosen, talk):
            return about(question, topic_of(talk.previous)), {}
        elif not chosen and not meant:
            chosen = _plain(topic_of(talk.previous), talk.previous)
        if chosen:
            meant[kind] = chosen.text
            question = put(found, chosen)
    return question, meant


def _kin(pronoun: str, talk: Talk, chosen: Candidate | None) -> Candidate | None:
    """Who it is after a question about somebody's brother: by name, where the last answer has it. Otherwise the one who was chosen."""
    kin = kin_of(pronoun, talk.previous)
    named = re.search(rf"\b{kin},? (?P<name>[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*)", talk.turns[-1][1]) if kin else None
    if not kin or named or (chosen and chosen.text not in talk.previous):
        return _plain(named["name"], "") if named else chosen
    whose = re.search(rf"\b[A-Z][\w'’.-]*(?: [A-Z][\w'’.-]*)*['’]s? {kin}\b", talk.previous)
    return _plain(whose[0], "") if whose else chosen


def _is_somebody_new(candidate: Candidate, talk: Talk) -> bool:
    """Whether it is one word with a capital that only an answer has, where the question before names nobody: hardly "they"."""
    at_home = not talk.of_people and not names_its_own(talk.previous)
    return at_home and re.fullmatch(r"[A-Z]\w+", candidate.text) is not None and candidate.text not in " ".join(talk.asked)


def _likely(kind: str, pronoun: str, question: str, talk: Talk, least: float) -> Iterator[Candidate]:
    """What is meant with at least that probability, the likeliest first; a person has a name.

    What a question hangs on without a pronoun is no name that only an answer has, unless people are talked of.
    """
    asked = asked_about(question, kind, pronoun, talk, completed=kind == "extra")
    for chance, candidate in chances(kind, talk.named, asked):
        named = candidate.text != candidate.text.lower()
        brought_up = kind in ("open", "extra") and named and not talk.of_people and not asked.by_user(candidate)
        if chance > least and (named or kind != "person") and not brought_up:
            yield candidate


def _is_news(candidate: Candidate, talk: Talk) -> bool:
    """Whether something is to be asked besides it; what the previous question itself was about is not, unless people are talked of."""
    return not candidate.words <= talk.at_home or candidate.text != candidate.text.lower()


def _plain(topic: str, said: str) -> Candidate | None:
    """A topic as something that was named in what was said."""
    article = "the" if f"the {topic}" in said.lower() else ""
    mention = Mention(topic, topic, before=article, after="", opens=False, quoted=False, is_name=False)
    return Candidate(topic, words_of(topic), [(0, mention)]) if topic else None


def _in_full(question: str, name: str) -> str:
    """The surname of the one who is talked about made the full name, where it stands alone."""
    first, _, last = name.partition(" ")
    if not last or " " in last or not words_of(name).isdisjoint(INSTITUTIONS) or first.lower() in question.lower():
        return question
    found = re.search(rf"(?<![\w-]){re.escape(last)}(?![\w-])(?!\s[A-Z])", question) if last[0].isupper() else None
    if not found or re.search(r"(?<=\s)[A-Z][\w'’.-]*\s$", question[: found.start()]):
        return question
    return question[: found.start()] + name + question[found.end() :]
