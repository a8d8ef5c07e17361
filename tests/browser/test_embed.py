"""The box in a page of another origin: three lines, and all that a shop may do with it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>
<style>p, a, li, span {{ color: red !important; font-size: 40px !important }} ul {{ display: none }}
snapshelf-search {{ --snap-accent: #123456 }}
snapshelf-search::part(price) {{ letter-spacing: 3px }}</style></head><body><main><h1>Shop</h1>
<script type="module" src="{url}/embed.js"></script>
<snapshelf-search src="{url}" k="6" link="/product/{{sku}}?from=search">
</snapshelf-search></main></body></html>"""
GRID = "snapshelf-search [part=grid]"


@pytest.fixture(scope="module")
def foreign(shop, serve):
    """(address of a shop's own page, address of the search server that lets that origin call it)."""
    pages = {}

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            body = pages.get(self.path, "<title>Product</title>").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        here = f"http://127.0.0.1:{server.server_port}"
        search = serve(shop / "shelf", f'[serve]\nrate = ""\ncors = "{here}"\n').url
        pages["/"] = PAGE.format(url=search)
        yield here, search
        server.shutdown()
        thread.join()


@pytest.fixture
def page(tab, foreign):
    opened = tab()
    opened.goto(foreign[0])
    opened.wait_for_selector("snapshelf-search input[type=search]")
    return opened


def search(page, words):
    page.get_by_role("combobox", name="Search the shop").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{GRID} a")


def test_words_are_searched_from_another_origin(page, foreign, accessible):
    search(page, "cotton")
    cards = page.locator(f"{GRID} a")
    assert cards.count() == 6
    assert cards.first.get_attribute("href").startswith("/product/")
    assert cards.first.get_attribute("href").endswith("?from=search")
    assert page.locator("snapshelf-search img").first.get_attribute("src").startswith(foreign[1])
    page.wait_for_function(
        "document.querySelector('snapshelf-search').shadowRoot.querySelector('img').naturalWidth > 0"
    )
    assert "product" in page.locator("snapshelf-search [role=status]").text_content()
    accessible(page, "snapshelf-search")


def test_the_styles_of_page_and_box_do_not_meet_but_where_they_are_meant_to(page):
    search(page, "cotton")
    style = "(one, name) => getComputedStyle(one).getPropertyValue(name)"
    button, price = page.locator("snapshelf-search .go"), page.locator("snapshelf-search [part=price]").first
    assert button.evaluate(style, "background-color") == "rgb(18, 52, 86)"
    assert price.evaluate(style, "letter-spacing") == "3px"
    assert price.evaluate(style, "font-size") == "16px"
    assert page.locator(GRID).evaluate(style, "display") == "grid"
    assert page.evaluate("document.styleSheets.length") == 1


def test_more_hits_are_added_and_the_first_new_one_has_the_focus(page):
    search(page, "cotton")
    page.get_by_role("button", name="Show more").click()
    page.wait_for_selector(f"{GRID} li:nth-child(12)")
    hrefs = page.locator(f"{GRID} a").evaluate_all("(all) => all.map((one) => one.href)")
    assert len(set(hrefs)) == 12
    focused = page.evaluate("document.querySelector('snapshelf-search').shadowRoot.activeElement.href")
    assert focused == hrefs[6]


def test_suggestions_are_taken_by_keys(page):
    field = page.get_by_role("combobox", name="Search the shop")
    field.press_sequentially("sho")
    page.wait_for_selector("snapshelf-search [role=option]")
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    option = page.locator("snapshelf-search [role=option]").first
    assert option.get_attribute("aria-selected") == "true"
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    words = option.get_attribute("data-text")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{GRID} a")
    assert field.input_value() == words
    assert field.get_attribute("aria-expanded") == "false"


def test_a_photo_is_asked_about_and_found(page, customer, accessible):
    posted = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    page.locator("snapshelf-search input[type=file]").set_input_files(customer[0])
    page.get_by_role("button", name="No, do not send it").click()
    page.wait_for_selector("text=Your photo was not sent")
    assert posted == []
    page.locator("snapshelf-search input[type=file]").set_input_files(customer[0])
    page.get_by_role("button", name="Agree and search").wait_for()
    accessible(page, "snapshelf-search")
    page.get_by_role("button", name="Agree and search").click()
    page.wait_for_selector(f"{GRID} a")
    accessible(page, "snapshelf-search")
    page.get_by_role("button", name="Photo privacy: you agreed").click()
    page.get_by_role("button", name="Take it back").click()
    page.wait_for_selector("text=Photo privacy: nothing is sent")
    page.get_by_role("img", name="Your photo").wait_for(state="detached")


def test_consent_taken_back_elsewhere_is_asked_for_again(page, foreign, customer):
    page.locator("snapshelf-search input[type=file]").set_input_files(customer[0])
    page.get_by_role("button", name="Agree and search").click()
    page.wait_for_selector(f"{GRID} a")
    id = page.evaluate("JSON.parse(Object.values(localStorage)[0]).id")
    assert page.request.delete(f"{foreign[1]}/consents/{id}").ok
    page.get_by_role("button", name="Search", exact=True).click()
    agree = page.get_by_role("button", name="Agree and search")
    agree.wait_for()  # the answer to the first try has come by then
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and answer.url.endswith("/search")
    ) as again:
        agree.click()
    assert again.value.status == 200


def test_a_click_is_told_and_the_page_may_go_its_own_way(page):
    search(page, "cotton")
    page.evaluate("""document.addEventListener("snapshelf:click", (event) => {
      event.preventDefault();
      document.body.dataset.sku = event.detail.sku;
    }, { once: true })""")

    def told(answer):
        return answer.url.endswith("/events") and "click" in (answer.request.post_data or "")

    with page.expect_response(told) as answer:
        page.locator(f"{GRID} a").first.click()
    (event,) = answer.value.request.post_data_json
    assert event["event_attributes"]["object"]["object_id"] == page.get_attribute("body", "data-sku")
    assert "client_id" not in event
    again = page.request.post(answer.value.url, data=[event]).json()
    assert (again["counted"], again["again"]) == (0, 1)  # it is there already
    page.locator(f"{GRID} a").first.click()
    page.wait_for_url("**/product/**")


def test_a_page_that_the_server_does_not_know_is_told_that_it_cannot_be_reached(tab, foreign, served):
    opened = tab()
    opened.goto(foreign[0])
    opened.evaluate("(url) => document.querySelector('snapshelf-search').setAttribute('src', url)", served)
    opened.get_by_role("combobox", name="Search the shop").fill("boots")
    opened.keyboard.press("Enter")
    opened.wait_for_selector("text=The search cannot be reached")


def test_the_entry_is_short_lived_and_open_to_all(tab, served):
    answer = tab().request.get(f"{served}/embed.js", headers={"Origin": "https://anyone.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["content-type"].startswith("text/javascript")


def test_the_page_that_shows_it_is_accessible_and_its_lines_are_right(tab, served, accessible):
    page = tab(390, 844)
    page.goto(f"{served}/embed")
    search(page, "cotton")
    accessible(page)
    lines = page.locator("pre").text_content()
    assert f'src="{served}/embed.js"' in lines
    assert f'<snapshelf-search src="{served}"' in lines
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
