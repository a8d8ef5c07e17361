"""What tests of the command line share: a folder to stand in, and the command itself."""

import sys

import pytest

from snapshelf import cli
from tests.unit.test_ingest import ROWS, write_catalogue

TOY = '[embedder]\nname = "toy"\n[store]\nname = "exact"\n'


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with toy settings and a catalogue, and nothing else."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "snapshelf.toml").write_text(TOY)
    write_catalogue(tmp_path, ROWS)
    return tmp_path


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command in this process: (exit status, what it printed, what it complained)."""

    def call(*line):
        monkeypatch.setattr(sys, "argv", ["snapshelf", *map(str, line)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return call
