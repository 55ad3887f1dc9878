"""Policies of no utility: rules that none of the shipped ones has, so that the scenarios about them can be shown to work."""
