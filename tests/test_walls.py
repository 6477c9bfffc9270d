"""The rooms and their doors: what may import what, and what the core may not use (docs/design.md)."""

import ast
from pathlib import Path

from pacer_watch import BOARDS, FIRMWARE

PACER = FIRMWARE / "pacer"
CORE_MAY = {"micropython", "array", "struct"}
DRIVERS_MAY = {"micropython", "framebuf", "machine", "time", "struct", "array", "select", "sys", "uctypes"}


def room(path: Path) -> str:
    """core, drivers, app, or main for what lies above them."""
    parts = path.relative_to(FIRMWARE).parts
    return parts[1] if len(parts) > 2 else "main"


def imports(path: Path) -> list[tuple[str, int]]:
    """Every import of a file as an absolute dotted name, with its line."""
    package = list(path.relative_to(FIRMWARE).with_suffix("").parts[:-1])
    out = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            out += [(a.name, node.lineno) for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = base + (node.module.split(".") if node.module else [])
            out += [(".".join([*base, a.name]), node.lineno) for a in node.names]
    return out


def violations(path: Path) -> list[str]:
    here = room(path)
    out = []
    for name, line in imports(path):
        parts = name.split(".")
        target = parts[1] if parts[0] == "pacer" and len(parts) > 1 else parts[0]
        inside = parts[0] == "pacer"
        if here == "core":
            allowed = target == "core" if inside else target in CORE_MAY
        elif here == "drivers":
            allowed = not inside and target in DRIVERS_MAY
        elif here == "app":
            allowed = not inside or target in ("core", "drivers", "app", "__version__")
        else:
            allowed = not inside or target in ("app", "__version__")
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


def test_the_walls_would_notice(tmp_path, monkeypatch):
    """A wall that cannot fail is none."""
    monkeypatch.setattr("tests.test_walls.FIRMWARE", tmp_path)
    for where, text, count in (
        ("core", "from ..drivers import gnss\nimport time\nfrom .fixed import isqrt\n", 2),
        ("drivers", "from ..core import pace\nfrom . import gnss\n", 2),
        ("app", "from ..core import pace\nimport os\n", 0),
    ):
        path = tmp_path / "pacer" / where / "x.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        assert len(violations(path)) == count
    path.write_text("a = 1.5\nb = a / 2\nprint(float(a))\n")
    assert len(impure(path)) == 4
