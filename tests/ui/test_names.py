from ui.names import readable, readable_html, shortened, source_name, visible


def test_marks_that_turn_the_writing_around_are_shown():
    assert visible("invoice\u202efdp.exe") == "invoice⟨U+202E⟩fdp.exe"
    assert visible("a\u2066b\u200bc\ufeff\U000e0041") == "a⟨U+2066⟩b⟨U+200B⟩c⟨U+FEFF⟩⟨U+E0041⟩"


def test_control_characters_are_shown_in_one_line():
    assert visible("a\nb\tc\x00\x85\u2028") == "a⟨U+000A⟩b⟨U+0009⟩c⟨U+0000⟩⟨U+0085⟩⟨U+2028⟩"


def test_a_text_keeps_its_lines_and_what_languages_need_and_shows_what_deceives():
    assert readable("a\n\tb \u202e\u2066\x07\U000e0041 \u200f\u200b") == "a\n\tb ⟨U+202E⟩⟨U+2066⟩⟨U+0007⟩⟨U+E0041⟩ \u200f\u200b"


def test_as_html_it_is_the_same_to_the_letter_with_the_sign_beside_it():
    assert readable_html("<a>\u202e") == '&lt;a&gt;<bdi class="sign" data-sign="⟨U+202E⟩">\u202e</bdi>'


def test_letters_of_all_languages_stay():
    text = "Straße 東京 עברית می‌خواهم é 👩‍🚀"
    assert visible(text) == text


def test_a_long_name_keeps_its_beginning_and_its_ending():
    assert shortened("a" * 100 + ".md", 30) == "a" * 19 + "…" + "a" * 7 + ".md"
    assert shortened("short.md", 30) == "short.md"


def test_an_uploaded_source_is_its_name():
    assert source_name("uploaded:a/b.md") == "a/b.md"
    assert source_name("/a/b.md") == "/a/b.md"
