"""What a server says that it can be sent, by model, settings and extras."""

from types import SimpleNamespace

import pytest

from snapshelf.http import abilities


def serving(modalities=("text", "image"), recogniser="pocketsphinx"):
    settings = SimpleNamespace(speech=SimpleNamespace(recogniser=recogniser))
    stack = SimpleNamespace(card=SimpleNamespace(modalities=frozenset(modalities)), settings=settings)
    return SimpleNamespace(shelf=SimpleNamespace(stack=stack))


def able(monkeypatch, installed, **more):
    monkeypatch.setattr(abilities, "find_spec", lambda name: name if name in installed else None)
    return {name for name, can in abilities.abilities(serving(**more)).items() if can}


@pytest.mark.parametrize(
    ("installed", "more", "can"),
    [
        ((), {}, {"photo"}),
        (("zxingcpp",), {}, {"photo", "barcode"}),
        (("av", "pocketsphinx"), {}, {"photo", "sound", "video"}),
        (("av",), {}, {"photo", "video"}),
        (("av",), {"recogniser": "someone's"}, {"photo", "sound", "video"}),
        (("av", "pocketsphinx"), {"recogniser": ""}, {"photo", "video"}),
        (("av", "pocketsphinx", "zxingcpp"), {"modalities": ("text",)}, {"sound"}),
        (("av", "pocketsphinx"), {"modalities": ("image",)}, {"photo", "video"}),
    ],
)
def test_only_what_works_is_offered(monkeypatch, installed, more, can):
    assert able(monkeypatch, installed, **more) == can
