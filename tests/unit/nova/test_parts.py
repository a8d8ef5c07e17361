"""Whole videos and long sounds: through S3 and a job of Nova's, cut by Nova, with their seconds kept."""

import json
import threading
from dataclasses import replace
from hashlib import sha256

import pytest

import snapshelf
from snapshelf.catalogue import charges
from snapshelf.config import EmbedderSettings, Settings, StoreSettings
from snapshelf.embedders import nova
from snapshelf.errors import BadMedia, BadSettings, Interrupted, OverBudget
from snapshelf.protocols import Heard
from snapshelf.testing.twin import running
from snapshelf.twin.bedrock.settings import Settings as TwinSettings
from snapshelf.twin.run import Options
from snapshelf.types import Product
from tests.clips import film, tone, wav
from tests.unit.nova.conftest import PATIENT


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """Twelve seconds: red, then blue, with a tone."""
    path = tmp_path_factory.mktemp("films") / "two.mp4"
    path.write_bytes(film(["red", "blue"], seconds=6.0, sound=tone(12.0, 48_000)))
    return path


@pytest.fixture
def twin(credentials):
    with running(Options(bedrock=TwinSettings(purposes="differ"))) as found:
        found.twin.services[1]._encoder._hear = lambda clip: Heard("", 0.0)
        found.client("s3").create_bucket(Bucket="films")
        yield found


def options(twin, **given):
    return {
        "endpoint_url": twin.endpoint,
        "s3_endpoint_url": twin.twin.objects.endpoint,
        "region": "us-east-1",
        "s3_bucket": "films",
        "video": "whole",
        "poll_seconds": 0.02,
        **PATIENT,
        **given,
    }


def opened(folder, twin, **given):
    model = EmbedderSettings(name="nova", dim=256, options=options(twin, **given))
    return snapshelf.open(folder, Settings(embedder=model, store=StoreSettings(name="exact")))


def met(twin, operation):
    return twin.meter()["operations"].get(f"bedrock:{operation}", {}).get("calls", 0)


def views(shelf):
    from sqlalchemy import select

    from snapshelf.catalogue.schema import views as table

    with shelf.stack.catalogue.read() as connection:
        return sorted(connection.execute(select(table.c.aspect)).scalars())


def test_nova_cuts_a_whole_video_and_a_hit_names_its_seconds(twin, tmp_path, video):
    product = Product("V", "a film", videos=(str(video),))
    with opened(tmp_path / "shelf", twin) as shelf:
        assert shelf.index([product]).embedded == 4
        assert views(shelf) == ["text", "video1@0.0-5.0", "video1@10.0-12.0", "video1@5.0-10.0"]
        hit = shelf.search(image=_picture(tmp_path, "blue"))[0]
        assert hit.view == "video1"
        assert hit.span == (10.0, 12.0)
        assert (met(twin, "StartAsyncInvoke"), met(twin, "InvokeModel")) == (1, 2)
        with shelf.stack.catalogue.read() as connection:
            held = {one.operation: one for one in charges.totals(connection) if one.what == "seconds of video"}
        assert held["StartAsyncInvoke"].amount == pytest.approx(12, abs=0.2)
        assert shelf.index([product]).unchanged == 1
        assert met(twin, "StartAsyncInvoke") == 1


def test_a_job_that_is_done_is_never_bought_again(twin, tmp_path, video):
    for name in ("one", "two"):  # another shelf, as after a crash that lost everything here
        with opened(tmp_path / name, twin) as shelf:
            shelf.index([Product("V", "a film", videos=(str(video),))])
            assert len(views(shelf)) == 4
    assert met(twin, "StartAsyncInvoke") == 1
    with opened(tmp_path / "three", twin, segment_seconds=10) as shelf:  # other parts are another purchase
        shelf.index([Product("V", "a film", videos=(str(video),))])
        assert views(shelf) == ["text", "video1@0.0-10.0", "video1@10.0-12.0"]
    assert met(twin, "StartAsyncInvoke") == 2


def test_pictures_and_sound_apart_are_views_of_their_own(twin, tmp_path, video):
    product = Product("V", "a film", videos=(str(video),))
    with opened(tmp_path / "shelf", twin, video_mode="AUDIO_VIDEO_SEPARATE") as shelf:
        shelf.index([product])
        assert [view.partition("@")[0] for view in views(shelf)] == ["sound1"] * 3 + ["text"] + ["video1"] * 3
        assert shelf.index([product]).unchanged == 1


def test_a_long_sound_is_cut_by_nova(twin, tmp_path):
    path = tmp_path / "long.wav"
    path.write_bytes(wav(tone(40.0)))
    with opened(tmp_path / "shelf", twin, video="scenes", segment_seconds=30) as shelf:
        shelf.index([Product("A", "a song", audios=(str(path),))])
        assert views(shelf) == ["audio1@0.0-30.0", "audio1@30.0-40.0", "text"]


