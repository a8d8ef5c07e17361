"""Figures as drawings: axes that end at round numbers, gaps where nothing was measured, the same figures as a table."""

from itertools import pairwise

import pytest

from snapshelf.web.console import charts

HOUR = 3_600


@pytest.mark.parametrize(
    ("value", "whole", "end"),
    [
        (0, False, 1), (0, True, 4), (3, True, 4), (5, True, 5), (0.031, False, 0.05), (1, False, 1), (101, True, 200),
        (0.25, False, 0.25),
    ],
)  # fmt: skip
def test_axes_end_at_round_numbers(value, whole, end):
    assert charts.nice(value, whole) == pytest.approx(end)


def test_columns_stand_on_the_ground_and_end_within():
    series = {float(n * HOUR): float(n) for n in range(24)}
    chart = charts.columns("Queries", series, HOUR)
    ground = charts.HEIGHT - charts.BOTTOM
    assert len(chart.bars) == 23  # none for nothing
    assert all(bar.y + bar.height == pytest.approx(ground, abs=0.02) for bar in chart.bars)
    assert all(bar.x >= charts.LEFT and bar.x + bar.width <= charts.WIDTH for bar in chart.bars)
    assert min(bar.y for bar in chart.bars) >= charts.TOP
    assert chart.rows[3] == ("01 Jan 03:00", "3")
    assert chart.summary == "276 in all; most, 23, 01 Jan 23:00"


def test_a_line_has_gaps_and_a_point_between_gaps_is_seen():
    values = [0.1, 0.2, None, 0.3, None, 0.4]
    chart = charts.lines("Time", {"P50": {float(n * HOUR): one for n, one in enumerate(values)}}, HOUR, str)
    (line,) = chart.lines
    assert [len(piece.split()) for piece in line.pieces] == [2]
    assert len(line.dots) == 4
    assert [row[1] for row in chart.rows] == ["0.1", "0.2", "–", "0.3", "–", "0.4"]
    assert chart.summary == "Latest: P50 0.4"


def test_nothing_at_all_can_be_drawn():
    assert charts.columns("Queries", {}, HOUR).bars == ()
    assert charts.lines("Time", {"P50": {}}, HOUR, str).lines[0].pieces == ()


def test_labels_are_few_and_apart():
    chart = charts.columns("Queries", {float(n * 86_400): 1.0 for n in range(30)}, 86_400)
    places = [label.at for label in chart.labels]
    assert len(places) <= charts.LABELS
    assert min(b - a for a, b in pairwise(places)) > 60
