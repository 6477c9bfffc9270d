"""The firmware as it goes onto a board: compiled, without the names that only a reader needs.

Names are most of what a small heap holds: MicroPython keeps each once, for ever, and each module brings a table of its
own. So in what is shipped

- a constant of another module is its number, and has no name (`ev.LAP`, where events.py has LAP = const(..));
- private names, and the names of arguments that nobody passes by name, are short and the same in all modules.

Each line stays where it is, so the lines in a traceback are right. As a file's name in a traceback stands its module's
own, which MicroPython knows anyway.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import ascii_letters

from . import FIRMWARE

_SHORT = [f"_{a}" for a in ascii_letters] + [f"_{a}{b}" for a in ascii_letters for b in ascii_letters]
_ARGUMENTS = 16  # the first of these are for arguments; names of a module begin behind them


class NotShippable(Exception):
    """The firmware does something that what is shipped must not; the text says what."""


@dataclass
class Module:
    """A module of the firmware: its dotted name, source and tree."""

    name: str
    package: str
    path: Path
    source: str
    tree: ast.Module
    stored: set[str] = field(init=False)  # names that are given a value somewhere in it
    constants: dict[str, int] = field(default_factory=dict)  # its own and those that it imports
    own: set[str] = field(default_factory=set)  # public ones that it defines
    aliases: dict[str, str] = field(default_factory=dict)  # names of modules in it

    def __post_init__(self) -> None:
        self.stored = _stored(self.tree)


Edit = tuple[int, int, int, int, str]  # line, column, end line, end column (in bytes), new text


@cache
def firmware() -> dict[str, Module]:
    """The modules of pacer by their dotted names, with the constants of each."""
    modules = {}
    for path in sorted((FIRMWARE / "pacer").rglob("*.py")):
        relative = path.relative_to(FIRMWARE).with_suffix("")
        parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
        source = path.read_text(encoding="utf-8")
        package = ".".join(relative.parts[:-1])
        modules[".".join(parts)] = Module(".".join(parts), package, path, source, ast.parse(source))
    for module in modules.values():
        _own_constants(module)
    for _ in range(3):  # constants that are imported, and imported on
        for module in modules.values():
            _imports(module, modules)
    return modules


def _own_constants(module: Module) -> None:
    for node in module.tree.body:
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "const":
            name = node.targets[0].id
            try:
                value = eval(compile(ast.Expression(call.args[0]), "", "eval"), {}, dict(module.constants))
            except NameError:
                continue  # of an imported one: it keeps its name
            if isinstance(value, int):
                module.constants[name] = value
                if not name.startswith("_"):
                    module.own.add(name)


def _from(module: Module, node: ast.ImportFrom) -> str:
    """The module that is imported from, by its dotted name."""
    if not node.level:
        return node.module or ""
    above = module.package.split(".")
    above = above[: len(above) - node.level + 1]
    return ".".join([*above, node.module] if node.module else above)


def _imports(module: Module, modules: dict[str, Module]) -> None:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        origin = _from(module, node)
        for alias in node.names:
            whole = f"{origin}.{alias.name}"
            known = alias.asname or alias.name
            if whole in modules:
                module.aliases[known] = whole
            elif origin in modules and alias.name in modules[origin].constants:
                module.constants[known] = modules[origin].constants[alias.name]


@cache
def kept() -> frozenset[str]:
    """Constants that keep their names: something is asked for them that is not known here."""
    out = {node.attr for node in ast.walk(_main()) if isinstance(node, ast.Attribute)}
    for module in firmware().values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and _constant(module, node) is None:
                out.add(node.attr)
    return frozenset(out)


@cache
def passed_by_name() -> frozenset[str]:
    """Names of arguments that some call in the firmware uses."""
    trees = [_main(), *(module.tree for module in firmware().values())]
    return frozenset(
        node.arg for tree in trees for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg
    )


def _main() -> ast.Module:
    """main.py, which is shipped as it is."""
    return ast.parse((FIRMWARE / "main.py").read_text(encoding="utf-8"))


def _constant(module: Module, node: ast.AST) -> int | None:
    """The value of a constant of another module where it is used, else None."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id not in module.stored:
        origin = firmware().get(module.aliases.get(node.value.id, ""))
        return origin.constants.get(node.attr) if origin else None
    return None


def shipped(module: Module) -> str:
    """The source of a module as it is compiled."""
    edits = [*_fold(module), *_shorten(module)]
    text = _edited(module.source, edits)
    if text.count("\n") != module.source.count("\n"):
        raise NotShippable(f"{module.path}: its lines have moved")
    return text


def fold(path: Path) -> str:
    """A script with the firmware's constants as numbers: for one that is run beside what is shipped."""
    source = path.read_text(encoding="utf-8")
    script = Module(path.stem, "", path, source, ast.parse(source))
    _imports(script, firmware())
    return _edited(source, [*_fold(script)])


def _fold(module: Module) -> Iterator[Edit]:
    """Constants of other modules as numbers and the imports of them out; its own get private names, and so vanish."""
    folded = {name for name in module.constants if name not in module.stored} - module.own
    used: set[str] = set()
    of_constants: set[ast.expr] = set()  # `ev` in ev.LAP; a walk meets it behind its attribute
    for node in ast.walk(module.tree):
        value = _constant(module, node)
        if value is None and isinstance(node, ast.Name) and node.id in folded and not node.id.startswith("_"):
            value = module.constants[node.id]
        if value is not None:
            assert isinstance(node, (ast.Attribute, ast.Name))
            yield _edit(node, str(value) if value >= 0 else f"({value})")
            if isinstance(node, ast.Attribute):
                of_constants.add(node.value)
        elif isinstance(node, ast.Name) and node not in of_constants:
            if node.id in module.own - kept():
                yield _edit(node, "_" + node.id)
            used.add(node.id)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            yield from _fold_import(module, node, used)


