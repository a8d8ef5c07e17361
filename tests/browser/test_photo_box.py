"""Photos in the search box: every way in, what is sent, what is remembered, and that nothing leaves unasked."""

import base64
import io
import urllib.error
import urllib.request

import pytest
from PIL import Image

from tests.browser.box import Box, numbers

DIALOG = "dialog[open]"
# A File from base64, in a paste or a drop.
GIVE = """([data, kind]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)), held = new DataTransfer();
  held.items.add(new File([bytes], "given.jpg", { type: "image/jpeg" }));
  const target = kind === "paste" ? document.querySelector("input[name=q]") : document.body;
  const make = (name) => name === "paste"
    ? new ClipboardEvent(name, { clipboardData: held, bubbles: true, cancelable: true })
    : new DragEvent(name, { dataTransfer: held, bubbles: true, cancelable: true });
  for (const name of kind === "paste" ? ["paste"] : ["dragenter", "dragover"]) target.dispatchEvent(make(name));
  const shown = Boolean(document.querySelector(".snap-drop"));
  if (kind === "drop") target.dispatchEvent(make("drop"));
  return shown;
}"""


@pytest.fixture
def box(tab, served):
    return Box(tab(), served)


@pytest.fixture
def chosen(box, customer):
    """A box with one photo that was agreed to and found."""
    box.choose(customer[0])
    box.agree()
    box.found()
    return box


