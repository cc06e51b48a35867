"""Honest files: `pages` × ways of signing by `hands` (pyHanko) and `old_hand` (our own) = `variants`."""
