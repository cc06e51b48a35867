"""The test PKI: root, sub CA, time-stamping authority, persons and agencies; for demo and tests, it vouches for nobody.

`issue` makes certificates and CRLs as values, `store` keeps them in a `folder` that reads as reference data.
"""

from infra.pki.issue import Authority, Credential, PrivateKey, new_key, organization_name, person_name, sign_with
from infra.pki.store import Pki, Standing

__all__ = [
    "Authority",
    "Credential",
    "Pki",
    "PrivateKey",
    "Standing",
    "new_key",
    "organization_name",
    "person_name",
    "sign_with",
]