def test_a_start_whose_reply_is_lost_begins_no_second_job(twin, tmp_path, video):
    twin.faults({"operation": "StartAsyncInvoke", "drop": True, "after": True, "times": 1})
    with opened(tmp_path / "shelf", twin) as shelf:
        shelf.index([Product("V", "a film", videos=(str(video),))])
    assert met(twin, "StartAsyncInvoke") == 2
    assert len(twin.client("bedrock-runtime").list_async_invokes()["asyncInvokeSummaries"]) == 1


def test_a_job_that_fails_refuses_its_product_and_is_tried_again_by_the_next_run(twin, tmp_path, video):
    worker = twin.twin.services[1]._asking._worker
    work, worker.work = worker.work, lambda job: "The input cannot be decoded."
    products = [Product("V", "a film", videos=(str(video),)), Product("T", "a text")]
    with opened(tmp_path / "shelf", twin) as shelf:
        summary = shelf.index(products)
        assert [(row.sku, row.column) for row in summary.refused] == [("V", "videos")]
        assert "The input cannot be decoded" in str(summary.refused[0])
        assert summary.added == 1
        worker.work = work
        assert shelf.index(products).added == 1
    assert met(twin, "StartAsyncInvoke") == 2


def test_parts_that_fail_are_left_out_and_said(twin, tmp_path, video):
    twin.faults({"operation": "bedrock:Segment", "status": 500, "times": 1})
    with opened(tmp_path / "shelf", twin) as shelf:
        summary = shelf.index([Product("V", "a film", videos=(str(video),))])
        assert (summary.added, len(views(shelf))) == (1, 3)
        assert any("Nova left out 1 part of sounds or videos: INTERNAL" in note for note in summary.notes)


def test_a_video_of_which_every_part_fails_is_refused(twin, tmp_path, video):
    products = [Product("V", "a film", videos=(str(video),))]
    twin.faults({"operation": "bedrock:Segment", "status": 500, "times": 3})
    with opened(tmp_path / "shelf", twin) as shelf:
        assert "Nova could not embed the video: No segment" in str(shelf.index(products).refused[0])
        assert shelf.index(products).added == 1


@pytest.mark.parametrize(
    ("reason", "jobs"), [("RAI_VIOLATION_INPUT_IMAGE_DEFLECTION", 1), ("INTERNAL_SERVER_EXCEPTION", 2)]
)
def test_a_result_without_any_part_is_bought_again_only_where_another_job_may_help(twin, video, reason, jobs):
    given = options(twin)
    embedder = nova.load(nova.card("", given, ""), given)
    assert len(embedder.parts(video, 256)) == 3
    s3 = twin.client("s3")
    (key,) = [
        one["Key"] for one in s3.list_objects_v2(Bucket="films")["Contents"] if one["Key"].endswith("result.json")
    ]
    failed = [{"embeddingType": "AUDIO_VIDEO_COMBINED", "status": "FAILURE", "failureReason": reason}]
    s3.put_object(Bucket="films", Key=key, Body=json.dumps({"embeddingResults": failed}).encode())
    with pytest.raises(BadMedia, match=f"embedded nothing of the video: {reason}"):
        embedder.parts(video, 256)
    if jobs == 1:
        with pytest.raises(BadMedia, match=reason):
            embedder.parts(video, 256)
    else:
        assert len(embedder.parts(video, 256)) == 3
    assert met(twin, "StartAsyncInvoke") == jobs
    embedder.close()


def test_a_bucket_that_is_not_there(twin, tmp_path, video):
    with (
        opened(tmp_path / "shelf", twin, s3_bucket="nowhere") as shelf,
        pytest.raises(BadSettings, match="bucket does"),
    ):
        shelf.index([Product("V", "a film", videos=(str(video),))])


def test_the_budget_counts_seconds_before_a_job_begins(twin, tmp_path, video):
    with (
        opened(tmp_path / "shelf", twin, budget_dollars=0.005) as shelf,
        pytest.raises(OverBudget, match="the next call may cost"),
    ):
        shelf.index([Product("V", "a film", videos=(str(video),))])
    assert met(twin, "StartAsyncInvoke") == 0


