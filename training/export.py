"""Checkpoints → the files the package carries: two ONNX graphs with int8 weights, the tokenizer and a card.

Only weights are rounded (symmetrically, one scale for each output channel or word piece); activations stay float32, so
that a vector never depends on what else is in the batch.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from snapshelf.embedders.compact import SIZE, letterbox
from training.network import FromBytes, Network
from training.pictures import load
from training.places import DIMS, WEIGHTS, Places
from training.tower import TextTower

OPSET, IR = 17, 9  # old enough for every ONNX Runtime that the package allows
WORTH = 4096  # weights of fewer numbers than this stay float32
GOLDEN_TEXT = "red running shoe"
NEAR = 0.99  # cosine to the unrounded network below which nothing is written


def run(places: Places) -> None:
    """Write src/snapshelf/embedders/_compact anew, whole or not at all; prints sizes and the loss by rounding."""
    ready = places.cache("export")
    shutil.rmtree(ready, ignore_errors=True)
    ready.mkdir()
    text = TextTower.read(places)
    onnx.save(text_graph(text.table), ready / "text.onnx")
    shutil.copyfile(places.cache("tokenizer.json"), ready / "tokenizer.json")
    network = Network().eval()
    network.load_state_dict(torch.load(places.cache("image.pt"), weights_only=True))
    plain = places.cache("image.onnx")
    pictures = load(places).pixels[:: max(1, len(load(places).pixels) // 200), 16:96, 16:96].copy()
    torch.onnx.export(
        FromBytes(network).eval(),
        (torch.from_numpy(pictures[:2]),),
        str(plain),
        input_names=["pictures"],
        output_names=["rows"],
        dynamic_axes={"pictures": {0: "n", 1: "h", 2: "w"}, "rows": {0: "n"}},
        opset_version=OPSET,
        dynamo=False,
    )
    onnx.save(with_small_weights(onnx.load(plain)), ready / "image.onnx")
    near = _nearness(plain, ready / "image.onnx", pictures)
    if near["image_mean"] < NEAR:
        raise SystemExit(f"rounding moved the pictures too far: {near}")
    _card(ready, near, _golden(text, network), places)
    WEIGHTS.mkdir(exist_ok=True)
    for file in ready.iterdir():
        shutil.copyfile(file, WEIGHTS / file.name)
    print({file.name: file.stat().st_size for file in sorted(ready.iterdir())}, near, flush=True)


def _golden(text: TextTower, network: Network) -> dict[str, list[float]]:
    """What the unrounded towers say about a text and a picture: first coordinates, for the tests of the package."""
    words = text.embed([GOLDEN_TEXT])[0]
    sums = np.add.outer(np.arange(80), np.arange(120))
    picture = Image.fromarray(np.stack([2 * sums % 256, sums % 256, (255 - sums) % 256], 2).astype(np.uint8))
    with torch.inference_mode():
        seen = FromBytes(network).eval()(torch.from_numpy(letterbox(picture))[None])[0].numpy()
    return {name: [round(float(value), 5) for value in row[:16]] for name, row in (("text", words), ("image", seen))}


def _card(folder: Path, near: dict[str, float], golden: dict[str, list[float]], places: Places) -> None:
    digest = hashlib.sha256(f"letterbox {SIZE}".encode())
    for name in ("image.onnx", "text.onnx", "tokenizer.json"):
        digest.update((folder / name).read_bytes())
    facts = {
        "revision": digest.hexdigest()[:12],
        "text": json.loads(places.cache("text_facts.json").read_text()),
        "image": json.loads(places.cache("image_facts.json").read_text()) | near,
        "golden": golden,
    }
    (folder / "card.json").write_text(json.dumps(facts, indent=1) + "\n")


def text_graph(table: NDArray[np.float32]) -> onnx.ModelProto:
    """ids (n, length) → unit rows (n, 256): look up, weigh, add, normalise. Id 0 pads: its scale is 0."""
    scale = np.abs(table).max(1, keepdims=True) / 127
    whole = np.round(table / np.where(scale == 0, 1, scale)).astype(np.int8)
    scale[0] = 0
    constants = [
        numpy_helper.from_array(whole, "table"),
        numpy_helper.from_array(scale.astype(np.float32), "scale"),
        numpy_helper.from_array(np.asarray([1], np.int64), "along"),
        numpy_helper.from_array(np.asarray([1e-12], np.float32), "least"),
    ]
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["picked"]),
        helper.make_node("Cast", ["picked"], ["wide"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["scale", "ids"], ["weights"]),
        helper.make_node("Mul", ["wide", "weights"], ["vectors"]),
        helper.make_node("ReduceSum", ["vectors", "along"], ["sum"], keepdims=0),
        helper.make_node("ReduceL2", ["sum"], ["length"], axes=[1], keepdims=1),
        helper.make_node("Max", ["length", "least"], ["safe"]),
        helper.make_node("Div", ["sum", "safe"], ["rows"]),
    ]
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["n", "length"])
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", DIMS[0]])
    graph = helper.make_graph(nodes, "text", [ids], [rows], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    onnx.checker.check_model(model)
    return model


def with_small_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph, its large weights stored as int8 and widened when the session opens."""
    large = [found for found in model.graph.initializer if np.prod(found.dims) >= WORTH and len(found.dims) > 1]
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


def _nearness(plain: Path, small: Path, pictures: NDArray[np.uint8]) -> dict[str, float]:
    """Cosine between the vectors of both graphs, over a sample of training pictures: mean and worst."""
    ours, theirs = (
        onnxruntime.InferenceSession(str(path)).run(None, {"pictures": pictures})[0] for path in (small, plain)
    )
    cosine = (ours * theirs).sum(1)
    return {"image_mean": round(float(cosine.mean()), 5), "image_worst": round(float(cosine.min()), 5)}
