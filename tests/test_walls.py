"""The rooms and their doors: what may import what, and what the core may not use (docs/design.md)."""

import ast
from pathlib import Path

import pacer_watch
from pacer_watch import BOARDS, FIRMWARE

PACER = FIRMWARE / "pacer"
HOST = Path(pacer_watch.__file__).parent.parent
CORE_MAY = {"micropython", "array", "struct"}
DRIVERS_MAY = {"micropython", "framebuf", "machine", "time", "struct", "array", "select", "sys", "uctypes"}


def room(path: Path) -> str:
    """core, drivers, app, or main for what lies above them."""
    parts = path.relative_to(FIRMWARE).parts
    return parts[1] if len(parts) > 2 else "main"


def imports(path: Path, base: Path | None = None) -> list[tuple[str, int]]:
    """Every import of a file as an absolute dotted name, with its line; base: the folder that packages begin in.

    A module that is named in a call counts too: __import__("pacer.x"), import_module("pacer.x"), borrow("x"). Of a
    name that is put together the literal beginning counts ("pacer.drivers." + file is an arrow to the drivers); a
    name without one is "?".
    """
    package = list(path.relative_to(base or FIRMWARE).with_suffix("").parts[:-1])
    out = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            out += [(a.name, node.lineno) for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            above = above + (node.module.split(".") if node.module else [])
            out += [(".".join([*above, a.name]), node.lineno) for a in node.names]
        elif isinstance(node, ast.Call):
            out += [(name, node.lineno) for name in called(node)]
    return out


def called(node: ast.Call) -> list[str]:
    """The module that a call loads by its name, if it does."""
    what = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if what not in ("__import__", "import_module", "borrow"):
        return []
    name = node.args[0] if node.args else None
    whole = isinstance(name, ast.Constant)
    if isinstance(name, ast.BinOp) and isinstance(name.op, ast.Add):
        name = name.left
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
        return ["?"]
    text = "pacer." + name.value if what == "borrow" else name.value
    text = text if whole else text.rpartition(".")[0]
    return [text if text != "pacer" else "?"]


def violations(path: Path) -> list[str]:
    here = room(path)
    out = []
    for name, line in imports(path):
        if name == "?" and path == PACER / "app" / "spare.py":
            continue  # borrow() itself; what it is asked for are the arrows
        parts = name.split(".")
        target = parts[1] if parts[0] == "pacer" and len(parts) > 1 else parts[0]
        inside = parts[0] == "pacer"
        if here == "core":
            allowed = target == "core" if inside else target in CORE_MAY
        elif here == "drivers":
            allowed = not inside and target in DRIVERS_MAY
        elif here == "app":
            allowed = name != "?" and (not inside or target in ("core", "drivers", "app", "__version__"))
        else:
            allowed = name != "?" and (not inside or target in ("app", "__version__"))
        if not allowed:
            out.append(f"{path.relative_to(FIRMWARE)}:{line} imports {name}")
    return out


def impure(path: Path) -> list[str]:
    """Floats, true division and calls that the core must not make."""
    out = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            out.append(f"{path.name}:{line} a float")
        elif isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div):
            out.append(f"{path.name}:{line} true division")
        elif isinstance(node, ast.Name) and node.id in ("float", "print", "open", "input", "eval", "exec", "complex"):
            out.append(f"{path.name}:{line} {node.id}")
    return out


def sources(folder: Path = PACER) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def test_no_import_runs_against_the_arrows():
    assert [v for path in [*sources(), FIRMWARE / "main.py"] for v in violations(path)] == []


def test_the_core_is_pure():
    assert [v for path in sources(PACER / "core") for v in impure(path)] == []


def test_drivers_do_not_know_each_other():
    for path in sources(PACER / "drivers"):
        assert not [n for n, _ in imports(path) if n.startswith("pacer")]


