"""The storefront with a photo: choose, refine, narrow, page, reload, go back, another device."""

import re

import pytest

from tests.browser.test_store import DESK, PHONE, swapped, titles


@pytest.fixture
def shown(tab, served, customer):
    """A page with the results for a customer's photo: ``shown(width, height)``."""

    def make(size=DESK):
        page = tab(*size)
        page.goto(served)
        page.wait_for_function("() => !!customElements.get('photo-field')")
        page.locator("photo-field input[multiple]").set_input_files(str(customer[0]))
        agree = page.get_by_role("button", name="Agree and search")
        agree.wait_for()
        swapped(page, agree.click)
        return page

    return make


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desktop", "phone"])
def test_a_photo_finds_what_looks_like_it(shown, customer, size, accessible):
    page = shown(size)
    family = customer[0].stem.rsplit("-", 1)[0]
    skus = [card.get_attribute("data-sku") for card in page.locator("#results .card").all()]
    assert any(sku.startswith(family) for sku in skus[:5])
    assert re.search(r"[?&]photo=\w+", page.url)
    assert page.locator("h1").text_content() == "Your photo"
    page.locator(".why summary").first.click()
    assert "Looks like your photo" in page.locator(".why li").first.text_content()
    accessible(page)


def test_this_but(shown):
    page = shown()
    card = page.locator("#results .card").first
    price = float(card.locator(".price").text_content().lstrip("€"))
    card.locator(".but summary").click()
    colour = card.locator("[data-but^='in ']").first
    words = colour.get_attribute("data-but")
    swapped(page, colour.click)
    assert page.locator("#q").input_value() == words
    assert page.locator("h1").text_content() == f"Your photo, “{words}”"
    assert "photo=" in page.url
    page.go_back()
    page.wait_for_function("() => document.querySelector('h1').textContent === 'Your photo'")
    card.locator(".but summary").click()
    swapped(page, card.get_by_role("button", name="cheaper").click)
    prices = [float(text.lstrip("€")) for text in page.locator(".card .price").all_text_contents()]
    assert prices
    assert max(prices) < price
    assert "photo=" in page.url


def test_a_photo_stays_with_choices_and_pages(shown):
    page = shown()
    before = titles(page)
    swapped(page, page.get_by_label("In stock only").check)
    assert "photo=" in page.url
    assert "stock=1" in page.url
    assert page.locator("h1").text_content() == "Your photo"
    if page.get_by_role("link", name="Next").count():
        swapped(page, page.get_by_role("link", name="Next").click)
        assert "photo=" in page.url
        assert not set(titles(page)) & set(before)


def test_a_reload_searches_with_the_photo_again(shown):
    page = shown()
    before = titles(page)
    page.reload()
    page.locator("#results .card[data-sku]").first.wait_for()
    assert titles(page) == before
    assert page.locator(".snap-photos img").count() == 1


def test_another_device_does_not_have_the_photo(shown, tab):
    address = shown().url
    other = tab(*DESK)
    other.goto(address)
    other.get_by_role("heading", name="This photo is on another device").wait_for()
    assert other.locator("#results .card").count() == 0


def test_taking_the_photo_out_leads_back(shown):
    page = shown()
    swapped(page, page.get_by_role("button", name="Remove your photo").click)
    assert page.locator("h1").text_content() == "Find it by words or by a photo"
    assert "photo=" not in page.url


def test_without_consent_nothing_is_sent(tab, served, customer):
    page = tab(*DESK)
    sent = []
    page.on("request", lambda one: sent.append(one) if one.method == "POST" and one.url.rstrip("/") == served else None)
    page.goto(served)
    page.wait_for_function("() => !!customElements.get('photo-field')")
    page.locator("photo-field input[multiple]").set_input_files(str(customer[0]))
    page.get_by_role("button", name="No, do not send it").click()
    page.get_by_text("Your photo was not sent").wait_for()
    assert sent == []
    assert page.locator("h1").text_content() == "Find it by words or by a photo"