def test_waiting_for_a_job_ends_when_the_run_does(credentials, video):
    with running(Options(bedrock=TwinSettings(job_seconds=60))) as twin:
        twin.client("s3").create_bucket(Bucket="films")
        given = options(twin)
        embedder = nova.load(nova.card("", given, ""), given)
        caught = []

        def wait():
            try:
                embedder.parts(video, 256)
            except Interrupted as error:
                caught.append(error)

        waiting = threading.Thread(target=wait)
        waiting.start()
        for _ in range(2_000):
            if met(twin, "GetAsyncInvoke"):
                break
            waiting.join(0.01)
        embedder.stop()
        waiting.join(10)
        assert "picks up its result" in str(caught[0])
        embedder.close()


def test_a_file_that_nova_does_not_take(twin, tmp_path):
    from PIL import Image

    path = tmp_path / "moving.gif"
    frames = [Image.new("RGB", (40, 40), c) for c in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=500)
    given = options(twin)
    embedder = nova.load(nova.card("", given, ""), given)
    with pytest.raises(BadMedia, match=r'gif.*save it as mp4, or set video = "scenes"'):
        embedder.parts(path, 256)
    embedder.close()


def _picture(folder, colour):
    from PIL import Image

    path = folder / f"{colour}.png"
    Image.new("RGB", (160, 120), colour).save(path)
    return path


def test_a_video_that_is_refused_for_its_content_is_told_with_its_reason(twin, tmp_path, video):
    worker = twin.twin.services[1]._asking._worker
    worker._settings = replace(worker._settings, blocked=(f"sha256:{sha256(video.read_bytes()).hexdigest()}",))
    with opened(tmp_path / "shelf", twin) as shelf:
        summary = shelf.index([Product("V", "a film", videos=(str(video),)), Product("T", "a text")])
        assert [row.sku for row in summary.refused] == ["V"]
        assert "blocked by the model's content policy" in str(summary.refused[0])
        assert summary.added == 1


def scenes(folder, twin, **given):
    return opened(folder, twin, video="scenes", video_mode="AUDIO_VIDEO_SEPARATE", **given)


def test_scenes_too_keep_the_sound_that_came_with_the_pictures(twin, tmp_path, video):
    product = Product("V", "a film", videos=(str(video),))
    with scenes(tmp_path / "shelf", twin) as shelf:
        assert shelf.index([product]).embedded == 5
        assert views(shelf) == ["sound1@0.0-6.0", "sound1@6.0-12.0", "text", "video1@0.0-6.0", "video1@6.0-12.0"]
        assert met(twin, "InvokeModel") == 3  # a text, and both vectors of two scenes at once
        with shelf.stack.catalogue.read() as connection:
            held = {one.what: one for one in charges.totals(connection)}
        assert held["seconds of video"].amount == pytest.approx(12, abs=0.5)
        assert shelf.index([product]).unchanged == 1
        sound = tmp_path / "tone.wav"
        sound.write_bytes(wav(tone(6.0)))
        assert shelf.search(audio=sound, lanes=["vector"])[0].view == "sound1"
        assert shelf.search(image=_picture(tmp_path, "blue"))[0].span == (6.0, 12.0)


def test_a_silent_scene_has_no_sound(twin, tmp_path):
    path = tmp_path / "silent.mp4"
    path.write_bytes(film(["red", "blue"], seconds=3.0))
    with scenes(tmp_path / "shelf", twin) as shelf:
        assert shelf.index([Product("V", "a film", videos=(str(path),))]).embedded == 3
        assert met(twin, "InvokeModel") == 3


def test_of_a_scene_whose_sound_alone_is_missing_the_pictures_stay(twin, tmp_path, video):
    from sqlalchemy import delete, select

    from snapshelf.catalogue.schema import embeddings
    from snapshelf.catalogue.schema import views as table

    product = Product("V", "a film", videos=(str(video),))
    with scenes(tmp_path / "shelf", twin) as shelf:
        shelf.index([product])
        lost = select(table.c.content).where(table.c.aspect == "sound1@0.0-6.0")
        with shelf.stack.catalogue.write() as connection:
            connection.execute(delete(embeddings).where(embeddings.c.content.in_(lost)))
        summary = shelf.index([Product("V", "a film", videos=(str(_again(video, tmp_path)),))])
        assert (summary.embedded, met(twin, "InvokeModel")) == (1, 4)


def test_a_scene_that_is_refused_is_bought_once_and_named_once(twin, tmp_path, video):
    twin.faults({"operation": "InvokeModel", "status": 424})
    with scenes(tmp_path / "shelf", twin, concurrency=2, attempts=1) as shelf:
        summary = shelf.index([Product("V", "a film", videos=(str(video),))])
        assert [row.sku for row in summary.refused] == ["V"]
        twin.faults()
        assert shelf.index([Product("V", "a film", videos=(str(video),))]).embedded == 5


def _again(video, folder):
    """The same film in another file, which is read anew."""
    path = folder / "again.mp4"
    path.write_bytes(video.read_bytes())
    return path
