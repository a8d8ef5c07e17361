"""The house rules that a machine can check: size, names, errors, what importing costs, what the text may hold."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import snapshelf
from snapshelf import errors, plugins

ROOT = Path(snapshelf.__file__).parent
REPOSITORY = Path(__file__).resolve().parents[1]
FILES = sorted(ROOT.rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 300, 50  # where work stops; 250 and 40 are what to aim at
VAGUE = {"utils", "util", "manager", "factory", "base"}
HEAVY = {
    *("alembic", "av", "boto3", "botocore", "duckdb", "faiss", "hnswlib", "lancedb", "onnxruntime", "pandas", "PIL"),
    *("pillow_heif", "pinecone", "pocketsphinx", "polars", "psycopg", "pyarrow", "pymilvus", "pytest", "scipy"),
    *("lightgbm", "sentence_transformers", "sqlalchemy", "tantivy", "tokenizers", "torch", "transformers"),
    *("cv2", "rapidocr", "zxingcpp"),
}


def trees():
    return [(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))) for path in FILES]


def nodes(*kinds):
    return [(file, node) for file, tree in trees() for node in ast.walk(tree) if isinstance(node, kinds)]


FUNCTIONS = nodes(ast.FunctionDef, ast.AsyncFunctionDef)


def loaded(code):
    """The top-level packages that a fresh interpreter has loaded after running some code."""
    end = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{end}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


# --- size and names ---------------------------------------------------------------------------------------------------


def test_files_stay_short():
    sizes = sorted(((len(path.read_text("utf-8").splitlines()), path.name) for path in FILES), reverse=True)
    print("longest files:", sizes[:5])
    assert [(size, name) for size, name in sizes if size > LONGEST_FILE] == []


def test_functions_stay_short():
    """Those of a migration, which list columns and nothing else, are as long as the tables are wide."""
    counted = [(file, f) for file, f in FUNCTIONS if "/migrations/versions/" not in file]
    sizes = sorted(((f.end_lineno - f.lineno + 1, f"{file}: {f.name}") for file, f in counted), reverse=True)
    print("longest functions:", sizes[:5])
    assert [(size, name) for size, name in sizes if size > LONGEST_FUNCTION] == []


def words_of(name):
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def test_no_vague_names():
    assert words_of("EngineManager") | words_of("db_utils") == {"engine", "manager", "db", "utils"}
    assert [path.name for path in FILES if words_of(path.stem) & VAGUE] == []
    assert [node.name for _, node in nodes(ast.ClassDef) if words_of(node.name) & VAGUE] == []


def test_no_open_keywords_in_public_functions():
    assert [f"{file}: {f.name}" for file, f in FUNCTIONS if f.args.kwarg and not f.name.startswith("_")] == []


def test_input_is_never_checked_by_assert():
    """Python drops asserts with -O. The contracts of `snapshelf.testing` are tests, and may."""
    found = nodes(ast.Assert)
    assert any(file.startswith("testing/") for file, _ in found)
    assert [f"{file}:{node.lineno}" for file, node in found if not file.startswith("testing/")] == []


# --- errors -----------------------------------------------------------------------------------------------------------


def family(error):
    return [error, *(member for child in error.__subclasses__() for member in family(child))]


def test_every_error_has_a_status_and_a_code_and_no_two_branches_share_one():
    branches = [errors.SnapshelfError, *errors.SnapshelfError.__subclasses__()]
    codes = [branch.exit_code for branch in branches]
    assert all({"http_status", "exit_code"} <= set(vars(branch)) for branch in branches)
    assert len(set(codes)) == len(codes)
    assert all(0 < code < 126 or code == 130 for code in codes)  # the others belong to the shell
    for branch in errors.SnapshelfError.__subclasses__():
        for member in family(branch):
            assert (member.exit_code, member.http_status) == (branch.exit_code, branch.http_status), member


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__)
    assert sorted(drawn) == sorted(member.__name__ for member in family(errors.SnapshelfError)[1:] if ours(member))
    for branch in filter(ours, errors.SnapshelfError.__subclasses__()):
        line = rf"── {branch.__name__} .*HTTP {branch.http_status} +exit {branch.exit_code}\b"
        assert re.search(line, errors.__doc__), branch


def ours(error):
    return error.__module__ == errors.__name__


# --- what importing costs ---------------------------------------------------------------------------------------------


def test_importing_the_package_loads_next_to_nothing():
    assert loaded("import snapshelf") & {"numpy", *HEAVY} == set()


def test_importing_every_adapter_loads_no_heavy_library():
    """They come with `load` and `connect`, so that a listing is quick and a missing extra hurts nobody."""
    code = "from snapshelf import plugins\nfor k in plugins.KINDS:\n  for n in plugins.names(k): plugins.find(k, n)"
    assert loaded(code) & HEAVY == set()


def test_a_heavy_import_would_be_seen():
    assert "duckdb" in loaded("import duckdb")


# --- extras -----------------------------------------------------------------------------------------------------------


def named_extras():
    """(file, extra) wherever an adapter sets EXTRA, or `need` is called with a literal."""
    for file, node in nodes(ast.Assign, ast.AnnAssign, ast.Call):
        if isinstance(node, ast.Call):
            found = [key.value for key in node.keywords if key.arg == "extra" and ast.unparse(node.func) == "need"]
        else:
            goals = node.targets if isinstance(node, ast.Assign) else [node.target]
            found = literals(goals, node.value) if file.split("/")[0] in plugins.KINDS else []
        yield from ((file, value.value) for value in found if isinstance(value, ast.Constant) and value.value)


def literals(goals, value):
    """What is assigned to EXTRA, in ``EXTRA = "x"`` as in ``EXTRA, CAN = "x", …``."""
    for goal in goals:
        several = isinstance(goal, ast.Tuple) and isinstance(value, ast.Tuple)
        pairs = zip(goal.elts, value.elts, strict=False) if several else [(goal, value)]
        yield from (part for name, part in pairs if ast.unparse(name) == "EXTRA")


def test_every_extra_can_be_installed():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    offered = set(project["optional-dependencies"])
    assert {(file, extra) for file, extra in named_extras() if extra not in offered} == set()


def test_extras_are_read_in_every_spelling():
    for source in ('EXTRA = "x"', 'EXTRA, CAN = "x", 1', 'CAN, EXTRA = 1, "x"'):
        node = ast.parse(source).body[0]
        assert [part.value for part in literals(node.targets, node.value)] == ["x"]


# --- text -------------------------------------------------------------------------------------------------------------


def repository_texts():
    """Every text file that git knows or would take in; without git, what the source archive holds."""
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        paths = [REPOSITORY / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [path for folder in ("src", "tests", "docs") for path in (REPOSITORY / folder).rglob("*")]
    for path in paths:
        if path.is_file() and b"\0" not in (content := path.read_bytes())[:8192]:
            yield path, content.decode("utf-8", "replace")


@pytest.mark.parametrize("folder", ["work", "root"])
def test_no_path_of_one_machine(folder):
    """A path such as the home of whoever wrote it works nowhere else."""
    pattern = re.compile(rf"(?<![\w.~}}*-])/{folder}/")
    assert pattern.search(f"see /{folder}/x")
    assert not pattern.search(f"frame/{folder}/x")
    found = [
        f"{path.relative_to(REPOSITORY)}: {m[0]}" for path, text in repository_texts() if (m := pattern.search(text))
    ]
    assert found == []
