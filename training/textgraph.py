"""The learnt text tower → an ONNX graph: the table stays int8 in memory, the layers' weights widen when it opens."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.tower import Network, pooled


class Small(nn.Module):
    """The network with its table in whole numbers of one scale for each piece; id 0 pads."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        table = network.table.weight.detach()
        scale = (table.abs().amax(1, keepdim=True) / 127).clamp_min(1e-12)
        self.register_buffer("whole", (table / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)
        self.corrections = network.corrections

    def forward(self, ids: Tensor) -> Tensor:
        vectors = functional.embedding(ids, self.whole).float() * functional.embedding(ids, self.scale)
        return functional.normalize(pooled(vectors, (ids != 0).float(), self.corrections), dim=1)


def write(network: Network, path: Path, opset: int) -> None:
    """ids (n, length) int64 → rows (n, 256) float32 of unit length; every size but the last is free."""
    torch.onnx.export(
        Small(network).eval(),
        (torch.tensor([[2, 3, 4, 5], [2, 3, 0, 0]]),),
        str(path),
        input_names=["ids"],
        output_names=["rows"],
        dynamic_axes={"ids": {0: "n", 1: "length"}, "rows": {0: "n"}},
        opset_version=opset,
        dynamo=False,
    )