def _fold_import(module: Module, node: ast.ImportFrom, used: set[str]) -> Iterator[Edit]:
    """An import without what is a number now."""
    origin = firmware().get(_from(module, node))
    names = []
    for alias in node.names:
        known = alias.asname or alias.name
        constant = origin and alias.name in origin.constants
        if not (constant or known in module.aliases) or known in used or alias.name in kept():
            names.append(alias.name + (f" as {alias.asname}" if alias.asname else ""))
    if len(names) < len(node.names):
        assert node.end_lineno is not None
        text = f"from {'.' * node.level}{node.module or ''} import {', '.join(names)}" if names else "pass"
        yield _edit(node, text + "\n" * (node.end_lineno - node.lineno))


def _shorten(module: Module) -> Iterator[Edit]:
    """Private names and names of arguments."""
    tree = module.tree
    lines = module.source.encode().split(b"\n")
    attributes = _table(sorted(_private_attributes(module)), 0)
    of_module = _table(sorted(_private_of_module(module)), _ARGUMENTS)
    methods = {f for c in ast.walk(tree) if isinstance(c, ast.ClassDef) for f in c.body}
    of_class = {n for a in methods if isinstance(a, ast.Assign) for n in ast.walk(a) if isinstance(n, ast.Name)}
    arguments: dict[ast.Name, str] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            yield from _shorten_arguments(function, arguments)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in attributes:
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            start = node.end_col_offset - len(node.attr)
            yield node.end_lineno, start, node.end_lineno, node.end_col_offset, attributes[node.attr]
        elif isinstance(node, ast.Name) and node in of_class and node.id in attributes:
            yield _edit(node, attributes[node.id])
        elif isinstance(node, ast.Name) and node in arguments:
            yield _edit(node, arguments[node])
        elif isinstance(node, ast.Name) and node.id in of_module:
            yield _edit(node, of_module[node.id])
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            table = attributes if node in methods else of_module
            if node.name in table:
                start = lines[node.lineno - 1].index(node.name.encode(), node.col_offset)
                yield node.lineno, start, node.lineno, start + len(node.name), table[node.name]


def _table(names: list[str], first: int) -> dict[str, str]:
    return {name: _SHORT[first + i] for i, name in enumerate(names)}


def _private(name: str) -> bool:
    return len(name) > 1 and name[0] == "_" and name[:2] != "__"


def _private_attributes(module: Module) -> set[str]:
    """Of objects: methods, and what is set on an object. Raises NotShippable for one of another module's."""
    out, own = set(), set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and _private(node.attr):
            out.add(node.attr)
            if isinstance(node.ctx, ast.Store):
                own.add(node.attr)
        elif isinstance(node, ast.ClassDef):
            own |= {f.name for f in node.body if isinstance(f, ast.FunctionDef) and _private(f.name)}
            named = {t.id for a in node.body if isinstance(a, ast.Assign) for t in a.targets if isinstance(t, ast.Name)}
            own |= {name for name in named if _private(name)}
            for base in node.bases:
                if isinstance(base, ast.Name) and _foreign(module, base.id):
                    raise NotShippable(f"{module.path}: {node.name} has a base with private names in another module")
    if out - own:
        raise NotShippable(f"{module.path} uses {', '.join(sorted(out - own))} of another module")
    return out | own


def _foreign(module: Module, base: str) -> bool:
    """Is this class one of another module that has private names?"""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and base in [alias.asname or alias.name for alias in node.names]:
            origin = firmware().get(_from(module, node))
            return origin is not None and bool(_private_attributes(origin))
    return False


def _private_of_module(module: Module) -> set[str]:
    """Of the module: functions, classes, tables; not constants, which have no name when they are compiled."""
    out = set()
    for node in module.tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            out.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            out |= {t.id for t in targets if isinstance(t, ast.Name)}
    return {name for name in out if _private(name)} - set(module.constants)


def _shorten_arguments(function: ast.FunctionDef, names: dict[ast.Name, str]) -> Iterator[Edit]:
    """The arguments of a function in its head; where they are used, into names."""
    a = function.args
    given = [*a.posonlyargs, *a.args, *([a.vararg] if a.vararg else [])]
    inner = [n for f in function.body for n in ast.walk(f)]
    shadowed = {n.arg for n in inner if isinstance(n, ast.arg)}
    renamed = {}
    for k, arg in enumerate(given):
        if arg.arg in shadowed | passed_by_name() or arg.arg in ("self", "cls"):
            continue
        if k >= _ARGUMENTS:
            raise NotShippable(f"{function.name} has more than {_ARGUMENTS} arguments")
        renamed[arg.arg] = _SHORT[k]
        yield arg.lineno, arg.col_offset, arg.lineno, arg.col_offset + len(arg.arg.encode()), _SHORT[k]
    for node in inner:
        if isinstance(node, ast.Name) and node.id in renamed:
            names[node] = renamed[node.id]


def _stored(tree: ast.AST) -> set[str]:
    """Names that are given a value somewhere, arguments too."""
    out = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return out | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _edit(node: ast.expr | ast.stmt, text: str) -> Edit:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, text


def _edited(source: str, edits: list[Edit]) -> str:
    """The source with the edits made, the last one first."""
    raw = source.encode()
    starts = [0]
    for line in raw.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    places = sorted(((starts[a - 1] + b, starts[c - 1] + d, text) for a, b, c, d, text in edits), reverse=True)
    end = len(raw) + 1
    for begin, stop, text in places:
        if stop > end:
            raise NotShippable(f"two changes of {raw[begin:stop].decode()}")
        raw = raw[:begin] + text.encode() + raw[stop:]
        end = begin
    return raw.decode()
