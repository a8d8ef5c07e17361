"""The documentation speaks of what there is: the reference is generated, links lead somewhere, examples run."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_the_reference_is_fresh():
    made = runpy.run_path(str(ROOT / "scripts" / "reference.py"))["page"]()
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == made, "run: python scripts/reference.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_decision_has_a_number_of_its_own():
    numbers = [page.name[:4] for page in (ROOT / "docs" / "decisions").glob("0*.md")]
    assert len(numbers) == len(set(numbers))
