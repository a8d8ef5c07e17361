"""The storefront in a real browser: start, results, narrowing, pages, the way back, products, without scripts."""

import json
import re

import pytest

PHONE, DESK = (390, 844), (1280, 900)
NOBODYS = "4006381333931"  # a code that no product has
sizes = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desktop", "phone"])


def titles(page):
    return page.locator("#results .card a.title").all_text_contents()


def answered(page, words):
    """Wait until the results for some words are shown."""
    page.wait_for_function("(words) => document.querySelector('#results .answer')?.dataset.words === words", arg=words)


def search(page, words):
    page.locator("#q").fill(words)
    page.locator("#q").press("Enter")
    answered(page, words)


def swapped(page, act):
    """Do something that swaps the results, and wait for it."""
    page.evaluate("""() => { window.swapped = false; document.addEventListener("results-swapped",
        () => { window.swapped = true; }, { once: true }); }""")
    act()
    page.wait_for_function("() => window.swapped")


@sizes
def test_from_the_start_page_to_a_product(tab, served, size):
    page = tab(*size)
    page.goto(served)
    assert page.locator("h1").text_content() == "Find it by words or by a photo"
    search(page, "sneakers")
    assert re.fullmatch(r".*/\?q=sneakers", page.url)
    assert page.title() == "sneakers · Snapshelf"
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.locator("#status").text_content() == page.locator(".count").text_content() != ""
    first = titles(page)[0]
    page.locator("a.title").first.click()
    page.wait_for_url("**/p/*")
    assert page.locator("h1").text_content() == first
    page.go_back()
    answered(page, "sneakers")
    assert titles(page)[0] == first


def test_a_category_shows_all_of_it(tab, served):
    page = tab(*DESK)
    page.goto(served)
    tile = page.locator(".tile").first
    count = int(re.search(r"(\d+) product", tile.text_content())[1])
    name = tile.locator("a").text_content()
    swapped(page, tile.locator("a").click)
    assert name in page.locator("h1").text_content()
    cards = int(page.locator(".count").text_content().split()[0])
    assert cards == count
    assert page.get_by_role("checkbox", name=name).first.is_checked()


