"""Files that others collected to try verifiers on: what we say of each, beside what its own collection expects."""
