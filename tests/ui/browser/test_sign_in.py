"""Signing in and out, in a real browser: a server of its own with two people, over the same kind of library."""

import re

import pytest
from playwright.sync_api import expect

from tests.ui.browser.conftest import serving
from tests.ui.browser.doing import ask
from ui.passwords import set_password

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    for name in ("alice", "bob"):
        set_password(folder / "users", name, PASSWORD)
    with serving(folder, auth=str(folder / "users")) as url:
        yield url


def sign_in(page, name="alice", password=PASSWORD):
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_label("Password").press("Enter")


# two of them: three wrong tries of one address would slow the other tests' signing in
@pytest.mark.parametrize(("width", "height", "scheme"), [(1280, 800, "light"), (390, 844, "dark")])
def test_in_and_out(open_page, guarded, shoot, width, height, scheme):
    page = open_page(width, height, scheme, url=guarded)
    expect(page).to_have_url(re.compile("/sign-in$"))
    expect(page.get_by_label("Name")).to_be_focused()
    shoot(page, f"sign_in_{width}_{scheme}")
    sign_in(page, password="wrong horse")
    expect(page.get_by_role("alert")).to_contain_text("not right")
    expect(page.get_by_label("Name")).to_have_value("alice")
    expect(page.get_by_label("Password")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    shoot(page, f"sign_in_wrong_{width}_{scheme}")
    sign_in(page)
    expect(page.locator("#account")).to_contain_text("alice")
    expect(page.locator("#chat .example").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    shoot(page, f"signed_in_{width}_{scheme}")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Name")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Name")).to_be_visible()


def test_the_next_person_sees_nothing_of_the_one_before(open_page, guarded):
    page = open_page(url=guarded)
    sign_in(page)
    expect(page.locator("#chat .example").first).to_be_visible()  # before, Enter is not listened to
    ask(page, "How long do the internships last?")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, "bob")
    expect(page.locator("#account")).to_contain_text("bob")
    expect(page.locator("#chat .example").first).to_be_visible()
    expect(page.locator("#chat .message-row")).to_have_count(0)


def test_whoever_is_signed_out_meanwhile_is_told_so(open_page, guarded):
    page = open_page(url=guarded)
    sign_in(page)
    expect(page.locator("#chat .example").first).to_be_visible()
    page.context.clear_cookies()
    page.locator("#question textarea").fill("How long do the internships last?")
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#chat .bot.message").last).to_contain_text("You are signed out")


def test_it_works_without_javascript(browser, guarded):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(guarded)
    sign_in(page)
    expect(page).to_have_url(re.compile(r"/$"))
    assert "gradio" in page.content()
    context.close()
