"""Whether the unit tests notice it when the rig's own oracles, verdicts and codecs are changed (`make mutants`)."""
