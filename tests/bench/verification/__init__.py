"""`make bench-verify`: how many validations a CPU-second our verifier does, beside other verifiers, over the same files.

world        roots, revocation lists and reference data, as files that every contender reads
specimens    the files that are validated, and a tampered copy of each
contenders   who validates: a program each; `turns` is the one around contenders in Python, `java` has the others
contest      all in turns: first whether they answer rightly, then how fast
alone        what only ours is measured by: large CRL, two processes, latency, first verdict, memory
"""
