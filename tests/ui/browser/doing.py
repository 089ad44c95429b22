"""What a person does with the page."""

from playwright.sync_api import Page, expect

BAR_RAISERS = "What do Bar Raisers look for?"


def ask(page: Page, question: str) -> None:
    # before one of them is there, the page does not listen to Enter
    expect(page.locator("#chat .example, #chat .message").first).to_be_visible(timeout=60_000)
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    expect(page.locator("#chat .user.message").last).to_contain_text(question, timeout=30_000)
    finished(page)


def finished(page: Page) -> None:
    expect(page.locator("#question .stop-button")).to_have_count(0, timeout=60_000)
    expect(page.locator("#chat .bot.message").last).not_to_contain_text("Searching", timeout=60_000)


def chips(page: Page):
    return page.locator("#chat .bot.message").last.locator("a.cite")
