"""What a GPU does in training, here on a processor: views in memory, a teacher taught our groups; statistics anew."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

if not os.environ.get("SNAPSHELF_REQUIRE_EXTRAS"):
    pytest.importorskip("torch", reason="the extra training is not installed")

COLOURS = {"red": (200, 40, 40), "green": (40, 180, 60), "blue": (40, 60, 200)}


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).resolve().parents[2])
    import torch

    torch.set_num_threads(1)


@pytest.fixture
def bundles(monkeypatch):
    """Eight pictures of each of three plain colours; both of the other modules that read bundles are given these."""
    from training import pictures, steady, views
    from training.group import Group
    from training.pictures import SIZE, Bundle, Pictures

    rng = np.random.default_rng(4)
    pixels = np.repeat(np.asarray(list(COLOURS.values()), np.uint8), 8, 0)[:, None, None]
    pixels = (pixels + rng.integers(0, 30, (24, SIZE, SIZE, 1))).clip(0, 255).astype(np.uint8)
    made = [
        Bundle(name, pixels[at : at + 12], np.zeros(12, bool), pixels[:3], 2) for name, at in (("one", 0), ("two", 12))
    ]
    groups = tuple(Group("shop", (f"{name} thing", f"a photo of something {name}")) for name in COLOURS)
    found = Pictures(np.repeat(np.arange(3), 8), np.full(24, 1 / 24), groups)
    monkeypatch.setattr(views, "bundles", lambda _: made)
    monkeypatch.setattr(pictures, "bundles", lambda _: made)
    monkeypatch.setattr(pictures, "load", lambda _: found)
    monkeypatch.setattr(steady, "BATCHES", 3)
    monkeypatch.setattr(steady, "BATCH", 16)
    return made, found


@pytest.fixture
def quick(tmp_path, monkeypatch):
    from training.places import Places

    monkeypatch.setattr(Places, "quick", property(lambda _: True))
    return Places(tmp_path, tmp_path / "runs", 1e9, 1, 1)


def test_white_that_a_way_joins_to_the_edge_is_outside():
    """The sweeps find what labelling finds; white that is walled in stays, however thin the wall."""
    import torch
    from scipy.ndimage import label
    from training.augment import _outside

    blobs = np.random.default_rng(2).random((6, 12, 12)).repeat(4, 1).repeat(4, 2) > 0.3
    blobs[0, 10:30, 10:30] = True
    blobs[0, 10:30, [10, 29]] = blobs[0, [10, 29], 10:30] = False
    found = _outside(torch.from_numpy(blobs)).numpy()
    for white, out in zip(blobs, found, strict=True):
        parts = label(white)[0]
        edge = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
        assert (out == (np.isin(parts, edge) & white)).all()
    assert blobs[0, 20, 20]
    assert not found[0, 20, 20]


def test_views_in_memory_are_those_that_are_made_one_by_one(bundles, quick, monkeypatch):
    import torch
    from training import sight, views

    monkeypatch.setattr(sight, "look", lambda _: lambda seen: seen.float().mean((1, 2)).repeat(1, 427)[:, :1280].half())
    monkeypatch.setattr(views, "BATCH", {True: 5})
    seen = views.load(quick)
    assert seen.picture.tolist() == np.repeat(np.arange(24), 2).tolist()
    plain = torch.from_numpy(np.concatenate([bundle.pixels for bundle in bundles[0]]))
    assert (seen.take(torch.arange(0, 48, 2)) == plain).all()  # the first view is the picture
    others = seen.take(torch.arange(1, 48, 2))
    assert ((others.int() - plain.int()).abs().flatten(1).float().mean(1) > 1).all()
    assert torch.allclose(seen.features[:, :3].float(), seen.pixels.float().mean((1, 2)), atol=0.1)


def test_a_softmax_among_some_groups_is_one_over_those_alone():
    import torch
    from training.losses import Captions, told

    rows = torch.nn.functional.normalize(torch.randn(6, 256, generator=torch.Generator().manual_seed(1)))
    out, group = rows[[0, 1, 2]] + 0.9 * rows[[3, 4, 5]], torch.tensor([0, 1, 2])
    among = torch.tensor([[True] * 3 + [False] * 3] * 3)
    few, all_six = Captions(rows[:3], torch.arange(3)[:, None]), Captions(rows, torch.arange(6)[:, None])
    wanted = told(out, group, few, torch.arange(3))
    assert float(told(out, group, all_six, torch.arange(6), among)) == pytest.approx(float(wanted), abs=1e-5)
    assert float(told(out, group, all_six, torch.arange(6))) > float(wanted)


def test_the_teacher_is_taught_to_point_at_captions(bundles, quick, monkeypatch):
    """In the teacher's place a network of one convolution, which has to learn what colours are called."""
    import torch
    from training import sight, tuned, views
    from training.losses import captions

    class Small(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = SimpleNamespace(_global_params=SimpleNamespace(_replace=lambda **_: None))
            self.see = torch.nn.Conv2d(3, 1280, 8, 8)

        def forward(self, seen):
            return self.see(seen / 255).relu().mean((2, 3))

    for name, value in {"Sight": Small, "LOOK": 32, "STEPS": 60, "BATCH": 16, "WARM": 5}.items():
        monkeypatch.setattr(tuned, name, value)
    small = Small()
    monkeypatch.setattr(
        sight, "look", lambda _: lambda seen: sight.rooted(small(sight.sized(seen, 32))).detach().half()
    )
    seen, found = views.load(quick), bundles[1]

    def embed(texts):
        rows = np.random.default_rng(1).normal(size=(len(texts), 256)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    words = captions([group.captions for group in found.groups], embed)
    said = tuned.learn(seen, found, words, quick)
    middle = torch.stack([words.vectors[of].mean(0) for of in words.of])
    named = (said.vectors @ torch.nn.functional.normalize(middle).T).argmax(1)
    assert float((named.numpy() == found.group[seen.picture]).mean()) > 0.9
    assert torch.allclose(said.vectors.norm(dim=1), torch.ones(48), atol=1e-4)
    monkeypatch.setattr(tuned, "_taught", None)  # the second time it comes from the runs folder
    again = tuned.learn(seen, found, words, quick)
    assert torch.allclose(again.vectors, said.vectors, atol=1e-5)


def test_statistics_are_those_of_training_pictures_at_full_size(bundles, quick):
    import torch
    from training.network import Network
    from training.steady import steady

    torch.manual_seed(3)
    network = Network()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network.stem[1].running_mean.fill_(9)
    seen = []
    network.stem[0].register_forward_hook(lambda _, given, out: seen.append((given[0].shape, out.mean((0, 2, 3)))))
    steady(network, quick)
    assert [tuple(shape) for shape, _ in seen] == [(16, 3, 128, 128)] * 3
    assert torch.allclose(network.stem[1].running_mean, torch.stack([mean for _, mean in seen]).mean(0), atol=1e-4)
    assert not network.training
    for name, value in network.named_parameters():
        assert torch.equal(value, before[name]), name
