"""Half precision where it is multiplied in hardware; elsewhere it would be emulated, at a hundredth of the speed."""

from __future__ import annotations

import torch


def autocast(device: str) -> torch.autocast:
    """bfloat16 inside the block on GPUs and on processors with AVX-512 BF16, float32 on the others."""
    wanted = device != "cpu" or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast(device, torch.bfloat16, enabled=wanted)
