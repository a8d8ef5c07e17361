"""Photos on the storefront itself: from the start page to the results and back."""

import pytest

CARD = "#results article, #results .card"


def choose(page, *files):
    page.locator("photo-field input[multiple]").set_input_files([str(file) for file in files])


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desktop", "phone"])
def test_a_stranger_finds_a_product_by_photo(tab, served, customer, accessible, size):
    page = tab(*size)
    page.goto(served)
    page.get_by_role("button", name="Search with a photo").wait_for()
    choose(page, customer[0])
    page.get_by_role("button", name="Agree and search").click()
    page.wait_for_selector("#results:not(:has(.lead)) a[href*='/p/']")
    assert "photo=" in page.url
    assert page.locator(".snap-photo").is_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    address = page.url
    page.reload()
    page.wait_for_selector("#results a[href*='/p/']")
    assert (page.url, page.locator(".snap-photo").count()) == (address, 1)
    page.get_by_role("button", name="Remove your photo").click()
    page.wait_for_selector("#results .lead")  # the start page again
    page.go_back()
    page.wait_for_selector(".snap-photo")


def test_the_slider_keeps_the_focus_while_it_is_moved(tab, served, customer):
    page = tab()
    page.goto(served)
    page.locator("#q").fill("red")
    choose(page, customer[0])
    page.get_by_role("button", name="Agree and search").click()
    page.wait_for_url("**photo=*")
    slider = page.get_by_label("Words or photo")
    slider.focus()
    for words in ("0.8", "0.6"):
        with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/")):
            page.keyboard.press("ArrowRight")
        page.wait_for_url(f"**weights=text%3D{words}%2Cimage%3D1*")
        assert page.evaluate("document.activeElement.id") == "snap-blend"


def test_consent_that_the_server_no_longer_knows_is_asked_for_again(tab, served, customer):
    page = tab()
    page.goto(served)
    choose(page, customer[0])
    page.get_by_role("button", name="Agree and search").click()
    page.wait_for_selector("#results:not(:has(.lead)) a[href*='/p/']")
    id = page.evaluate("JSON.parse(localStorage['snapshelf-consent']).id")
    assert page.request.delete(f"{served}/consents/{id}").ok
    choose(page, customer[1])
    page.wait_for_selector("#trouble:not([hidden])")
    assert "consent" in page.locator("#trouble").text_content().lower()
    assert page.evaluate("localStorage['snapshelf-consent']") is None
    page.locator(".go").click()
    page.get_by_role("button", name="Agree and search").click()
    page.wait_for_selector("#trouble", state="hidden")
