"""Verification, pure: bytes, reference data and the moment of receipt in; a three-valued verdict with reasons out.

document          (1) gate, packet or PDF, the verdict and its evidence
pdf               (2) strict bytes: every signature of the file, none unjudged; (6) what came after a signature
cms               (3) the signed message
trust             (4) path and revocation, our own index; pyHanko's certvalidator for RFC 5280
timestamps        (5) RFC 3161
required          (7) which signatures decide
envelope          the envelope's XMLDSig and what it binds
xades             signatures in XML attachments, and over others beside them; xmldsig: what both have in common
detached          signatures (CMS) beside the files that they are over
core, decisions, waiting   verdicts to events: signed, provisional, held, refused
judging           judges in processes of their own; the pool imports no Faust
"""
