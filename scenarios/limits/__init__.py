"""Limits of the shipped scenarios by family, derived from policy, promises and settings; no scenario holds a number of its own."""
