"""Golden runs: evidence of this version that every later one must verify, judge and render to the same verdicts."""
