"""Products never seen in training: the image tower is taught once more without 16 grocery products, and asked for them.

Neither their photos nor their catalogue pictures nor their names are shown to the tower or to its guide. What is learnt
here does not ship; the figures go to left_out.json, from where `evaluate` takes them into the model's page.
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import torch
from torch.nn import functional

from snapshelf.embedders.compact import SIZE
from snapshelf.types import Vectors
from snapshelf.vectors import unit
from training import image, measures, pictures
from training.network import FromBytes
from training.places import DIMS, SEED, Places
from training.tables import csv_rows, members

PRODUCTS = 16
FACTS = "left_out.json"


def run(places: Places) -> None:
    """Train without them, for `--minutes`, and write their figures: whether each photo's product came first of all."""
    products = csv_rows(places.data / "grocery/products.csv")
    chosen = sorted(np.random.default_rng(SEED).choice(len(products), PRODUCTS, replace=False).tolist())
    names = [products[number]["name"] for number in chosen]
    out = replace(places, runs=places.runs / "left-out")
    tower = image.learn(pictures.load(places).without(names), places, out)
    tests = [row for row in csv_rows(places.data / "grocery/manifest.csv") if row["split"] == "test"]
    place = {row["product_id"]: number for number, row in enumerate(products)}
    tests = [row for row in tests if place[row["fine_id"]] in chosen]
    photos = _seen(tower, members(places.data / "grocery/test.zip", [row["file"] for row in tests]))
    shown = _seen(tower, members(places.data / "grocery/iconic.zip", [row["iconic_image"] for row in products]))
    told = measures.embed(measures.open_encoder(places), [f"{row['name']}, {row['coarse_name']}" for row in products])
    right = np.asarray([place[row["fine_id"]] for row in tests])
    facts = json.loads(out.cache("image_facts.json").read_text())
    figures = {"products": names, "of": len(products), "steps": facts["steps"], "batch": facts["batch"], "hits": {}}
    for name, shelf in {"text": told, "catalogue picture": shown, "both": unit(told + shown)}.items():
        for dim in DIMS:
            scores = unit(photos[:, :dim]) @ unit(shelf[:, :dim]).T
            order = np.argsort(-scores, axis=1, kind="stable")[:, :5]
            tops = (order[:, 0] == right), (order == right[:, None]).any(1)
            figures["hits"][f"{dim} {name}"] = [top.astype(int).tolist() for top in tops]
            print(dim, name, *(f"{top.mean():.3f}" for top in tops), flush=True)
    places.cache(FACTS).write_text(json.dumps(figures))


@torch.inference_mode()
def _seen(tower: torch.nn.Module, files) -> Vectors:  # type: ignore[no-untyped-def]
    """(n, 256) unit rows of picture files, as the exported graph gives them."""
    graph = FromBytes(tower.eval())  # type: ignore[arg-type]
    pixels = torch.from_numpy(np.stack([pictures.square(file, SIZE) for file in files]))
    return torch.cat([functional.normalize(graph(part)) for part in pixels.split(64)]).numpy()
