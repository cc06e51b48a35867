"""Verification, pure: bytes, reference data and the moment of receipt in; a three-valued verdict with reasons out.

document          (1) gate, packet or PDF, the verdict and its evidence
byteranges, pdf   (2) strict bytes: every signature of the file, none unjudged
cms               (3) the signed message
trust, paths, crls (4) path and revocation, our own index; pyHanko's certvalidator for RFC 5280
timestamps        (5) RFC 3161
changes           (6) what came after a signature
required          (7) which signatures decide
xml_template, envelope_signature, envelope_policy   the envelope's XMLDSig and what it binds
core, decisions, waiting   verdicts to events: signed, provisional, held, refused
pool, worker, wire         judges in processes of their own; the pool imports no Faust
"""
