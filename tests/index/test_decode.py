from pathlib import Path

import pytest

from index.decode import decode_page, decode_text
from index.errors import UnreadableFile

PATH = Path("a.txt")


def test_utf8_needs_no_warning():
    assert decode_text("grün\r\n犬\r🎉".encode(), PATH) == ("grün\n犬\n🎉", ())


def test_nul_is_binary():
    with pytest.raises(UnreadableFile, match="a.txt: binary data"):
        decode_text(b"a\x00b", PATH)


def test_a_page_that_lies_about_its_charset_is_guessed():
    text, warnings = decode_page(b'<meta charset="utf-8">' + ("Für größere Schiffe " * 20).encode("cp1252"), PATH)
    assert "größere" in text
    assert len(warnings) == 1
