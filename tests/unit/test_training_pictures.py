"""How the image tower learns: Muon's steps, and a training that is stopped and goes on."""

import dataclasses
import json
import os
from pathlib import Path

import numpy as np
import pytest

if not os.environ.get("SNAPSHELF_REQUIRE_EXTRAS"):
    pytest.importorskip("torch", reason="the extra training is not installed")


@pytest.fixture(scope="module")
def image():
    patch = pytest.MonkeyPatch()
    patch.syspath_prepend(Path(__file__).resolve().parents[2])
    from training import image

    patch.setattr(image, "BATCH", {False: 8})
    yield image
    patch.undo()


@pytest.mark.parametrize("shape", [(6, 20), (20, 6), (9, 9)])
def test_orthogonal_keeps_directions_and_evens_out_strengths(image, shape):
    import torch
    from training.muon import orthogonal

    left, _, right = torch.linalg.svd(torch.randn(shape, generator=torch.Generator().manual_seed(3)), False)
    made = left.T @ orthogonal(left @ torch.diag(torch.linspace(8, 1, min(shape))) @ right) @ right.T
    assert torch.allclose(made, torch.diag(made.diag()), atol=1e-4)
    assert 0.3 < float(made.diag().min()) < float(made.diag().max()) < 1.3


def test_muon_finds_the_least_squares(image):
    """Rows of X times W meet the wanted ones once the rate has faded out; Muon's own steps never get shorter."""
    import torch
    from training.muon import Muon

    chance = torch.Generator().manual_seed(5)
    rows, wanted = torch.randn(200, 12, generator=chance), torch.randn(12, 7, generator=chance)
    weight = torch.nn.Parameter(torch.zeros(7, 12))
    optimizer = Muon([weight], 0.1, 0.0)
    for step in range(400):
        optimizer.param_groups[0]["lr"] = 0.1 * (1 - step / 400)
        optimizer.zero_grad()
        ((rows @ weight.T - rows @ wanted) ** 2).mean().backward()
        optimizer.step()
    assert float((weight.detach().T - wanted).abs().max()) < 0.01


def _things(image):
    """A student of 40 pictures in 5 groups, three views each, and what it learns from."""
    import torch
    from training.group import Group
    from training.guide import AXES, Guide
    from training.losses import captions
    from training.pictures import Pictures
    from training.views import KEPT, Views

    rng = np.random.default_rng(1)
    groups = tuple(Group("shop", (f"thing {number}", f"a photo of thing {number}")) for number in range(5))
    found = Pictures(np.arange(40) % 5, np.full(40, 1 / 40), groups)
    seen = Views(
        [rng.integers(0, 256, (120, KEPT, KEPT, 3), np.uint8)],
        torch.zeros(120, 4, dtype=torch.float16),
        np.repeat(np.arange(40), 3),
    )
    vectors = torch.nn.functional.normalize(torch.randn(120, 256, generator=torch.Generator().manual_seed(2)))
    told = Guide(vectors, torch.full((120,), 3.0), torch.randn(120, AXES, generator=torch.Generator().manual_seed(3)))

    def embed(texts):
        made = np.stack([np.random.default_rng(len(text) + ord(text[-1])).normal(size=256) for text in texts])
        return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)

    torch.manual_seed(7)
    return image.Student(found, seen, told), captions([group.captions for group in groups], embed)


def test_each_picture_comes_with_another_of_its_group_as_often_as_weights_say(image):
    from training.draws import Draws

    student, _ = _things(image)
    weight = np.where(np.arange(40) < 20, 1.0, 3.0)
    weight[[0, 39]] = 0  # what is left out is nobody's partner
    draws = Draws(dataclasses.replace(student.pictures, weight=weight / weight.sum()), student.views)
    drawn = np.flatnonzero(weight)
    found = draws.partners(np.repeat(drawn, 4000)).reshape(len(drawn), 4000)
    for picture, others in zip(drawn, found, strict=True):
        wanted = np.where(np.arange(40) % 5 == picture % 5, weight, 0)
        wanted[picture] = 0
        assert np.abs(np.bincount(others, minlength=40) / 4000 - wanted / wanted.sum()).max() < 0.05
    view, group = draws.batch(8)
    assert (group[:4] == group[4:]).all()
    assert (student.pictures.group[student.views.picture[view.numpy()]] == group.numpy()).all()


def test_a_picture_alone_of_its_group_is_its_own_partner(image):
    from training.draws import Draws

    student, _ = _things(image)
    weight = np.zeros(40)
    weight[[3, 4, 9]] = 1 / 3  # 4 and 9 are of one group; of the third's only it is drawn
    draws = Draws(dataclasses.replace(student.pictures, weight=weight), student.views)
    assert draws.partners(np.array([3, 4, 9, 3])).tolist() == [3, 9, 4, 3]


def test_a_guide_counts_as_much_as_it_is_trusted(image):
    import torch
    from training.losses import toward

    out, wanted = torch.eye(256)[:2], torch.eye(256)[[0, 9]]
    assert float(toward(out, wanted, torch.tensor([9.0, 0.0]))) == pytest.approx(0, abs=1e-6)
    half = float(toward(out, wanted, torch.tensor([0.0, 0.5])))  # 0.5 × (1 + 1, by either size), over two pictures
    assert half == pytest.approx(0.5, abs=1e-6)


def test_a_training_that_was_stopped_goes_on_as_if_it_had_not_been(image, tmp_path, monkeypatch, capsys):
    import torch
    from training.places import Places

    monkeypatch.setattr(image, "SIZES", {False: ((0.5, 32), (1.0, 48))})
    torch.set_num_threads(1)
    places = Places(tmp_path, tmp_path / "whole", 1e9, 4, 1)
    whole, words = _things(image)
    image._learn(whole, words, [], places, places)
    broken, _ = _things(image)
    other = dataclasses.replace(places, runs=tmp_path / "broken")
    calls = []
    loss = broken.loss

    def stopped(*given):
        calls.append(given)
        if len(calls) == 13:  # of five steps an epoch: in the third
            raise KeyboardInterrupt
        return loss(*given)

    broken.loss = stopped
    with pytest.raises(KeyboardInterrupt):
        image._learn(broken, words, [], other, other)
    again, _ = _things(image)
    torch.manual_seed(99)
    image._learn(again, words, [], other, other)
    assert "going on after epoch 2" in capsys.readouterr().out
    kept = torch.load(other.cache("image.pt"), weights_only=True)
    for name, value in torch.load(places.cache("image.pt"), weights_only=True).items():
        assert torch.allclose(value, kept[name], atol=1e-6), name
    facts = [json.loads(of.cache("image_facts.json").read_text()) for of in (places, other)]
    logs = [[(steps, pixels) for steps, _, pixels, _ in found.pop("log")] for found in facts]
    assert facts[0] == facts[1]
    assert logs[0] == logs[1] == [(5, 32), (10, 32), (15, 48), (20, 48)]
    assert not other.cache("image_stop.pt").exists()
