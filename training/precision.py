"""Half precision where the processor multiplies it; elsewhere it would be emulated, at a hundredth of the speed."""

from __future__ import annotations

import torch


def autocast() -> torch.autocast:
    """bfloat16 inside the block on processors with AVX-512 BF16, float32 on the others."""
    return torch.autocast("cpu", torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported())
