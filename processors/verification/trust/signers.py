"""Who signed: a person or an agency, and for which agencies the certificate may speak."""

from processors.verification.trust.certificates import Certificate
from schemas.reference import Reference

PERSON_OIDS = ("2.5.4.4", "2.5.4.42")
ORGANISATION_OID = "2.5.4.97"


def role_of(certificate: Certificate, reference: Reference) -> str:
    """Return `person` or `agency`, by the subject attributes that the signature policy names."""
    policy = reference.signature_policy
    person = policy.identity.person_oids if policy else PERSON_OIDS
    return "person" if any(each.oid.dotted_string in person for each in certificate.x509.subject) else "agency"


def organ_ids_of(certificate: Certificate, reference: Reference) -> tuple[str, ...]:
    """Return the agencies: those `identities` gives this subject, and the one the certificate itself names."""
    policy = reference.signature_policy
    oid = policy.identity.organisation_oid if policy else ORGANISATION_OID
    named = {str(each.value) for each in certificate.x509.subject if each.oid.dotted_string == oid}
    if reference.identities:
        named |= reference.identities.may_speak_for("certificate", certificate.subject)
    return tuple(sorted(named))
