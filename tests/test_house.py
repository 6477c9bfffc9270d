"""The firmware as a house: small parts that do not know each other, and sizes that keep it readable."""

import ast
from pathlib import Path

import pytest

import pacer_watch
from pacer.app.spare import BORROWED
from pacer_watch import FIRMWARE

APP = FIRMWARE / "pacer" / "app"
PAGES = APP / "pages"
# A part does one thing, each turn or when something is due; the watch hands on what it has to tell.
PARTS = ("cable", "desk", "guide", "power", "receiver", "scribe", "sounds", "steps", "store")
# What parts may share: no state of the run is in these.
SHARED = {"crash", "files", "flash", "settings", "spare"}
WATCH_LINES, WATCH_ATTRIBUTES = 300, 30
PAGE_LINES = 120
FUNCTION_LINES = 60


def siblings(path: Path) -> set[str]:
    """The modules of app/ that a file there imports, pages by their names."""
    out = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        up = node.level - (path.parent == PAGES)  # 1: app itself
        if up == 1 or (path.parent == PAGES and node.level == 1):
            out |= {node.module.split(".")[0]} if node.module else {a.name for a in node.names}
    return out


def functions(path: Path) -> list[tuple[str, int, str]]:
    """(name, lines, docstring) of each function of a file."""
    nodes = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.FunctionDef)]
    return [(n.name, (n.end_lineno or 0) - n.lineno + 1, ast.get_docstring(n) or "") for n in nodes]


def attributes(path: Path, name: str) -> set[str]:
    """What a class of a file gives its objects."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (found,) = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == name]
    return {
        n.attr
        for n in ast.walk(found)
        if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)
        and isinstance(n.value, ast.Name) and n.value.id == "self"
    }  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_a_part_knows_no_other_and_not_the_watch(part):
    assert siblings(APP / f"{part}.py") <= SHARED


def test_there_is_no_module_of_the_app_that_is_not_named_here():
    others = {"__init__", "control", "demo", "fitting", "link", "loop", "parts", "watch"}
    assert {path.stem for path in APP.glob("*.py")} == set(PARTS) | SHARED | others


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.py")), ids=lambda path: path.stem)
def test_a_page_draws_from_the_watch_it_is_handed_and_is_small(path):
    assert siblings(path) <= {"Page", "canvas", "ready", "digits", "settings", "sounds", "desk"}
    if path.stem not in ("run", "canvas", "digits"):
        assert len(path.read_text().splitlines()) <= PAGE_LINES
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name == "draw":
            assert [a.arg for a in node.args.args] == ["self", "canvas", "watch"]
            stored = [n for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
            assert stored == []  # it reads, and changes nothing


def test_the_watch_is_small():
    text = (APP / "watch.py").read_text().splitlines()
    begin = next(i for i, line in enumerate(text) if line.startswith("class Watch"))
    assert len(text) - begin <= WATCH_LINES
    assert len(attributes(APP / "watch.py", "Watch")) <= WATCH_ATTRIBUTES


def test_no_function_is_long_unless_it_is_an_inner_loop_written_out_that_says_so():
    long = [
        f"{path.name}: {name}, {lines} lines"
        for path in sorted([*FIRMWARE.rglob("*.py"), *Path(pacer_watch.__file__).parent.rglob("*.py")])
        for name, lines, doc in functions(path)
        if lines > FUNCTION_LINES and "written out" not in doc
    ]
    assert long == []


def test_no_board_is_known_to_the_app():
    """Rails, pins and addresses are facts of boards/."""
    for path in APP.rglob("*.py"):
        text = path.read_text()
        for fact in ("aldo", "bldo", "dldo", "Pin(0", "0x3C", "0x68", "0x34"):
            assert fact not in text, f"{path.name} knows {fact}"


def borrowed() -> dict[str, set[str]]:
    """What firmware/ borrows and gives back by name, and where."""
    out: dict[str, set[str]] = {"borrow": set(), "give_back": set()}
    for path in FIRMWARE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in out:
                out[node.func.id] |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    return out


def test_what_is_borrowed_stands_in_the_table_and_no_more():
    names = borrowed()
    late = {"core.plan"}  # the core itself loads it, in functions that are called before a run
    assert names["borrow"] | late == set(BORROWED)  # beside the pages that Control.open() is asked for
    assert names["give_back"] <= set(BORROWED)
    kept = set(BORROWED) - names["give_back"]
    assert kept == {"app.link"}  # a laptop that spoke will speak again
    for name in {*BORROWED, *(other for others in BORROWED.values() for other in others)}:
        path = FIRMWARE / "pacer" / name.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__init__.py").exists(), name


def test_nothing_that_is_borrowed_is_imported_where_it_would_stay():
    """Only what is borrowed itself may import it."""
    for path in sorted((FIRMWARE / "pacer").rglob("*.py")):
        here = ".".join(path.relative_to(FIRMWARE / "pacer").with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef)] if here.startswith("core.") else []
        late = {node for f in functions for node in ast.walk(f)}  # the core loads so what the app gives back
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.level or node in late:
                continue
            base = here.split(".")[: -node.level]
            found = {".".join([*base, *(node.module or "").split("."), a.name]).replace("..", ".") for a in node.names}
            found |= {".".join([*base, *(node.module or "").split(".")]).rstrip(".")}
            for name in found & set(BORROWED):
                assert borrowed_too(here), f"{here} keeps {name}"


def borrowed_too(module: str) -> bool:
    others = {other for others in BORROWED.values() for other in others}
    return module in BORROWED or module in others or module.startswith("app.pages.") or module.endswith("__init__")
