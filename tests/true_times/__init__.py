"""True instants of relay edges against the spans that the rig states, in wall time."""
