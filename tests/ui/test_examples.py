from pathlib import Path

from ui.examples import example_questions

CORPUS = Path(__file__).parents[2] / "index" / "corpus"


def test_the_shipped_documents_have_questions_of_their_own(assistant):
    assistant.library.add_folder_as(CORPUS, "citewell:corpus/")
    assert "What do Bar Raisers look for?" in example_questions(assistant)
    assert assistant.asked == []


def test_other_libraries_get_questions_from_headings_that_are_answered(assistant, make_answer, write_file):
    assistant.add(write_file("b.md", "# Policy\n\n## Who may travel?\n\nAll staff may travel.\n"))
    assistant.add(write_file("c.md", "# Bees and honey\n\nBees make honey.\n"))
    assistant.answers = {
        "What is said about Annual leave?": make_answer("What is said about Annual leave?", "Up to 5 unused days carry over."),
        "Who may travel?": make_answer("Who may travel?"),
        "What is said about Bees and honey?": make_answer("What is said about Bees and honey?", "Up to 5 unused days carry over."),
    }
    assert sorted(example_questions(assistant)) == ["What is said about Annual leave?", "What is said about Bees and honey?"]


def test_an_empty_library_has_none(assistant, handbook):
    assistant.remove(handbook.id)
    assert example_questions(assistant) == []