def test_a_board_is_facts_and_nothing_else():
    for path in BOARDS.glob("*/board.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            assert isinstance(node, ast.Assign) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


# What of the firmware beside pacer.core the laptop's tools read, file by file.
TOOLS_MAY = {
    "flash.py": {"pacer.__version__"},
    "mip.py": {"pacer.__version__"},
    "faults/scripts/littlefs.py": {"pacer.app.files", "pacer.app.flash", "pacer.app.store"},  # over a real LittleFS
    "twin/ears.py": {"pacer.app.sounds"},  # the tones, to know them when they are heard
    "benches/scripts/engine.py": {"pacer.app.sounds"},
    "benches/scripts/selftest.py": {"pacer.app.loop"},
    "benches/scripts/frame.py": {"pacer.app.pages.canvas", "pacer.app.pages.run", "pacer.drivers.oled"},
}
# And each room of tests: what of pacer, and whether it knows the tools.
TESTS_MAY = {
    "core": ({"core"}, False), "app": ({"core", "app", "__version__"}, True), "mutants": (set(), False),
    "fuzz": ({"core"}, True), "parity": ({"core"}, True), "host": ({"core", "__version__"}, True),
    "golden": ({"core"}, True), "watch": ({"core", "drivers", "app"}, True),
    "faults": ({"core", "app", "__version__"}, True), "web": ({"core"}, True),
}  # fmt: skip
TOOLS = HOST / "pacer_watch"
TESTS = Path(__file__).parent
# Private names that are used beside the file that defines them: file, name, and why.
PRIVATE_MAY = {
    ("pacer_watch/benches/scripts/frame.py", "_stale"): "to measure a whole frame of the display's driver",
    ("pacer_watch/twin/guest/esp32.py", "_id"): "machine.Pin has no public number, there and on a board",
    ("pacer_watch/twin/guest/boot.py", "_build"): "MicroPython's own name in sys.implementation",
    ("pacer_watch/twin/guest/twinlink.py", "_build"): "MicroPython's own name in sys.implementation",
    ("tests/mutants/judge.py", "_exit"): "os has no other name for it",
    ("tests/faults/test_link_noise.py", "_last"): "any number is a new request after that",
    ("tests/faults/test_cable_out.py", "_serial"): "the port whose cable goes out",
}


def strangers(path: Path) -> list[str]:
    """Imports of the firmware by one of the tools that it has no door to."""
    may = TOOLS_MAY.get(str(path.relative_to(TOOLS)), set())
    found = {name for name, _ in imports(path, HOST) if name.split(".")[0] == "pacer"}
    ours = {"pacer.core", *may}
    return [
        f"{path.relative_to(TOOLS)} imports {name}"
        for name in sorted(found)
        if not any(name == door or name.startswith(door + ".") for door in ours)
    ]


def own_names(tree: ast.AST) -> set[str]:
    """Private names that a file defines: functions, classes, attributes that it sets on self or in a class."""
    out = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            out.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and is_self(node.value):
            out.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            out.add(node.id)
    return out


def is_self(node: ast.AST) -> bool:
    """self, cls or super()."""
    name = node.func if isinstance(node, ast.Call) else node
    return isinstance(name, ast.Name) and name.id in ("self", "cls", "super")


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def pried(path: Path, base: Path) -> list[str]:
    """Private names of others that a file uses, as an attribute or by an import."""
    where = str(path.relative_to(base))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = own_names(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and private(node.attr) and not is_self(node.value) and node.attr not in own:
            found.append((node.attr, node.lineno))
        elif isinstance(node, ast.ImportFrom):
            found += [(a.name, node.lineno) for a in node.names if private(a.name)]
    return [f"{where}:{line} uses {name}" for name, line in found if (where, name) not in PRIVATE_MAY]


def test_the_tools_know_the_core_and_little_else_of_the_firmware():
    assert [v for path in sources(TOOLS) for v in strangers(path)] == []
    for name in TOOLS_MAY:
        assert (TOOLS / name).exists(), f"the table has a door for {name}, which is gone"


def test_nobody_but_the_command_itself_imports_the_command_line():
    outside = [p for p in sources(TOOLS) if p.parent != TOOLS / "cli" and p != TOOLS / "__main__.py"]
    assert [str(p) for p in outside for name, _ in imports(p, HOST) if name.startswith("pacer_watch.cli")] == []


def test_each_room_of_tests_has_its_doors():
    for path in sources(TESTS):
        parts = path.relative_to(TESTS).parts
        if len(parts) == 1:
            continue
        rooms, tools = TESTS_MAY[parts[0]]
        for name, line in imports(path, TESTS.parent):
            package, _, rest = name.partition(".")
            if package == "pacer":
                assert rest.split(".")[0] in rooms, f"{path}:{line} imports {name}"
            assert tools or package != "pacer_watch", f"{path}:{line} imports {name}"


def test_private_names_are_used_where_they_are_defined_only():
    assert [v for path in sources(TOOLS) for v in pried(path, HOST)] == []
    assert [v for path in sources(TESTS) for v in pried(path, TESTS.parent)] == []


def test_no_exception_has_outlived_its_reason():
    for where, name in PRIVATE_MAY:
        folder = HOST if where.startswith("pacer_watch") else TESTS.parent
        assert name in (folder / where).read_text(encoding="utf-8"), f"{where} no longer uses {name}"


def test_the_walls_of_the_tools_would_notice(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_walls.HOST", tmp_path)
    monkeypatch.setattr("tests.test_walls.TOOLS", tmp_path / "pacer_watch")
    path = tmp_path / "pacer_watch" / "twin" / "x.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        "from pacer.core import pace\nfrom pacer.app.watch import Watch\nfrom ..cli import main\n"
        "from .session import _build\nclass A:\n    def f(self, other):\n        self._a = other._a\n"
        "        super()._b()\n        return other._private + other.__dict__\n"
    )
    assert strangers(path) == ["twin/x.py imports pacer.app.watch.Watch"]
    assert ("pacer_watch.cli.main", 3) in imports(path, tmp_path)
    assert pried(path, tmp_path) == ["pacer_watch/twin/x.py:4 uses _build", "pacer_watch/twin/x.py:9 uses _private"]


def test_the_walls_would_notice(tmp_path, monkeypatch):
    """A wall that cannot fail is none."""
    monkeypatch.setattr("tests.test_walls.FIRMWARE", tmp_path)
    for where, text, count in (
        ("core", "from ..drivers import gnss\nimport time\nfrom .fixed import isqrt\n", 2),
        ("drivers", "from ..core import pace\nfrom . import gnss\n", 2),
        ("app", "from ..core import pace\nimport os\n", 0),
        ("app", "borrow('core.notation')\n__import__('pacer.drivers.' + chip)\nborrow('app.pages.' + name)\n", 0),
        ("app", "borrow(name)\n__import__('pacer.' + name)\nimportlib.import_module(name)\nborrow('host.x')\n", 4),
        ("core", "__import__('pacer.drivers.gnss')\nfrom .spare import borrow\nborrow('app.files')\n", 2),
        ("drivers", "__import__('pacer.core.pace')\n__import__(name)\n", 2),
    ):
        path = tmp_path / "pacer" / where / "x.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        assert len(violations(path)) == count
    path.write_text("a = 1.5\nb = a / 2\nprint(float(a))\n")
    assert len(impure(path)) == 4
