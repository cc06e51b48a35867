"""The signed message of a signature (CMS, RFC 5652), read by one of two lanes and judged by the same steps.

message      what every reader answers with, and the checks on it
strict       DER by `cryptography`, one expected shape
general      pyHanko and asn1crypto, for everything else and to compare
tst          the statement inside a time-stamp token (RFC 3161)
reading      the strict reader first, else the general one
"""
