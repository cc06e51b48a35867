"""Keeps revocation lists current (RFC 5280 §5, §6.3): fetched here, judged there; the verifier itself fetches nothing.

sources   where lists come from: a file, a folder, a URL
checks    whether a list may be published: signature, issuer's right, number, freshness
keeping   which lists are in force together
job       one round: fetch, check, publish what is new as one snapshot
process   round after round
"""
