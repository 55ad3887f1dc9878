"""A run judged again under other limits than its own, as far as its evidence alone tells: another policy, another plan."""
