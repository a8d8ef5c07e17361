"""What tests of the command line share: a folder to stand in, and the command itself."""

import shutil
import sys

import pytest

from snapshelf import cli
from snapshelf.catalogue import open_catalogue
from tests.unit.test_ingest import ROWS, write_catalogue

TOY = '[embedder]\nname = "toy"\n[store]\nname = "exact"\n'


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory):
    file = tmp_path_factory.mktemp("migrated") / "catalogue.sqlite"
    open_catalogue(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def url(tmp_path, _migrated):
    """The address of an empty catalogue; copied, since migrating one takes longer than most tests."""
    return f"sqlite:///{shutil.copy(_migrated, tmp_path)}"


@pytest.fixture
def catalogue(url):
    """An empty catalogue, open."""
    opened = open_catalogue(url)
    yield opened
    opened.close()


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
