"""Scenarios: what must be true of a prepaid meter, and the requirements that say so."""

from importlib.resources import files

REQUIREMENTS = files(__name__) / "requirements.toml"
