"""Follow-up questions are completed from the conversation; all others stay as they are."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.followup import resolve_question


def conversation(*texts):
    """Turns of the user and the assistant by turns."""
    return [{"role": ("user", "assistant")[number % 2], "content": text} for number, text in enumerate(texts)]


FOUNDER = conversation("Who founded the bakery?", "Anna Berg founded the bakery in 1990.")


@pytest.mark.parametrize(
    ("previous", "question", "resolved"),
    [
        ("What are apprentices?", "How long do they stay?", "How long do apprentices stay?"),
        ("What is sourdough?", "How long does it take?", "How long does the sourdough take?"),
        ("What is the Night School?", "Who teaches it?", "Who teaches Night School?"),
        ("What is the Rotary Oven?", "Is this oven hot?", "Is the Rotary Oven hot?"),
        ("What is sourdough?", "What about it?", "What about the sourdough?"),
    ],
)
def test_a_pronoun_is_what_was_asked_about(previous, question, resolved):
    assert resolve_question(question, conversation(previous, "…")) == resolved


@pytest.mark.parametrize(
    ("previous", "question", "resolved"),
    [
        ("What is the Night School?", "What are its goals?", "What are Night School's goals?"),
        ("What are apprentices?", "What are their duties?", "What are apprentices' duties?"),
    ],
)
def test_a_possessive(previous, question, resolved):
    assert resolve_question(question, conversation(previous, "…")) == resolved


@pytest.mark.parametrize(
    ("question", "resolved"),
    [
        ("When was she born?", "When was Anna Berg born?"),
        ("What is her role?", "What is Anna Berg's role?"),
        ("Who taught her?", "Who taught Anna Berg?"),
        ("And is the oven his?", "is the oven Anna Berg's?"),
    ],
)
def test_a_person_is_the_name_last_mentioned(question, resolved):
    assert resolve_question(question, FOUNDER) == resolved


def test_without_a_name_a_person_stays_a_pronoun():
    assert resolve_question("When was she born?", conversation("Who founded the bakery?", "a woman")) == "When was she born?"


@pytest.mark.parametrize(
    ("previous", "question", "resolved"),
    [
        ("How old is the oven?", "What about the mixer?", "How old is the mixer?"),
        ("How old is the oven?", "And how about the mixer?", "How old is the mixer?"),
        ("How old is the oven?", "And the mixer?", "How old is the mixer?"),
        ("How long does rye bread keep?", "And wheat bread?", "How long does wheat bread keep?"),
        ("How long is the training for bakers?", "And for nurses?", "How long is the training for nurses?"),
        ("How much is the tour in summer?", "And in winter?", "How much is the tour in winter?"),
        ("How much is the tour?", "And in winter?", "How much is the tour in winter?"),
        ("How much is the tour?", r"And for \d and \1?", r"How much is the tour for \d and \1?"),
    ],
)
def test_the_same_is_asked_of_something_else(previous, question, resolved):
    assert resolve_question(question, conversation(previous, "…")) == resolved


def test_a_question_that_names_nothing_is_about_what_was_talked_about():
    assert resolve_question("How long?", conversation("What is proofing?", "…")) == "How long (proofing)?"
    assert resolve_question("And why?", conversation("What is proofing?", "…")) == "why (proofing)?"


def test_that_one_is_the_name_that_the_answer_brought_up():
    history = conversation("Where is the Blue Ward?", "It is beside the Red Ward.")
    assert resolve_question("Who leads that one?", history) == "Who leads Red Ward?"


def test_more_than_one_pronoun_gets_all_of_the_question_before():
    resolved = resolve_question("Why do they do it?", conversation("How do nurses dress wounds?", "…"))
    assert resolved == "Why do they do it (nurses dress wounds)?"


def test_the_question_before_is_itself_a_follow_up():
    history = conversation("How long is the Baker Course?", "…", "And the Cake Course?", "…", "What about its price?", "…")
    assert "Cake Course" in resolve_question("Who teaches it?", history[:4])


@pytest.mark.parametrize(
    "question",
    [
        "Where is the reading room?",
        "How warm is the oven at night?",
        "Is there a class for children?",
        "Are there lockers?",
        "And who leads the clinic?",
        "Wheat bread?",
        "Thanks, goodbye!",
        "Which rooms are closed when it is raining?",
    ],
)
def test_another_topic_is_left_alone(question):
    assert resolve_question(question, conversation("What is sourdough?", "A bread.")) == question


@pytest.mark.parametrize(
    "history",
    [
        None,
        [],
        conversation(""),
        conversation("   ", "…"),
        [{}],
        [{"role": "user"}],
        [{"role": "user", "content": None}],
        [{"role": "user", "content": ["How", "long"]}],
        [{"role": "system", "content": "What is the Night School?"}],
        [{"role": "assistant", "content": "The Night School is closed."}],
    ],
)
def test_without_a_question_before_nothing_is_added(history):
    assert resolve_question("How long  does it take?", history) == "How long does it take?"


def test_a_question_before_that_names_nothing_adds_nothing():
    assert resolve_question("How long do they last?", conversation("???", "…")) == "How long do they last?"


def test_an_empty_question_stays_empty():
    assert resolve_question("  ", FOUNDER) == ""


def test_a_long_conversation():
    history = conversation(*["What about it?", "…"] * 2000, "What is proofing?", "…")
    assert resolve_question("How long does it take?", history) == "How long does the proofing take?"


WORDS = "What who how about it they its her that one this and for in the Anna Berg oven bread is there long why ? , . \\1 (".split()
texts = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
turns = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system"]), "content": st.one_of(texts, st.none(), st.integers())}
)


@settings(max_examples=300, deadline=None)
@given(texts, st.lists(turns, max_size=5))
def test_a_question_is_never_lost(question, history):
    resolved = resolve_question(question, history)
    assert bool(resolved) == bool(question.strip())


@given(texts)
def test_without_a_conversation_a_question_stays(question):
    assert resolve_question(question, None) == " ".join(question.split())


@pytest.mark.parametrize(
    "question",
    [
        "Why is it hard for bakers to get up?",
        "What does it take to become a miller?",
        "Is it still possible that a mill runs dry?",
        "How long do the fairs last, and who runs them?",
        "Who was Ada Byron and where did she live?",
        "Is the oven hot and can it bake rye?",
    ],
)
def test_a_pronoun_that_stands_for_something_in_the_question_is_left_alone(question):
    history = [{"role": "user", "content": "Who is Mary Baker?"}, {"role": "assistant", "content": "Mary Baker leads the mill."}]
    assert resolve_question(question, history) == question


def test_an_it_before_an_adjective_alone_still_points_back():
    history = [{"role": "user", "content": "What is the rye course?"}]
    assert resolve_question("Is it hard?", history) == "Is the rye course hard?"


@pytest.mark.parametrize(
    ("history", "question", "resolved"),
    [
        (
            ["Who leads the choir?", "Martha Lindqvist leads the choir."],
            "Did she write any songs?",
            "Did Martha Lindqvist write any songs?",
        ),
        (["Who was Ida Falk?", "Ida Falk was a painter."], "Where did Falk live?", "Where did Ida Falk live?"),
        (
            ["Who was Ida Falk?", "Ida Falk was a painter. She was born in 1871."],
            "Who taught her at that time?",
            "Who taught Ida Falk in 1871?",
        ),
    ],
)
def test_a_person_is_the_one_who_is_talked_about(history, question, resolved):
    assert resolve_question(question, conversation(*history)) == resolved


def test_a_he_is_not_the_she_who_married_him():
    history = conversation("Did Ida Falk ever marry?", "Ida Falk married in 1920. She married Nils Ostrom.")

    def unsure(question, turns):
        return dict.fromkeys(("ida", "falk", "nils", "ostrom"), 0.5)

    assert resolve_question("When did he die?", history, unsure) == "When did Nils Ostrom die?"


def test_what_else_is_asked_besides_what_was_said():
    history = conversation("What did Ida Falk paint?", "She painted the Harbour Frieze.")
    assert resolve_question("What else did she paint?", history).startswith("Besides Harbour Frieze, what else did ")


def test_a_name_before_a_pronoun_is_what_it_means():
    history = conversation("Who leads the choir?", "Martha Lindqvist leads the choir.")
    assert resolve_question("What did Ida Falk say about her years in Lund?", history) == "What did Ida Falk say about her years in Lund?"


def documented():
    """The conversations of tests/data/followups.tsv: turns, question, and the question as it stands on its own."""
    lines = Path(__file__).parents[1].joinpath("data", "followups.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        *earlier, question, resolved = line.split("\t")
        yield pytest.param([turn.replace("\\n", "\n") for turn in earlier], question, resolved, id=f"{earlier[0]} {question}")


@pytest.mark.parametrize(("earlier", "question", "resolved"), list(documented()))
def test_a_talk_about_documents_of_ones_own(earlier, question, resolved):
    assert resolve_question(question, conversation(*earlier)) == (question if resolved == "=" else resolved)


@pytest.mark.parametrize(
    ("previous", "answer", "question", "resolved"),
    [
        ("Is there a lift?", "Yes.", "Thanks a lot!", "Thanks a lot!"),
        ("What is the lift fee?", "Ten euros.", "What about investing in a stairlift?", "What about investing in a stairlift?"),
        (
            "Is rye in stock?",
            "Yes.",
            "I mean the Rye Oven in Lund, who built this oven?",
            "I mean the Rye Oven in Lund, who built this oven?",
        ),
        ("What did Ida Falk say?", "She praised the mill.", "Where did she live?", "Where did Ida Falk live?"),
        ("who was falk?", "Falk painted. She lived in Lund.", "Where was she born?", "Where was Falk born?"),
    ],
)
def test_what_is_and_what_is_no_name(previous, answer, question, resolved):
    assert resolve_question(question, conversation(previous, answer)) == resolved


@pytest.mark.parametrize(
    "question",
    ["How long does the marmot internship last?", "Who pays for the marmot internship?", "What does the internship pay?"],
)
def test_who_comes_back_to_an_earlier_topic_does_not_mean_what_was_talked_of_in_between(question):
    refused = "I could not find an answer in the documents. Looked for: Who is the president of Zanzibar?"
    talk = conversation(
        "How long does the marmot internship last?",
        "**12 weeks** [1] The marmot internship lasts 12 weeks. [1]",
        "Who is the president of Zanzibar?",
        refused,
    )
    assert resolve_question(question, talk) == question


BAND = conversation("Who founded the band?", "Ida Falk and Martha Lindqvist founded The Harbour Lights in 1971. She sang.")


def test_words_that_the_question_surely_leaves_out_are_added_as_they_stand():
    def left_out(question, turns):
        assert question == "Why did they part?"
        assert turns == [turn["content"] for turn in BAND]
        return {"1971": 1.5, "sang": 0.5, "harbour": 2.5, "lights": 2.5}

    resolved = resolve_question("Why did they part?", BAND, left_out)
    assert resolved == "Why did the Harbour Lights part (1971)?"


def test_a_question_that_seems_whole_gets_none_but_the_surest():
    def unsure(question, turns):
        return {"harbour": 1.5, "lights": 1.5}

    def sure(question, turns):
        return {"harbour": 2.5, "lights": 1.5}

    question = "Which prizes did Martha Lindqvist win?"
    assert resolve_question(question, BAND, unsure) == question
    assert resolve_question(question, BAND, sure) == "Which prizes did Martha Lindqvist win (Harbour Lights)?"


def test_the_question_before_is_completed_in_the_same_way():
    history = [*BAND, *conversation("Why did they part?", "Nobody knows.")]
    asked = []

    def left_out(question, turns):
        asked.append((question, len(turns)))
        return {"harbour": 2.5, "lights": 2.5}

    assert resolve_question("And in 1980?", history, left_out) == "Why did the Harbour Lights part in 1980?"
    assert asked == [("Why did they part?", 2)]  # the other needs nothing


def test_what_is_added_stands_in_one_pair_of_brackets_and_once():
    def left_out(question, turns):
        return {"painter": 1.5, "lights": 1.5, "band": 3.0}

    resolved = resolve_question("Which bands (abroad)?", BAND, left_out)
    assert resolved == "Which bands (abroad)?"
    assert resolve_question("Which songs (abroad)?", BAND, left_out).endswith("(abroad, band, Lights)?")


def test_a_talk_of_nobody_is_left_to_the_rules():
    def never(question, turns):
        raise AssertionError

    history = conversation("How long is the notice period?", "The notice period is 3 months.")
    assert resolve_question("Does it apply to interns?", history, never) == "Does the notice period apply to interns?"
    assert resolve_question("Does it apply to interns?", None, never) == "Does it apply to interns?"


@settings(max_examples=300, deadline=None)
@given(texts, st.lists(turns, max_size=5), st.dictionaries(st.sampled_from([word.lower() for word in WORDS]), st.floats(-8, 4), max_size=5))
def test_whatever_words_are_left_out_the_question_is_never_lost(question, history, found):
    resolved = resolve_question(question, history, lambda question, turns: found)
    assert bool(resolved) == bool(question.strip())
