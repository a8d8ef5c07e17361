"""Train, export and measure the compact encoder: `python -m training STEP`, or `all`."""

from __future__ import annotations

import argparse
import os
from importlib import import_module
from pathlib import Path

import torch

from training.places import Places

STEPS = {
    "text": "training.text",
    "image": "training.image",
    "export": "training.export",
    "left-out": "training.leftout",
    "evaluate": "training.evaluate",
    "beside": "training.beside",
}
ALL = [step for step in STEPS if step not in ("left-out", "beside")]  # what these two are for, their own pages say
# By whether a GPU does the work; minutes on two slow cores, less where the epochs are over before.
MINUTES = {False: {"text": 32, "image": 105, "left-out": 15}, True: {"text": 30, "image": 60, "left-out": 30}}
EPOCHS = {False: {"text": 12, "image": 200, "left-out": 120}, True: {"text": 13, "image": 300, "left-out": 60}}


def main() -> None:
    """Run one step, or all in order."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("step", choices=[*STEPS, "all"])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the retail bundles")
    parser.add_argument("--runs", type=Path, default=Path("training/runs"), help="caches and checkpoints")
    parser.add_argument("--minutes", type=float, default=0, help="end a training step after this long; 0: as usual")
    parser.add_argument("--epochs", type=int, default=0, help="epochs of a training step; 0: the usual number")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cuda" if torch.cuda.is_available() else "cpu")
    given = parser.parse_args()
    for step in ALL if given.step == "all" else [given.step]:
        epochs = given.epochs or EPOCHS[given.device != "cpu"].get(step, 1)
        minutes = given.minutes or MINUTES[given.device != "cpu"].get(step, 1)
        places = Places(given.data, given.runs, minutes, epochs, given.threads, given.device)
        import_module(STEPS[step]).run(places)


if __name__ == "__main__":
    main()
