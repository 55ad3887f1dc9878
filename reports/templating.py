"""The report's templates: jinja2 with escaping always on."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined, Template

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    loader = ChoiceLoader([FileSystemLoader(TEMPLATES), PackageLoader("pytest_html", "resources")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def template(name: str) -> Template:
    """A template of ours, or a resource of pytest-html (its script)."""
    return _environment().get_template(name)


def render(name: str, **context: object) -> str:
    """A template filled in. What comes from devices and files is escaped; an unknown name is an error."""
    return template(name).render(**context)


def resource(name: str) -> str:
    """The text of a file beside the templates."""
    return (TEMPLATES / name).read_text(encoding="utf-8")
