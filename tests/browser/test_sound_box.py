"""Microphone, camera and barcodes, with the devices that Chromium plays from files."""

import pytest

from tests.browser.box import Box
from tests.browser.conftest import BARCODE
from tests.clips import tone, wav

DETECTS = """window.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["ean_13", "qr_code"]); }
  constructor({ formats }) { window.asked = formats; }
  detect(video) { return Promise.resolve(video.videoWidth ? [{ rawValue: "4006381333931" }] : []); }
};"""


@pytest.fixture
def box(tab, served):
    return Box(tab(permissions=["camera", "microphone"]), served)


def barcode_reader():
    pytest.importorskip("zxingcpp")


def test_somebody_speaks_and_is_heard(box, accessible):
    box.page.get_by_role("button", name="Search by voice").click()
    box.page.wait_for_selector("text=Listening")
    accessible(box.page)
    box.page.get_by_role("button", name="Agree and search").click()  # asked once it is quiet again, before it is sent
    told = box.found()
    assert len(box.field("audio")) == 1
    assert box.field("audio")[0][:4] == b"\x1aE\xdf\xa3"  # EBML, which WebM is written in
    assert box.field("consent")[0]
    assert told.get("heard") or "understood" in told["message"], told  # coffee is not what this shop sells
    assert box.page.locator(".snap-clip").is_visible()
    accessible(box.page)
    box.page.get_by_role("button", name="Remove your recording").click()
    assert box.found(2) == "nothing asked"


def test_a_recording_that_is_closed_is_sent_nowhere(box):
    box.page.get_by_role("button", name="Search by voice").click()
    box.page.wait_for_selector("text=Listening")
    box.page.keyboard.press("Escape")
    box.page.wait_for_selector("dialog", state="detached")
    assert box.sent == []
    assert not box.page.locator(".snap-clip").is_visible()


def test_without_a_microphone_a_file_can_be_chosen(tab, served):
    box = Box(tab(), served)  # of which the browser gives no permission
    box.page.get_by_role("button", name="Search by voice").click()
    box.page.wait_for_selector("text=does not let this page use the microphone")
    with box.page.expect_file_chooser() as chooser:
        box.page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files([{"name": "tone.wav", "mimeType": "audio/wav", "buffer": wav(tone(1.0))}])
    box.agree()
    assert "understood" in box.found()["message"]
    assert box.field("audio") == [wav(tone(1.0))]


def test_a_file_that_is_no_sound_is_refused_in_words(box):
    box.page.locator("sound-field input").set_input_files([{"name": "x.txt", "mimeType": "text/plain", "buffer": b"x"}])
    box.page.wait_for_selector("text=x.txt is neither a sound nor a video")
    assert box.sent == []


def test_one_consent_covers_photo_and_sound_and_the_narrower_one_is_taken_back(box, customer, served):
    box.choose(customer[0])
    box.agree()
    box.found()
    first = box.field("consent")[0]
    box.page.locator("sound-field input").set_input_files(
        [{"name": "a.wav", "mimeType": "audio/wav", "buffer": wav(tone())}]
    )
    with box.page.expect_response(lambda answer: answer.request.method == "DELETE") as gone:
        box.agree()
    assert gone.value.url.endswith(first)
    box.found(2)
    assert box.field("consent") != [first]
    assert (len(box.field("image")), len(box.field("audio"))) == (1, 1)


def test_a_shop_that_cannot_hear_has_no_microphone(tab, shop, serve):
    deaf = serve(shop / "shelf", '[speech]\nrecogniser = ""\n')
    terms = tab().request.get(f"{deaf.url}/consents/terms").json()
    assert terms["can"] == {"photo": True, "sound": False, "video": True, "barcode": True}
    box = Box(tab(), deaf.url)
    box.page.wait_for_selector("sound-field button")  # videos can still be chosen
    box.page.get_by_role("button", name="Search by voice").click()
    assert box.page.get_by_role("button", name="Done speaking").count() == 0
    deaf.stop()


def test_a_photo_is_taken_with_the_camera(box, accessible):
    box.page.get_by_role("button", name="Take a photo").click()
    shutter = box.page.get_by_role("button", name="Take the photo")
    shutter.wait_for()
    box.page.wait_for_selector("text=Hold what you look for")
    accessible(box.page)
    shutter.click()
    box.agree()
    assert "skus" in box.found()
    assert box.field("image")[0][:2] == b"\xff\xd8"
    assert box.page.evaluate("document.querySelectorAll('video').length") == 0


def test_a_camera_that_is_not_allowed_is_said(tab, served):
    box = Box(tab(), served)
    box.page.get_by_role("button", name="Take a photo").click()
    box.page.wait_for_selector("text=does not let this page use the camera")
    assert box.page.get_by_role("button", name="Take the photo").is_disabled()


def test_a_phone_opens_its_own_camera(tab, served):
    box = Box(tab(390, 844, has_touch=True, is_mobile=True), served)
    with box.page.expect_file_chooser() as chooser:
        box.page.get_by_role("button", name="Take a photo").tap()
    assert chooser.value.element.get_attribute("capture") == "environment"


def test_a_barcode_that_the_browser_reads_is_searched_for_as_words(tab, served, accessible):
    page = tab(permissions=["camera"])
    page.add_init_script(DETECTS)
    box = Box(page, served)
    page.get_by_role("button", name="Scan a barcode").click()
    page.wait_for_selector(f"text=Read {BARCODE}")
    box.found()
    assert box.field("q") == [BARCODE]
    assert page.evaluate("window.asked") == ["ean_13"]
    assert page.locator("dialog").count() == 0
    accessible(page)


def test_a_barcode_that_the_browser_cannot_read_is_read_by_the_shop(box, served):
    barcode_reader()
    box.page.get_by_role("button", name="Scan a barcode").click()
    box.page.wait_for_selector("text=then take the photo")
    box.page.get_by_role("button", name="Take the photo").click()
    box.agree()
    box.found()
    assert box.field("crop") == ["whole"]
    from io import BytesIO

    from PIL import Image

    from snapshelf.media.barcodes import read_barcodes

    assert read_barcodes(Image.open(BytesIO(box.field("image")[0]))) == (BARCODE,)
    assert box.page.locator("#found").get_attribute("data-status") == "200"  # hits or none
