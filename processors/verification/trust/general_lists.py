"""Revocation lists that are not plain, by certvalidator (RFC 5280 §6.3).

Deltas, indirect lists, lists for some reasons or distribution points, lists signed with a key of their own. Slower than the
index by far, and asked only where it has no answer.
"""

from collections.abc import Iterable
from contextlib import suppress

from cryptography import x509
from pyhanko_certvalidator.errors import CRLNoMatchesError, CRLValidationError, RevokedError
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule
from pyhanko_certvalidator.revinfo.validate_crl import verify_crl

from processors.verification.coroutines import finish_now
from processors.verification.trust.certificates import Certificate
from processors.verification.trust.crls import RevocationAnswer, use_of
from processors.verification.trust.moment import Moment
from processors.verification.trust.names import prepared
from processors.verification.trust.paths import validation_context, validation_path
from schemas.reference import RevocationList

REQUIRED = CertRevTrustPolicy(
    RevocationCheckingPolicy(RevocationCheckingRule.CRL_REQUIRED, RevocationCheckingRule.CRL_REQUIRED),
    retroactive_revinfo=True,
)
"""Who signs lists with a key of his own is asked about as everybody else; a list may be newer than the receipt."""


class GeneralLists:
    """Every list of one reference epoch."""

    def __init__(self, lists: Iterable[RevocationList], others: Iterable[RevocationList]) -> None:
        """`others`: those that are not plain; they may speak for certificates of any issuer."""
        self._others = {each.sha256: each for each in others}
        self._by_issuer: dict[str, list[RevocationList]] = {}
        self._loaded: dict[str, x509.CertificateRevocationList] = {}
        for each in lists:
            with suppress(ValueError):
                crl = self._loaded[each.sha256] = x509.load_der_x509_crl(each.der)
                self._by_issuer.setdefault(prepared(crl.issuer.public_bytes()), []).append(each)

    def above(self, chain: Iterable[Certificate]) -> list[RevocationList]:
        """Return the lists of every issuer in a chain, and those that are not plain."""
        own = [each for one in chain for each in self._by_issuer.get(one.prepared_issuer, [])]
        return list({each.sha256: each for each in (*own, *self._others.values())}.values())

    def ask(
        self, chain: tuple[Certificate, ...], position: int, pool: Iterable[Certificate], at: Moment
    ) -> RevocationAnswer | None:
        """Say what is known of one certificate of a sound chain; None: no list tells. `pool`: who may have signed lists."""
        certificate = chain[position]
        own = self._by_issuer.get(certificate.prepared_issuer, [])
        if not own and not self._others:
            return None
        lists = self.above(chain[position:])
        crls = [each.der for each in lists]
        context = validation_context(chain, at.receipt, REQUIRED, pool, crls=crls, time_tolerance=at.crl_grace)
        revoked_at, settled = None, True
        try:
            finish_now(verify_crl(certificate.asn1, validation_path(chain), context))
        except RevokedError as exc:
            revoked_at = exc.revocation_dt
        except CRLNoMatchesError:
            return None
        except CRLValidationError as exc:
            if getattr(exc, "suspect_stale", None) is None:
                return None
            settled = False
        loaded = [(each, self._loaded[each.sha256]) for each in lists if each.sha256 in self._loaded]
        loaded.sort(key=lambda each: (each[0] in own, each[1].last_update_utc), reverse=True)
        uses = [use_of(certificate, *each) for each in loaded]
        return RevocationAnswer(
            use=uses[0],
            more=tuple(uses[1:]),
            authority=certificate.is_authority,
            revoked_at=revoked_at,
            settled=settled,
        )