def test_choices_narrow_and_are_taken_back(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?q=shoes")
    before = page.locator(".count").text_content()
    box = page.locator("input[name='f.brand']").first
    brand, id = box.get_attribute("value"), box.get_attribute("id")
    swapped(page, box.check)
    assert f"f.brand={brand}" in page.url
    assert page.locator(".chip", has_text=brand).count() == 1
    assert page.locator(f"input[name='f.brand'][value='{brand}']").is_checked()
    assert page.evaluate("document.activeElement.id") == id
    assert page.locator("input[name='f.brand']").count() > 1  # the other brands are still offered
    swapped(page, page.get_by_role("link", name=f"Take away: {brand}").click)
    assert page.locator(".count").text_content() == before
    assert "f.brand" not in page.url
    page.go_back()
    page.locator(".chip", has_text=brand).wait_for()
    assert f"f.brand={brand}" in page.url


def test_price_and_stock(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?q=shoes")
    page.get_by_label("to", exact=True).fill("60,5")
    swapped(page, lambda: page.get_by_label("to", exact=True).press("Enter"))
    prices = [float(text.lstrip("€")) for text in page.locator(".card .price").all_text_contents()]
    assert prices
    assert max(prices) <= 60.5
    swapped(page, page.get_by_label("In stock only").check)
    assert page.locator(".card .stock.out").count() == 0
    swapped(page, lambda: page.get_by_label("Sort by").select_option("price"))
    prices = [float(text.lstrip("€")) for text in page.locator(".card .price").all_text_contents()]
    assert prices == sorted(prices)


def test_what_was_understood_can_be_taken_away(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?q=shoes+under+50+eur")
    assert page.locator(".chip.guessed", has_text="price below 50 EUR").count() == 1
    swapped(page, page.get_by_role("link", name="Do not take this from the words: price below 50 EUR").click)
    assert "off=price" in page.url
    assert page.locator(".chip.guessed", has_text="price").count() == 0


def test_a_typing_error_is_said_and_can_be_insisted_on(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?q=sneekers")
    assert "Showing results for sneakers" in page.locator(".said").first.text_content()
    swapped(page, page.get_by_role("link", name="Search instead for “sneekers”").click)
    assert "off=correction" in page.url
    assert page.get_by_text("Showing results for").count() == 0


def test_nothing_found_is_said_kindly(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?q={NOBODYS}")
    assert page.get_by_role("heading", name="Sorry, we do not sell that").is_visible()
    assert page.locator("#nearest").text_content() == "What comes nearest, in stock"
    assert page.locator(".card .stock.out").count() == 0
    page.goto(f"{served}/?q=sofa+under+1+eur")
    assert "No product passes: price below 1 EUR" in page.locator(".empty").text_content()
    swapped(page, page.locator(".chip a").last.click)
    assert titles(page)
    page.goto(f"{served}/?q=shoes&max=0.01")
    assert "Nothing here fits all of that" in page.locator(".empty").text_content()
    swapped(page, page.locator(".empty").get_by_role("link", name="clear all filters").click)
    assert titles(page)


def test_pages(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?q=gift&max=500")
    first = titles(page)
    if page.locator(".pages").count() == 0:
        page.goto(f"{served}/?f.in_stock=true")
        first = titles(page)
    swapped(page, page.get_by_role("link", name="Next").click)
    assert "page=2" in page.url
    assert page.locator(".pages [aria-current]").text_content() == "Page 2"
    assert page.evaluate("scrollY") == 0
    assert not set(titles(page)) & set(first)


def test_the_way_back_returns_to_the_same_place(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?f.in_stock=true")
    page.evaluate("scrollTo(0, 700)")
    page.wait_for_function("() => history.state?.scroll >= 600")
    search(page, "sofa")
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.wait_for_function("() => scrollY >= 600")
    assert page.locator("#q").input_value() == ""
    page.go_forward()
    answered(page, "sofa")
    assert page.locator("#q").input_value() == "sofa"


def test_variants_take_the_place_of_a_card(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?f.in_stock=true")
    card = page.locator(".card", has=page.locator(".swatch:not([aria-current])")).first
    other = card.locator(".swatch:not([aria-current])").first
    wanted = other.get_attribute("data-title")
    link = other.get_attribute("href")
    other.click()
    shown = card.locator("a.title")
    assert shown.text_content() == wanted
    assert shown.get_attribute("href") == link
    assert "/?f." in page.url  # nothing was loaded


def test_why_this_result(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?q=sneakers")
    card = page.locator(".card").first
    card.get_by_text("Why this").click()
    assert "Means what you wrote" in card.locator(".why li").first.text_content()
    assert "relevance" in card.locator(".figures").text_content()


def test_more_like_this(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?q=sneakers")
    first = titles(page)[0]
    page.locator(".more-like").first.click()
    page.wait_for_url("**/like/*")
    assert page.locator(".like-head").get_by_role("link").text_content() == first
    assert titles(page)
    assert first not in titles(page)


@sizes
def test_suggestions_by_keyboard(tab, served, size):
    page = tab(*size)
    page.goto(served)
    box = page.locator("#q")
    box.press_sequentially("snea")
    option = page.locator("[role='option']").first
    option.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    assert option.locator("b").first.text_content().lower() == "snea"
    box.press("ArrowDown")
    active = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    assert active.get_attribute("aria-selected") == "true"
    box.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "snea"
    box.fill("")
    box.press_sequentially("shoe")
    page.locator("[role='option'][data-sku='']").first.wait_for()
    goal = page.locator("[role='option'][data-sku='']").first
    words = goal.get_attribute("data-text")
    while page.locator(f"#{box.get_attribute('aria-activedescendant') or 'q'}").get_attribute("data-text") != words:
        box.press("ArrowDown")
    box.press("Enter")
    answered(page, words)


def test_filters_on_a_phone_are_a_sheet(tab, served):
    page = tab(*PHONE)
    page.goto(f"{served}/?q=shoes")
    assert not page.locator(".facets").is_visible()
    page.get_by_role("button", name="Filters").click()
    sheet = page.get_by_role("dialog", name="Filters")
    box = sheet.locator("input[name='f.brand']").first
    swapped(page, box.check)
    assert sheet.is_visible()
    assert sheet.locator("input[name='f.brand']").first.is_checked()
    shown = sheet.get_by_role("button", name=re.compile("^Show"))
    assert page.locator(".count").text_content() in shown.text_content()
    shown.click()
    assert not sheet.is_visible()
    assert page.locator(".facets input[name='f.brand']").count() > 1
    assert page.get_by_role("button", name="Filters (1)").is_visible()


def test_without_scripts(tab, served):
    page = tab(*DESK, java_script_enabled=False)
    page.goto(served)
    page.locator("#q").fill("shoes")
    page.get_by_role("button", name="Search", exact=True).click()
    assert "“shoes”" in page.locator("h1").text_content()
    box = page.locator("input[name='f.brand']").first
    brand = box.get_attribute("value")
    box.check()
    page.locator(".facets").get_by_role("button", name="Apply").click()
    assert page.locator(".chip", has_text=brand).count() == 1
    page.get_by_role("link", name=f"Take away: {brand}").click()
    assert "f.brand" not in page.url


def test_events_tell_what_was_seen_and_clicked(tab, served):
    page, sent = tab(*DESK), []
    page.on("request", lambda one: sent.extend(json.loads(one.post_data)) if one.url.endswith("/events") else None)
    with page.expect_request("**/events"):
        page.goto(f"{served}/?q=sneakers&stock=1")
    query = page.locator("[data-query-id]").get_attribute("data-query-id")
    sku = page.locator(".card").first.get_attribute("data-sku")
    page.locator("a.title").first.click()
    page.wait_for_url("**/p/*")
    with page.expect_request(lambda one: "add_to_cart" in (one.post_data or "")):
        page.get_by_role("button", name="Add to basket").click()
    assert page.locator(".basket-count").text_content() == "1"
    seen = [one for one in sent if one["action_name"] == "impression" and one["query_id"] == query]
    assert sku in {one["event_attributes"]["object"]["object_id"] for one in seen}
    assert min(one["event_attributes"]["position"]["ordinal"] for one in seen) == 1
    for action in ("click", "add_to_cart"):
        (done,) = [one for one in sent if one["action_name"] == action]
        assert done["event_attributes"]["object"]["object_id"] == sku
        assert (done["query_id"], bool(done["client_id"])) == (query, True)
    answer = page.request.post(f"{served}/events", data=sent).json()
    assert (answer["refused"], answer["again"] > 0) == ([], True)  # the server has them


def test_who_does_not_want_to_be_followed_has_no_id(tab, served):
    page = tab(*DESK)
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
    with page.expect_request("**/events") as told:
        page.goto(f"{served}/?q=sneakers")
    assert all("client_id" not in one for one in json.loads(told.value.post_data))
    assert page.evaluate("localStorage.getItem('snapshelf-client')") is None


def test_refusals_are_said_in_words(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?q=sneakers")
    before = titles(page)
    page.get_by_label("to", exact=True).fill("cheap")
    page.get_by_label("to", exact=True).press("Enter")
    alarm = page.get_by_role("alert")
    alarm.wait_for()
    assert alarm.text_content() == "The highest price is 'cheap'; give a number, such as 80"
    assert titles(page) == before


def test_offline_is_said_and_made_up_for(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?q=sneakers")
    page.context.set_offline(True)
    page.locator("#q").fill("sofa")
    page.locator("#q").press("Enter")
    page.get_by_role("alert").wait_for()
    assert "offline" in page.get_by_role("alert").text_content()
    page.context.set_offline(False)
    answered(page, "sofa")
    assert not page.get_by_role("alert").is_visible()


def test_a_slow_answer_is_waited_for_and_an_older_one_dropped(tab, served):
    page = tab(*DESK)
    page.goto(f"{served}/?q=sneakers")
    held = []
    page.route("**/?q=lamp", lambda route: held.append(route))
    page.locator("#q").fill("lamp")
    page.locator("#q").press("Enter")
    page.locator(".bones").wait_for(state="attached")
    assert page.locator("#results").get_attribute("aria-busy") == "true"
    search(page, "sofa")
    for route in held:
        route.abort()
    assert page.locator(".bones").count() == 0
    assert page.url.endswith("?q=sofa")
    assert not page.get_by_role("alert").is_visible()


def test_pages_are_light(tab, served):
    page = tab(*PHONE)
    sizes = []
    page.on("response", lambda one: sizes.append(one) if "/media/" not in one.url else None)
    page.goto(f"{served}/?q=sneakers", wait_until="load")
    total = sum(one.request.sizes()["responseBodySize"] for one in sizes if one.url.startswith(served))
    assert 0 < total < 150_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@sizes
def test_nothing_keeps_anybody_out(tab, served, accessible, size, scheme):
    page = tab(*size, color_scheme=scheme)
    for path in ("/", "/?q=red+shoes+under+90+eur&f.in_stock=true", f"/?q={NOBODYS}", "/nowhere"):
        page.goto(served + path)
        accessible(page)
    page.goto(f"{served}/?q=sneakers")
    page.locator(".why summary").first.click()
    accessible(page)
    page.locator("a.title").first.click()
    page.wait_for_url("**/p/*")
    accessible(page)
    if size == PHONE:
        page.goto(f"{served}/?q=sneakers")
        page.get_by_role("button", name="Filters").click()
        accessible(page)
