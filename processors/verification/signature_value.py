"""Does a signature value fit the bytes and the key? The same for CMS and for XML."""

from collections.abc import Callable, Mapping
from functools import partial

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - named so that the policy can refuse it
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def value_holds(value: bytes, signed: bytes, *, key: object, mechanism: str, digest_name: str) -> bool:
    """Verify a value (`ecdsa`: DER of r and s; `rsassa_pkcs1v15`); False also where the key is of another kind."""
    verify: Callable[[], None]
    if mechanism == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
        verify = partial(key.verify, value, signed, ec.ECDSA(HASHES[digest_name]))
    elif mechanism == "rsassa_pkcs1v15" and isinstance(key, rsa.RSAPublicKey):
        verify = partial(key.verify, value, signed, padding.PKCS1v15(), HASHES[digest_name])
    else:
        return False
    try:
        verify()
    except InvalidSignature:
        return False
    return True