def photo(size=(800, 600), orientation=0, form="JPEG"):
    """A picture whose left half is red and right half is blue."""
    picture = Image.new("RGB", size, (200, 30, 30))
    picture.paste((30, 30, 200), (size[0] // 2, 0, *size))
    held, exif = io.BytesIO(), Image.Exif()
    if orientation:
        exif[0x0112], exif[0x010F] = orientation, "A camera"
    picture.save(held, form, exif=exif)
    return held.getvalue()


def give(box, name, data, mime="image/jpeg"):
    box.page.locator("photo-field input[multiple]").set_input_files([{"name": name, "mimeType": mime, "buffer": data}])


def opened(data):
    return Image.open(io.BytesIO(data))


def test_a_photo_is_asked_about_made_small_and_found(box, customer, accessible):
    box.choose(customer[0])
    box.page.wait_for_selector(DIALOG)
    assert "does not keep it" in box.page.locator(DIALOG).text_content()
    assert box.sent == []
    accessible(box.page)
    box.agree()
    assert box.found()["skus"]
    sent = opened(box.field("image")[0])
    assert sent.format == "JPEG"
    assert box.field("consent")[0]
    assert len(box.query("photo")) == 1
    accessible(box.page)


def test_a_large_photo_arrives_upright_small_and_without_what_the_camera_wrote(box):
    give(box, "large.jpg", photo((2600, 1300), orientation=6))  # to be turned by a quarter, clockwise
    box.agree()
    box.found()
    sent = opened(box.field("image")[0])
    assert sent.size == (640, 1280)
    assert not sent.getexif()
    top, bottom = sent.getpixel((320, 100)), sent.getpixel((320, 1180))
    assert (top[0] > 150, bottom[2] > 150) == (True, True)


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_photo_is_pasted_or_dropped(box, customer, kind):
    shown = box.page.evaluate(GIVE, [base64.b64encode(customer[1].read_bytes()).decode(), kind])
    assert shown == (kind == "drop")
    box.agree()
    assert box.found()["skus"]
    assert box.page.locator(".snap-drop").count() == 0


def test_words_that_are_pasted_stay_words(box):
    box.page.evaluate("""() => {
      const held = new DataTransfer();
      held.setData("text/plain", "shoes");
      held.items.add(new File(["x"], "x.png", { type: "image/png" }));
      const event = new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true });
      document.querySelector("input[name=q]").dispatchEvent(event);
      document.body.dataset.taken = event.defaultPrevented;
    }""")
    assert box.page.get_attribute("body", "data-taken") == "false"
    assert box.page.locator(DIALOG).count() == 0


def test_several_photos_are_sent_with_a_crop_each_and_at_most_four(box, customer):
    box.choose(*customer[:5])
    box.agree()
    box.found()
    assert len(box.field("image")) == len(box.field("crop")) == len(box.query("photo")) == 4
    assert "At most 4" in box.page.locator("form").text_content()
    box.page.get_by_role("button", name="Remove photo 2").click()
    box.found(2)
    assert len(box.field("image")) == 3
    assert box.page.evaluate("document.activeElement.className") == "snap-remove"


def test_the_same_photo_twice_is_one(chosen, customer):
    chosen.choose(customer[0])
    chosen.page.wait_for_selector("text=is there already")
    assert len(chosen.sent) == 1


def test_the_last_photo_taken_out_leaves_nothing_to_ask(chosen):
    chosen.page.get_by_role("button", name="Remove your photo").click()
    assert chosen.found(2) == "nothing asked"
    assert chosen.query("photo") == []


@pytest.mark.parametrize(
    ("name", "mime", "data", "said"),
    [
        ("notes.txt", "text/plain", b"hello", "notes.txt is not a photo"),
        ("broken.jpg", "image/jpeg", photo()[:200], "broken.jpg cannot be opened"),
        ("empty.png", "image/png", b"", "empty.png is empty"),
    ],
)
def test_what_is_no_photo_is_refused_in_words(box, name, mime, data, said):
    give(box, name, data, mime)
    box.page.wait_for_selector(f"text={said}")
    assert box.sent == []
    assert box.page.locator(DIALOG).count() == 0


def test_a_photo_that_only_the_server_can_open_is_sent_as_it_is(box, customer):
    pytest.importorskip("pillow_heif").register_heif_opener()
    held = io.BytesIO()
    Image.open(customer[0]).save(held, "HEIF")
    data = held.getvalue()
    give(box, "IMG_1.HEIC", data, "")
    box.agree()
    assert box.found()["skus"]
    assert box.field("image") == [data]
    box.page.locator(".snap-photo").click()
    assert box.page.locator("input[name=crop]").count() == 2  # no part can be marked of what is not shown


# --- what is meant of a photo -----------------------------------------------------------------------------------------


def test_a_part_is_drawn_with_the_mouse_and_sent_in_pixels_of_what_is_sent(box, accessible):
    give(box, "wide.jpg", photo((2000, 1000)))
    box.agree()
    box.found()
    assert opened(box.field("image")[0]).size == (1280, 640)
    box.page.locator(".snap-photo").click()
    accessible(box.page, DIALOG)
    shown = box.page.locator(".snap-stage").bounding_box()
    at = lambda x, y: (shown["x"] + x * shown["width"], shown["y"] + y * shown["height"])  # noqa: E731
    box.page.mouse.move(*at(0.25, 0.25))
    box.page.mouse.down()
    box.page.mouse.move(*at(0.5, 0.5), steps=4)
    box.page.mouse.move(*at(0.75, 0.5), steps=4)
    box.page.mouse.up()
    assert box.page.locator("input[value=box]").is_checked()
    accessible(box.page, DIALOG)
    box.page.get_by_role("button", name="Search with this").click()
    box.found(2)
    crop = numbers(box.field("crop")[0])
    assert all(abs(got - meant) <= 4 for got, meant in zip(crop, (320, 160, 960, 320), strict=True)), crop
    assert box.query("crop") == box.field("crop")


def test_a_box_is_moved_and_resized_by_its_handles(chosen):
    page = chosen.page
    page.locator(".snap-photo").click()
    page.get_by_label("A part that I mark").check()
    before = page.evaluate("document.querySelector('crop-box').box")
    corner = page.locator(".snap-handle-rb").bounding_box()
    middle = corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 60, middle[1] - 40, steps=3)
    page.mouse.up()
    after = page.evaluate("document.querySelector('crop-box').box")
    assert after[:2] == before[:2]
    assert after[2] < before[2]
    assert after[3] < before[3]
    shown = page.locator(".snap-part").bounding_box()
    page.mouse.move(shown["x"] + shown["width"] / 2, shown["y"] + shown["height"] / 2)
    page.mouse.down()
    page.mouse.move(shown["x"] - 2000, shown["y"] - 2000, steps=3)
    page.mouse.up()
    moved = page.evaluate("document.querySelector('crop-box').box")
    assert moved == [0, 0, after[2] - after[0], after[3] - after[1]]  # held at the corner, as large as before


def test_a_box_is_moved_and_resized_by_keys(chosen):
    page = chosen.page
    page.locator(".snap-photo").focus()
    page.keyboard.press("Enter")
    page.get_by_label("A part that I mark").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "snap-part"
    before = page.evaluate("document.querySelector('crop-box').box")
    page.keyboard.press("ArrowLeft")
    moved = page.evaluate("document.querySelector('crop-box').box")
    assert (moved[0] < before[0], moved[2] - moved[0]) == (True, before[2] - before[0])
    page.keyboard.press("Shift+ArrowUp")
    smaller = page.evaluate("document.querySelector('crop-box').box")
    assert (smaller[:3], smaller[3] < moved[3]) == (moved[:3], True)
    page.keyboard.press("Tab")
    corner = page.locator(":focus")
    assert corner.get_attribute("aria-label") == "Top left corner"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.querySelector('crop-box').box")[0] > smaller[0]
    assert "% across" in corner.get_attribute("aria-valuetext")
    assert "across" in page.locator("crop-box [aria-live]").text_content()
    page.keyboard.press("Enter")  # as in any form
    chosen.found(2)
    assert len(numbers(chosen.field("crop")[0])) == 4


def test_a_crop_that_is_given_up_changes_nothing(chosen):
    chosen.page.locator(".snap-photo").click()
    chosen.page.get_by_label("All of the photo").check()
    chosen.page.keyboard.press("Escape")
    chosen.page.wait_for_selector(DIALOG, state="detached")
    assert len(chosen.sent) == 1
    assert chosen.page.evaluate("document.activeElement.className") == "snap-photo"


def test_all_of_it_is_said(chosen):
    chosen.page.locator(".snap-photo").click()
    chosen.page.get_by_label("All of the photo").check()
    chosen.page.get_by_role("button", name="Search with this").click()
    chosen.found(2)
    assert chosen.field("crop") == ["whole"]


def test_a_part_is_dragged_by_touch(tab, served, customer):
    box = Box(tab(390, 844, has_touch=True, is_mobile=True), served)
    box.choose(customer[0])
    box.agree()
    box.found()
    box.page.locator(".snap-photo").tap()
    shown = box.page.locator(".snap-stage").bounding_box()
    session = box.page.context.new_cdp_session(box.page)
    for kind, x, y in [("touchStart", 0.2, 0.2), ("touchMove", 0.5, 0.5), ("touchMove", 0.8, 0.7), ("touchEnd", 0, 0)]:
        at = {"x": shown["x"] + x * shown["width"], "y": shown["y"] + y * shown["height"]}
        points = [] if kind == "touchEnd" else [at]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    # Not a tap: Chromium takes one that follows a swipe at once for the stopping of its fling, and sends no click.
    box.page.get_by_role("button", name="Search with this").click()
    box.found(2)
    wide, high = opened(box.field("image")[0]).size
    crop = numbers(box.field("crop")[0])
    meant = (0.2 * wide, 0.2 * high, 0.8 * wide, 0.7 * high)
    assert all(abs(got - want) <= 0.02 * wide for got, want in zip(crop, meant, strict=True)), crop


# --- remembering ------------------------------------------------------------------------------------------------------


def test_an_address_with_a_photo_is_opened_again_on_this_device_and_only_here(chosen, tab, served):
    first, address = chosen.found(), chosen.page.evaluate("location.search")
    chosen.page.reload()
    chosen.page.wait_for_selector("body[data-ready]")
    assert chosen.found() == first
    assert chosen.page.locator(".snap-photo").count() == 1
    assert chosen.page.locator(DIALOG).count() == 0
    elsewhere = Box(tab(), served, address)
    elsewhere.page.wait_for_selector("text=This photo is on another device")
    assert elsewhere.sent == []


def test_back_goes_to_the_search_before(chosen):
    chosen.page.get_by_label("Words", exact=True).fill("shoes")
    chosen.page.keyboard.press("Enter")
    chosen.found(2)
    chosen.page.get_by_role("button", name="Remove your photo").click()
    chosen.found(3)
    chosen.page.go_back()
    chosen.found(4)
    assert (len(chosen.field("image")), chosen.field("q")) == (1, ["shoes"])


def test_twenty_photos_are_remembered(chosen):
    kept = chosen.page.evaluate("""async () => {
      const photos = await import("/assets/x/store/photos.js");
      for (let n = 0; n < 25; n++) {
        await photos.keep({ blob: new Blob([`photo ${n}`]), width: 1, height: 1, name: `${n}` });
      }
      const result = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
      const database = await result(indexedDB.open("snapshelf"));
      const all = await result(database.transaction("photos").objectStore("photos").getAll());
      return all.map((one) => one.name);
    }""")
    assert len(kept) == 20
    assert {"24", "5"} <= set(kept)


# --- words against photo ----------------------------------------------------------------------------------------------


def test_words_and_photo_are_weighed(chosen):
    slider = chosen.page.get_by_label("Words or photo")
    assert not slider.is_visible()
    chosen.page.get_by_label("Words", exact=True).fill("blue")
    assert slider.is_visible()
    slider.focus()
    for _ in range(3):
        chosen.page.keyboard.press("ArrowRight")
    chosen.found(4)
    assert chosen.field("weights") == ["text=0.4,image=1"]
    assert slider.get_attribute("aria-valuetext") == "words count 40 %, the photo 100 %"
    chosen.page.reload()
    chosen.page.wait_for_selector("body[data-ready]")
    chosen.found()
    assert chosen.field("weights") == ["text=0.4,image=1"]
    chosen.page.get_by_role("button", name="Remove your photo").click()
    chosen.found(2)
    assert (chosen.field("weights"), slider.is_visible()) == ([], False)


# --- consent ----------------------------------------------------------------------------------------------------------


def test_nothing_is_sent_without_consent(box, customer):
    asked = []
    box.page.on("request", lambda request: asked.append(request.method))
    box.choose(customer[0])
    box.page.get_by_role("button", name="No, do not send it").click()
    box.page.wait_for_selector("text=Your photo was not sent")
    assert (box.sent, "POST" in asked, box.query("photo")) == ([], False, [])
    assert box.page.locator(".snap-photo").count() == 0
    box.choose(customer[0])
    box.page.wait_for_selector(DIALOG)
    box.page.keyboard.press("Escape")  # a dialog that is waved away is no consent either
    box.page.wait_for_selector(DIALOG, state="detached")
    assert box.sent == []


def test_consent_taken_back_is_gone_here_and_at_the_server(chosen, customer, served, accessible):
    consent = chosen.field("consent")[0]
    chosen.page.get_by_role("button", name="Photo privacy: you agreed").click()
    accessible(chosen.page)
    chosen.page.get_by_role("button", name="Take it back").click()
    chosen.page.wait_for_selector("text=Photo privacy: nothing is sent")
    assert chosen.found(2) == "nothing asked"
    assert chosen.page.evaluate("localStorage.length") == 0
    found = chosen.page.evaluate("""async (id) => (await import("/assets/x/store/photos.js")).find(id)""", "0")
    assert found is None
    refused = chosen.page.request.post(
        f"{served}/search",
        multipart={"consent": consent, "image": {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": photo()}},
    )
    assert (refused.status, refused.json()["error"]["code"]) == (403, "no_consent")
    with pytest.raises(urllib.error.HTTPError) as gone:
        urllib.request.urlopen(urllib.request.Request(f"{served}/consents/{consent}", method="DELETE"))
    assert gone.value.code == 404
    gone.value.close()


def test_a_shop_that_needs_no_consent_does_not_ask(tab, shop, serve, customer):
    free = serve(shop / "shelf", "[serve]\nconsent = false\n")
    box = Box(tab(), free.url)
    box.choose(customer[0])
    assert box.found()["skus"]
    assert box.field("consent") == []
    free.stop()


def test_a_shop_that_cannot_be_reached_is_said(box, customer):
    box.page.route("**/consents", lambda route: route.abort())
    box.choose(customer[0])
    box.agree()
    box.page.wait_for_selector("text=could not be reached")
    assert box.sent == []
