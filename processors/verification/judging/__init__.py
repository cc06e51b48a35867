"""Judges in processes of their own (decision 9): `pool` starts them, `worker` is one, `wire` is what they say to each other."""
