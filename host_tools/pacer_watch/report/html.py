"""Pages from the templates in web/: all that goes in is cleaned and escaped here, and only the own scripts run."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ..text import plain

_WEB = Path(__file__).parent / "web"


def _clean(value: Any) -> Any:
    """What goes into a page, without control characters; what is HTML already stays."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_WEB), autoescape=True, undefined=jinja2.StrictUndefined, finalize=_clean,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


@cache
def _asset(name: str) -> Markup:
    return Markup((_WEB / name).read_text(encoding="utf-8"))


def _source(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def render(template: str, **values: Any) -> str:
    """A page as text."""
    scripts = [_asset("uplot/uPlot.iife.min.js").strip(), _asset("charts.js").strip()]
    css = _asset("uplot/uPlot.min.css") + _asset("page.css")
    sources = Markup(" ").join(Markup(_source(s)) for s in scripts)
    return _environment().get_template(template).render(css=css, scripts=scripts, sources=sources, **values)
