"""Imports point down only; names on one line never import each other. The list is the architecture."""

import ast
from pathlib import Path

import pytest

import snapshelf

ROOT = Path(snapshelf.__file__).parent
LINES = """
    cli
    serve
    testing
    api web twin
    http
    shelf
    evaluate experiment govern observe learn
    ingest search
    translate rank
    stack
    embedders stores recognisers rerankers metrics sources
    catalogue lexical understand
    aws rows sample segments
    plugins pace config vectors media photo filters fusion stats manifest money facts querytext gtin
    protocols extras once writer
    candidates
    types
    conditions receipts
    errors
"""
LAYER = {name: depth for depth, line in enumerate(LINES.split("\n")) for name in line.split()}
# Each file alone, never its siblings.
ADAPTERS = ("embedders", "stores", "recognisers", "rerankers", "metrics", "sources")
BY_NAME = ("__init__.py", "plugins.py", "extras.py")  # the only ones that import what is named at run time


def modules():
    return sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))


def imports(tree, late=False):
    """(module, names, whether inside a function) of every import, but not those for the type checker alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield from imports(ast.Module(node.orelse, []), late)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, [], late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), [alias.name for alias in node.names], late
        else:
            yield from imports(node, late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))


def targets(source):
    """The dotted names below ``snapshelf`` that a source imports: "errors", "metrics.top", "" for the package."""
    for module, names, late in imports(ast.parse(source)):
        if module.startswith("."):
            yield module, late
        elif module == "snapshelf" or module.startswith("snapshelf."):
            inner = module.partition(".")[2]
            for name in names or [""]:
                yield f"{inner}.{name}".strip("."), late


def faults(file, source):
    """What a file (path below the package) imports that it may not, one sentence each."""
    own = file.removesuffix(".py").removesuffix("/__init__").split("/")
    for target, late in targets(source):
        to = target.split(".")
        if own == ["__init__"]:  # the package itself: nothing at import time
            if to[0] not in LAYER or not late:
                yield f"the package imports {target} when it is imported"
        elif target == "__version__":
            continue  # stands in the package itself, which is loaded before any of its modules
        elif to[0] not in LAYER:
            yield f"{file} imports {target or 'the package itself'}, which is no layer"
        elif to[0] == own[0]:
            if own[0] in ADAPTERS and len(own) > 1 and to[1:2] != own[1:2] and is_file(to):
                yield f"{file} imports its sibling {target}"
        elif LAYER[to[0]] <= LAYER[own[0]] or to[0] == "testing":
            yield f"{file} imports {target}, which is not below it"
    if file not in BY_NAME and any(name in source for name in ("import_module(", "__import__(")):
        yield f"{file} imports by name, which only {BY_NAME} do"


def is_file(dotted):
    path = ROOT.joinpath(*dotted[:2])
    return path.with_suffix(".py").is_file() or path.is_dir()


@pytest.mark.parametrize("file", modules())
def test_imports_point_down(file):
    assert list(faults(file, (ROOT / file).read_text("utf-8"))) == []


def test_every_name_on_disk_has_its_line():
    found = {file.split("/")[0].removesuffix(".py") for file in modules()} - {"__init__"}
    assert found <= set(LAYER), "give it a line in LINES"


def test_names_stand_on_one_line_each():
    assert len(LAYER) == len(LINES.split())


@pytest.mark.parametrize(
    ("file", "source", "fault"),
    [
        ("errors.py", "from snapshelf.types import Hit", "errors.py imports types.Hit, which is not below it"),
        ("stats.py", "import snapshelf.fusion", "stats.py imports fusion, which is not below it"),
        ("stats.py", "from snapshelf import fusion", "stats.py imports fusion, which is not below it"),
        (
            "search/run.py",
            "def f():\n    import snapshelf.ingest",
            "search/run.py imports ingest, which is not below it",
        ),
        ("stats.py", "if x:\n    try:\n        import snapshelf.cli\n    finally: pass", "stats.py imports cli, which"),
        ("stack.py", "if TYPE_CHECKING:\n    pass\nelse:\n    import snapshelf.shelf", "stack.py imports shelf, which"),
        ("metrics/mrr.py", "from snapshelf.metrics.ndcg import score", "imports its sibling metrics.ndcg.score"),
        ("metrics/mrr.py", "from snapshelf.metrics import ndcg", "imports its sibling metrics.ndcg"),
        ("metrics/mrr.py", "from snapshelf.stores import exact", "imports stores.exact, which is not below it"),
        ("stats.py", "from .errors import BadInput", "imports .errors, which is no layer"),
        ("stats.py", "import snapshelf", "imports the package itself, which is no layer"),
        ("stats.py", "from snapshelf import open", "imports open, which is no layer"),
        ("cli.py", "from snapshelf.testing.metrics import cases", "cli.py imports testing.metrics.cases, which is not"),
        ("stack.py", "import_module('snapshelf.cli')", "stack.py imports by name"),
        ("__init__.py", "from snapshelf.shelf import Shelf", "the package imports shelf.Shelf when it is imported"),
    ],
)
def test_a_bad_import_is_seen(file, source, fault):
    assert [found for found in faults(file, source) if fault in found], list(faults(file, source))


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("stats.py", "import numpy\nfrom snapshelf.errors import BadInput"),
        ("errors.py", "if TYPE_CHECKING:\n    from snapshelf.shelf import Shelf"),
        ("search/run.py", "from snapshelf.search.lanes import vector\nfrom snapshelf.stack import Stack"),
        ("metrics/mrr.py", "from snapshelf.metrics import top"),
        ("embedders/compact/text.py", "from snapshelf.embedders.compact.image import load"),
        ("testing/metrics.py", "from snapshelf.stack import open"),
        ("plugins.py", "import_module(name)"),
        ("cli.py", "from snapshelf import __version__"),
        ("__init__.py", "def __getattr__(name):\n    from snapshelf.shelf import Shelf"),
        ("stats.py", "import snapshelf_extra\nfrom snapshelfish import cli"),
    ],
)
def test_a_good_import_is_let_through(file, source):
    assert list(faults(file, source)) == []
