"""Mutants of a file: a seeded sample of what cosmic-ray's operators change, and of statements left out.

cosmic-ray itself starts an interpreter a mutant and keeps a data base; mutmut wraps each function, which MicroPython's
`const()` and the firmware's tables do not live through. So only the operators are taken (of cosmic_ray.operators), and
one is added: the kind that outsiders saw survive most often, a statement that is not there.
"""

import ast
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import parso
from cosmic_ray.ast import Visitor, ast_nodes
from cosmic_ray.operators.provider import OperatorProvider

# The variable's operators want a name of each file; of small integers "is" says what "==" does.
_LEFT_OUT = ("VariableReplacer", "VariableInserter", "RemoveDecorator", "_Is", "_IsNot")


@dataclass(frozen=True)
class Mutant:
    """A file's text with one thing changed: its line before and after."""

    line: int
    before: str
    after: str
    text: str


class _Change(Visitor):
    """Let an operator change its n-th position."""

    def __init__(self, operator: Any, n: int) -> None:
        self._operator = operator
        self._left = n

    def visit(self, node: Any) -> Any:
        for index, _ in enumerate(self._operator.mutation_positions(node)):
            self._left -= 1
            if self._left == -1:
                return self._operator.mutate(node, index)
        return node


def _changes(text: str) -> Iterator[tuple[int, Callable[[], str]]]:
    """(line, the text with that changed) of each thing that an operator changes."""
    provider = OperatorProvider()
    tree = parso.parse(text)
    for name in provider:
        if name.endswith(_LEFT_OUT):
            continue
        operator = provider[name]()
        places = [at for node in ast_nodes(tree) for at in operator.mutation_positions(node)]
        for n, ((line, _), _) in enumerate(places):
            yield line, lambda o=operator, n=n: _Change(o, n).walk(parso.parse(text)).get_code()


def _left_out(text: str) -> Iterator[tuple[int, Callable[[], str]]]:
    """The same of each statement that is left out alone: calls, assignments, raises."""
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign, ast.Raise)) and node.col_offset:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue  # a docstring
            at, end = node.lineno - 1, node.end_lineno or node.lineno
            less = [*lines[:at], " " * node.col_offset + "pass\n", *lines[end:]]
            yield node.lineno, lambda less=less: "".join(less)


def _told(text: str, mutated: str) -> Mutant:
    old, new = text.splitlines(), mutated.splitlines()
    at = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)) - 1)
    return Mutant(at + 1, old[at].strip(), new[at].strip(), mutated)


def _meaning(text: str) -> str:
    """What of a text an interpreter goes by; annotations are for readers."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            for a in (*node.args.args, *node.args.kwonlyargs):
                a.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(0)
    return ast.dump(tree)


def mutants(text: str, count: int, seed: int) -> list[Mutant]:
    """A sample of a file's mutants, spread over its lines: one a line before a line has a second."""
    rng = random.Random(seed)
    meant = _meaning(text)
    at: dict[int, list[Callable[[], str]]] = {}
    for line, change in (*_changes(text), *_left_out(text)):
        at.setdefault(line, []).append(change)
    lines = sorted(at)
    rng.shuffle(lines)
    out: list[Mutant] = []
    while lines and len(out) < count:
        for line in list(lines):
            if not at[line]:
                lines.remove(line)
                continue
            try:
                mutated = at[line].pop(rng.randrange(len(at[line])))()
                if _meaning(mutated) == meant:
                    continue
            except (SyntaxError, AttributeError):  # the latter of cosmic-ray's own, at `except a.B`
                continue
            out.append(_told(text, mutated))
            if len(out) == count:
                break
    return sorted(out, key=lambda m: (m.line, m.after))
