from ui.names import shortened, source_name, visible


def test_marks_that_turn_the_writing_around_are_shown():
    assert visible("invoice\u202efdp.exe") == "invoice⟨U+202E⟩fdp.exe"
    assert visible("a\u2066b\u200bc\ufeff\U000e0041") == "a⟨U+2066⟩b⟨U+200B⟩c⟨U+FEFF⟩⟨U+E0041⟩"


def test_control_characters_are_shown_in_one_line():
    assert visible("a\nb\tc\x00\x85\u2028") == "a⟨U+000A⟩b⟨U+0009⟩c⟨U+0000⟩⟨U+0085⟩⟨U+2028⟩"


def test_letters_of_all_languages_stay():
    text = "Straße 東京 עברית می‌خواهم é 👩‍🚀"
    assert visible(text) == text


def test_a_long_name_keeps_its_beginning_and_its_ending():
    assert shortened("a" * 100 + ".md", 30) == "a" * 19 + "…" + "a" * 7 + ".md"
    assert shortened("short.md", 30) == "short.md"


def test_an_uploaded_source_is_its_name():
    assert source_name("uploaded:a/b.md") == "a/b.md"
    assert source_name("/a/b.md") == "/a/b.md"
