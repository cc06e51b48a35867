"""Who may be trusted (RFC 5280): nothing is fetched, nothing is keyed by a name or serial, nothing outlives a reference epoch.

store         anchors by usage, paths and revocation as of a moment
paths         our own bounded search, then RFC 5280 §6.1 by certvalidator
crls          the index of revocation lists
certificates  a certificate with what was found out about it
signers       person or agency, and for whom
"""
