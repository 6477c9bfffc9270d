"""What goes onto a board: the firmware without the names that only a reader needs."""

import ast

import pytest

from pacer_watch import shipped


@pytest.fixture
def other(tmp_path, monkeypatch):
    """Another firmware than ours: put(file, text), then shipped.firmware()."""
    monkeypatch.setattr(shipped, "FIRMWARE", tmp_path)
    caches = (shipped.firmware, shipped.kept, shipped.passed_by_name)

    def put(**files):
        (tmp_path / "pacer").mkdir(exist_ok=True)
        for name, text in {"main": "", **files}.items():
            (tmp_path / ("main.py" if name == "main" else f"pacer/{name}.py")).write_text(text)
        for cache in caches:
            cache.cache_clear()
        return {name: shipped.shipped(m) for name, m in shipped.firmware().items()}

    yield put
    for cache in caches:
        cache.cache_clear()


def test_each_line_stays_where_it_is():
    for module in shipped.firmware().values():
        text = shipped.shipped(module)
        assert text.count("\n") == module.source.count("\n")
        before, after = ast.parse(module.source), ast.parse(text)
        functions = [[n.lineno for n in ast.walk(t) if isinstance(n, ast.FunctionDef)] for t in (before, after)]
        assert functions[0] == functions[1]


def test_a_constant_of_another_module_is_its_number_and_has_no_name(other):
    got = other(
        a="from micropython import const\nONE = const(1)\nTWO = const(ONE + 1)\nLESS = const(-3)\nLIST = [ONE]\n",
        b="from . import a\nfrom .a import TWO, LESS, LIST\n\n\ndef f():\n    return a.ONE + TWO - LESS, LIST\n",
        c="from . import a as x\n\nY = x.TWO\n",
    )
    assert got["pacer.a"].startswith("from micropython import const\n_ONE = const(1)\n_TWO = const(_ONE + 1)\n")
    assert got["pacer.b"] == "pass\nfrom .a import LIST\n\n\ndef f():\n    return 1 + 2 - (-3), LIST\n"
    assert got["pacer.c"] == "pass\n\nY = 2\n"


def test_a_constant_that_something_unknown_is_asked_for_keeps_its_name(other):
    text = "from micropython import const\nONE = const(1)\nTWO = const(2)\n"
    got = other(a=text, b="def f(module):\n    return module.ONE\n", main="from pacer import a\na.TWO\n")
    assert got["pacer.a"] == text


def test_private_names_and_arguments_are_short_and_the_public_ones_stay(other):
    got = other(
        a="_table = (1, 2)\n\n\nclass A:\n    _kind = 3\n\n    def __init__(self, first, second=2):\n"
        "        self.first = self._first = first\n        self._rest = [x for x in second if x != first]\n\n"
        "    def _look(self):\n        return _table, self._kind, self._look()\n\n\nA(1, second=[])\n",
    )
    assert got["pacer.a"] == (
        "_q = (1, 2)\n\n\nclass A:\n    _b = 3\n\n    def __init__(self, _b, second=2):\n"
        "        self.first = self._a = _b\n        self._d = [x for x in second if x != _b]\n\n"
        "    def _c(self):\n        return _q, self._b, self._c()\n\n\nA(1, second=[])\n"
    )


def test_what_would_go_wrong_is_refused(other):
    with pytest.raises(shipped.NotShippable, match="_x of another module"):
        other(a="class A:\n    def __init__(self):\n        self._x = 1\n", b="def f(a):\n    return a._x\n")
    with pytest.raises(shipped.NotShippable, match="B has a base with private names"):
        other(
            a="class A:\n    def __init__(self):\n        self._x = 1\n",
            b="from .a import A\n\n\nclass B(A):\n    def f(self):\n        self._y = 2\n",
        )


def test_the_names_of_the_firmware_fit_the_interpreters_pools():
    """The pools of names double: 1,260 in the first six, with those of the twin; the next one would take 9 KB."""
    names = set()
    for module in shipped.firmware().values():
        for node in ast.walk(ast.parse(shipped.shipped(module))):
            if isinstance(node, ast.Attribute):
                names.add(node.attr)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, ast.arg):
                names.add(node.arg)
    assert len([name for name in names if name.startswith("_") and not name.startswith("__")]) < 60
    assert len(names) < 800
