"""Checkpoints → the files the package carries: two ONNX graphs with int8 weights, the tokenizer and a card.

Only weights are rounded (symmetrically, one scale for each output channel or word piece); activations stay float32, so
that a vector never depends on what else is in the batch.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from snapshelf.embedders.compact import SIZE, letterbox
from training import corpus, textgraph, views
from training.network import FromBytes, Network
from training.pictures import bundles
from training.places import WEIGHTS, Places
from training.steady import steady
from training.tower import TextTower

OPSET, IR = 17, 9  # old enough for every ONNX Runtime that the package allows
WORTH = 4096  # weights of fewer numbers than this stay float32
GOLDEN_TEXTS = ("red running shoe", "bag without leather", "usb cable, 2 m, for printers")
LINES = 12  # of a log that go into the card
NEAR = 0.99  # cosine to the unrounded network below which nothing is written


def run(places: Places) -> None:
    """Write src/snapshelf/embedders/_compact anew, whole or not at all; prints sizes and the loss by rounding.

    Without a checkpoint of the image tower (image.pt) in the runs folder, the image graph that is there stays.
    """
    ready = places.cache("export")
    shutil.rmtree(ready, ignore_errors=True)
    ready.mkdir()
    facts, golden = _text(ready, places)
    before = json.loads((WEIGHTS / "card.json").read_text("utf-8")) if (WEIGHTS / "card.json").exists() else {}
    if places.cache("image.pt").exists():
        seen, pixels = _image(ready, places)
    else:
        shutil.copyfile(WEIGHTS / "image.onnx", ready / "image.onnx")
        seen, pixels = before["image"], before["golden"]["image"]
    card = {"text": facts, "image": seen, "golden": {"text": golden, "image": pixels}}
    _card(ready, card)
    WEIGHTS.mkdir(exist_ok=True)
    for file in ready.iterdir():
        shutil.copyfile(file, WEIGHTS / file.name)
    print({file.name: file.stat().st_size for file in sorted(ready.iterdir())}, facts, seen, flush=True)


def _text(ready: Path, places: Places) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """The text tower's facts and golden coordinates, its graph and word pieces being written."""
    tower = TextTower.read(places)
    plain = places.cache("text.onnx")
    textgraph.write(tower.network, plain, OPSET)
    onnx.save(with_small_weights(onnx.load(plain)), ready / "text.onnx")
    shutil.copyfile(places.cache("tokenizer.json"), ready / "tokenizer.json")
    some = corpus.texts(places)[::500]
    fed = [encoding.ids or [1] for encoding in tower.tokens.encode_batch(some)]
    session = onnxruntime.InferenceSession(str(ready / "text.onnx"))
    rounded = np.concatenate([session.run(None, {"ids": np.asarray([ids], np.int64)})[0] for ids in fed])
    near = _near("text", rounded, tower.embed(some))
    golden = {text: _first(row) for text, row in zip(GOLDEN_TEXTS, tower.embed(list(GOLDEN_TEXTS)), strict=True)}
    return json.loads(places.cache("text_facts.json").read_text()) | near, golden


def _image(ready: Path, places: Places) -> tuple[dict[str, Any], list[float]]:
    """The image tower's facts and golden coordinates, its graph being written."""
    network = Network()
    network.load_state_dict(torch.load(places.cache("image.pt"), weights_only=True))
    steady(network, places)
    plain = places.cache("image.onnx")
    some = [bundle.pixels[:: max(1, len(bundle.pixels) // 40)] for bundle in bundles(places)]
    shown = views.resized(torch.from_numpy(np.concatenate(some)), SIZE)
    torch.onnx.export(
        FromBytes(network).eval(),
        (torch.from_numpy(shown[:2]),),
        str(plain),
        input_names=["pictures"],
        output_names=["rows"],
        dynamic_axes={"pictures": {0: "n", 1: "h", 2: "w"}, "rows": {0: "n"}},
        opset_version=OPSET,
        dynamo=False,
    )
    onnx.save(with_small_weights(onnx.load(plain)), ready / "image.onnx")
    ours, theirs = (
        onnxruntime.InferenceSession(str(path)).run(None, {"pictures": shown})[0]
        for path in (ready / "image.onnx", plain)
    )
    near = _near("image", ours, theirs)
    sums = np.add.outer(np.arange(80), np.arange(120))
    picture = Image.fromarray(np.stack([2 * sums % 256, sums % 256, (255 - sums) % 256], 2).astype(np.uint8))
    with torch.inference_mode():
        seen = FromBytes(network).eval()(torch.from_numpy(letterbox(picture))[None])[0].numpy()
    facts = json.loads(places.cache("image_facts.json").read_text())
    return facts | near | {"log": _some(facts["log"])}, _first(seen)


def _some(log: list[list[float]]) -> list[list[float]]:
    """A dozen lines of it, and the last."""
    return [*log[: -1 : max(1, len(log) // LINES)], log[-1]]


def _near(name: str, rounded: NDArray[np.float32], plain: NDArray[np.float32]) -> dict[str, float]:
    """Mean and worst cosine between rows before and after rounding; ends the program where they are too far apart."""
    cosine = (rounded * plain).sum(1)
    near = {f"{name}_mean": round(float(cosine.mean()), 5), f"{name}_worst": round(float(cosine.min()), 5)}
    if near[f"{name}_mean"] < NEAR:
        raise SystemExit(f"rounding moved the vectors too far: {near}")
    return near


def _first(row: NDArray[np.float32]) -> list[float]:
    """The first coordinates of an unrounded tower's answer, for the tests of the package."""
    return [round(float(value), 5) for value in row[:16]]


def _card(folder: Path, card: dict[str, Any]) -> None:
    digest = hashlib.sha256(f"letterbox {SIZE}".encode())
    for name in ("image.onnx", "text.onnx", "tokenizer.json"):
        digest.update((folder / name).read_bytes())
    card = {"revision": digest.hexdigest()[:12]} | card
    (folder / "card.json").write_text(json.dumps(card, indent=1) + "\n")


def with_small_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph, its large weights stored as int8 and widened when the session opens."""
    large = [found for found in model.graph.initializer if _worth(found)]
    for found in large:
        values = numpy_helper.to_array(found)
        axes = tuple(range(1, values.ndim))
        scale = (np.abs(values).max(axes) / 127).clip(1e-12).astype(np.float32)
        whole = np.round(values / scale.reshape(-1, *[1] * len(axes))).astype(np.int8)
        name = found.name
        found.CopyFrom(numpy_helper.from_array(whole, f"{name}.int8"))
        model.graph.initializer.extend(
            [
                numpy_helper.from_array(scale, f"{name}.scale"),
                numpy_helper.from_array(np.zeros(len(scale), np.int8), f"{name}.zero"),
            ]
        )
        inputs = [f"{name}.int8", f"{name}.scale", f"{name}.zero"]
        model.graph.node.insert(0, helper.make_node("DequantizeLinear", inputs, [name], axis=0))
    model.ir_version = IR
    onnx.checker.check_model(model)
    return model


def _worth(found: onnx.TensorProto) -> bool:
    return bool(found.data_type == TensorProto.FLOAT and len(found.dims) > 1 and np.prod(found.dims) >= WORTH)
