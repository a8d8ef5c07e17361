"""The examples on real shops run whole, and find far more than chance would."""

import csv
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


def chance(folder: Path, group: str) -> float:
    """Precision@1 of answering at random: the mean share of relevant products over a group's queries."""
    with (folder / "qrels.csv").open() as file:
        judged = [row["query"] for row in csv.DictReader(file)]
    with (folder / "shelf-size").open() as file:
        products = int(file.read())
    of_group = [query for query in judged if query.startswith(group)]
    return len(of_group) / len(set(of_group)) / products


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("grocery", {"image": "photo", "text": "words", "mixed": "both"}),
        ("magento", {"image": "photo", "text": "words", "mixed": "both"}),
    ],
)
def test_a_real_shop(name, groups, shared, tmp_path, capsys):
    report = runpy.run_path(str(EXAMPLES / f"{name}.py"))["run"](shared / name, tmp_path)
    said = capsys.readouterr().out
    (tmp_path / "shelf-size").write_text(said.split(" products")[0])
    assert " 0 refused" in said
    with capsys.disabled():
        print(f"\n{name}: {said.splitlines()[0]}")
        for row in report.rows():
            print("  {:<8} {:>6}  {:<12} {:>6}  {}".format(*row))
    for group, prefix in groups.items():
        found = report.score("precision@1", group).interval
        assert found.low is not None
        assert found.low > 2 * chance(tmp_path, prefix), f"{name} {group}: no better than chance"
    assert not report.unknown
    asked = report.score("precision@1", "all").interval.n
    assert len(report.empty) <= 0.02 * asked, "what the shop has is hardly ever denied"
