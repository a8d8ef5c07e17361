"""A page with the parts of the search box and next to nothing else: the form, the elements, and who sends them."""

import json
import re

from snapshelf.http.guard import HEADERS

HTML = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Box</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/assets/x/shared/tokens.css"><link rel="stylesheet" href="/assets/x/store/parts.css">
<script type="module" src="/assets/x/store/parts.js"></script><script type="module" src="/box.js"></script></head>
<body><main><h1>Search</h1><form id="search"><label>Words <input name="q"></label><photo-field></photo-field>
<scan-button></scan-button><sound-field></sound-field><button>Search</button><blend-slider></blend-slider></form>
<consent-button></consent-button><output id="found"></output></main></body></html>"""
# What a storefront does with the elements, and no more.
SCRIPT = """
const form = document.querySelector("#search"), found = document.querySelector("#found");
const parts = () => [...form.querySelectorAll("*")].filter((one) => one.fill);
let turn = 0;
async function search(push) {
  const mine = ++turn, data = new FormData(), url = new URLSearchParams();
  if (form.elements.q.value) { data.set("q", form.elements.q.value); url.set("q", form.elements.q.value); }
  for (const part of parts()) await part.fill(data, url);
  if (push) history.pushState(null, "", `?${url}`);
  if (![...data.keys()].length) { found.dataset.turn = mine; found.textContent = "nothing asked"; return; }
  const answer = await fetch("/search", { method: "POST", body: data });
  const told = await answer.json();
  if (mine !== turn) return;
  found.dataset.status = answer.status;
  found.dataset.turn = mine;
  found.textContent = JSON.stringify(told.error ?? { skus: told.hits.map((hit) => hit.sku), heard: told.heard });
}
async function restore() {
  const url = new URLSearchParams(location.search);
  form.elements.q.value = url.get("q") ?? "";
  for (const part of parts()) await part.restore(url);
  if (location.search) search(false);
}
form.addEventListener("submit", (event) => { event.preventDefault(); search(true); });
form.addEventListener("search-change", () => search(true));
addEventListener("popstate", restore);
await customElements.whenDefined("consent-button");
await restore();
document.body.dataset.ready = "yes";
"""


class Box:
    """The page in a tab; ``sent``: the requests to search, newest last."""

    def __init__(self, page, served, query=""):
        self.page, self.sent, self.served = page, [], served
        page.route("**/box*", lambda route: route.fulfill(body=HTML, content_type="text/html", headers=HEADERS))
        page.route("**/box.js", lambda route: route.fulfill(body=SCRIPT, content_type="text/javascript"))
        page.on("request", lambda request: self.sent.append(request) if self._is_search(request) else None)
        self.open(query)

    def open(self, query=""):
        self.page.goto(f"{self.served}/box{query}")
        self.page.wait_for_selector("body[data-ready]")

    def _is_search(self, request):
        return request.method == "POST" and request.url.endswith("/search")

    def choose(self, *files):
        self.page.locator("photo-field input[multiple]").set_input_files([str(file) for file in files])

    def agree(self):
        self.page.get_by_role("button", name="Agree and search").click()

    def found(self, turn=1):
        """What came of the n-th time that this page asked: a dictionary, or the words "nothing asked"."""
        self.page.wait_for_selector(f"#found[data-turn='{turn}']", state="attached")
        text = self.page.locator("#found").text_content()
        return json.loads(text) if text.startswith("{") else text

    def field(self, name):
        """The values of a field in the newest form that was sent; files as their sizes."""
        body = self.sent[-1].post_data_buffer
        mark = body.split(b"\r\n", 1)[0]
        values = []
        for piece in body.split(mark)[1:-1]:
            head, _, value = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            if f'name="{name}"'.encode() in head:
                value = value.removesuffix(b"\r\n")
                values.append(value if b"filename=" in head else value.decode())
        return values

    def query(self, name):
        """A parameter of the page's address."""
        return self.page.evaluate("(name) => new URLSearchParams(location.search).getAll(name)", name)


def numbers(text):
    """The whole numbers in a text, such as a crop."""
    return [int(one) for one in re.findall(r"-?\d+", text)]
