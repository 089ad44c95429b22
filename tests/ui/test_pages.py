from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from index.errors import NotFound
from tests.index.files import make_placed_pdf
from ui.guard import guard
from ui.pages import WORDS_FOUND, add_page_routes, page_link, page_picture

# words with their left and height in points on a page of 612 × 792, and their size
TOWER = make_placed_pdf(
    [[(50, 740, "Towers of old", 12)], [(50, 740, "Nothing before.", 12), (50, 400, "The tower is 42 metres high.", 12)]]
)
WORDS = "The tower is 42 metres high."
OPENED, OTHER = (255, 233, 160), (255, 248, 225)
"""The tints of the words that a picture was opened for, and of others."""


def pictured(data, page, text, *spans):
    return page_picture(data, page, text, spans or [(0, len(text))])


def tinted(data, tint=OPENED):
    """Left, top, right and bottom of what is tinted, in pixels; None if nothing is."""
    image = Image.open(BytesIO(data))
    assert image.width in (1000, 1001)
    rows, columns = np.nonzero((np.asarray(image) == tint).all(axis=2))
    return (columns.min(), rows.min(), columns.max(), rows.max()) if len(rows) else None


def test_boxes_the_words_where_they_stand():
    data, found = pictured(TOWER, 2, WORDS)
    left, top, right, bottom = tinted(data)
    assert found
    # 1,000 pixels for 612 points: the words begin at 50 points, pixel 82; the baseline is 392 points from the top, at pixel 641
    assert 76 <= left <= 84 and 300 <= right <= 360
    assert 617 <= top < 641 < bottom <= 654


@pytest.mark.parametrize("quote", ["The tow-\ner is  42 metres high.", "Thetoweris42metreshigh.", "**The tower** is 42 me\u00adtres high."])
def test_blanks_and_hyphens_do_not_matter(quote):
    assert pictured(TOWER, 2, quote)[1]


@pytest.mark.parametrize("quote", ["", " - ", "The tower is 43 metres high."])
def test_words_that_are_not_there_leave_the_page_as_it_is(quote):
    data, found = pictured(TOWER, 2, quote)
    assert not found and tinted(data) is None


def test_a_long_page_is_no_higher_than_two_thousand_pixels():
    long = TOWER.replace(b"[0 0 612 792]", b"[0 0 100 900]")
    assert Image.open(BytesIO(pictured(long, 1, "")[0])).height in (2000, 2001)


def test_words_on_two_lines_are_boxed_line_by_line():
    data = make_placed_pdf([[(400, 700, "The marmot", 12), (50, 680, "sleeps.", 12)]])
    picture, found = pictured(data, 1, "The marmot sleeps.")
    image = Image.open(BytesIO(picture))
    assert found
    # between the two lines' words, on the height of each, nothing is tinted
    assert image.getpixel((round(200 * 1000 / 612), round(88 * 1000 / 612))) == (255, 255, 255)
    assert image.getpixel((round(200 * 1000 / 612), round(108 * 1000 / 612))) == (255, 255, 255)


def test_what_is_no_page_is_not_drawn():
    with pytest.raises(NotFound, match="no page 3"):
        pictured(TOWER, 3, "")
    with pytest.raises(NotFound, match="cannot be drawn"):
        pictured(b"no PDF", 1, "")


def test_all_words_are_boxed_and_those_that_were_opened_most_visibly():
    text = "Nothing before. " + WORDS
    data, found = pictured(TOWER, 2, text, (0, 15), (16, 44), (16, 44))
    assert found
    assert tinted(data)[1] > 600 and tinted(data, OTHER)[3] < 100
    data, found = pictured(TOWER, 2, text, (0, 15), (16, 44), (0, 15))
    assert found
    assert tinted(data)[3] < 100 and tinted(data, OTHER)[1] > 600
    assert pictured(TOWER, 2, text, (0, 15), (44, 44))[1] is False


def test_of_words_that_stand_twice_those_at_the_place_are_boxed():
    twice = make_placed_pdf([[(50, 740, "It waits.", 12), (50, 400, "The heron sleeps.", 12), (50, 100, "It waits.", 12)]])
    text = "It waits.\nThe heron sleeps.\nIt waits."
    assert tinted(pictured(twice, 1, text, (0, 9))[0])[3] < 100
    assert tinted(pictured(twice, 1, text, (28, 37))[0])[1] > 1000


@pytest.fixture
def client(library):
    app = Starlette()
    guard(app, "127.0.0.1")
    add_page_routes(app, library)
    return TestClient(app, base_url="http://127.0.0.1:7860")


@pytest.fixture
def document(library, write_file):
    return library.document(library.add([write_file("tower.pdf", TOWER)]).files[0].document_id)


def test_a_picture_is_served_with_its_words_boxed(client, document):
    start = document.text.index("The tower")
    words = (start, start + 28)
    response = client.get(f"/{page_link(document.id, 2, [words], words)}")
    assert response.headers["content-type"] == "image/png" and response.headers[WORDS_FOUND] == "yes"
    assert response.headers["cache-control"] == "private, no-store"
    assert tinted(response.content)
    assert client.get(f"/{page_link(document.id, 1, [words], words)}").headers[WORDS_FOUND] == "no"


NO_WORDS = ["x", "-1-5", "9" * 99 + "-1", "1-2,", "1-2&on=x", "1-2&on=1-2,3-4", ",".join(["1-2"] * 61)]


@pytest.mark.parametrize("rest", ["0", "3", "x", "-1", "1" * 30, "..%2f1", *(f"1?words={words}" for words in NO_WORDS)])
def test_what_is_not_there_is_not_found(client, document, rest):
    assert client.get(f"/documents/{document.id}/page/{rest}").status_code == 404


def test_only_a_pdf_has_pages_to_show(client, library, write_file):
    number = library.add([write_file("note.md", "# Note\n\nSome words.")]).files[0].document_id
    assert client.get(f"/{page_link(number, 1, [(0, 4)], (0, 4))}").status_code == 404
    assert client.get(f"/{page_link('0' * 16, 1, [(0, 4)], (0, 4))}").status_code == 404


def test_a_file_that_has_changed_is_said_to_have(client, document, write_file):
    write_file("tower.pdf", TOWER + b"\n")
    response = client.get(f"/{page_link(document.id, 1, [(0, 4)], (0, 4))}")
    assert response.status_code == 404 and "changed" in response.text


def test_a_foreign_host_name_is_refused(client, document):
    assert client.get(f"/{page_link(document.id, 1, [(0, 4)], (0, 4))}", headers={"Host": "evil.example"}).status_code == 400
