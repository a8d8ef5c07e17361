"""Ways to load a model: ours, and the library's own."""

from snapshelf.embedders import hub


def opened(folder, **options):
    given = {"model": str(folder), "device": "cpu", **options}
    return hub.load(hub.card("", given, ""), given)


def library(folder):
    """The same model without Snapshelf."""
    import torch
    from sentence_transformers import SentenceTransformer

    kind = {"dtype": torch.float32}
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs=kind)
