"""Limits of one judgement. Over any of them the answer is INDETERMINATE with RESOURCE_LIMIT, never a pass."""

MAX_DOCUMENT = 50 * 1024 * 1024
"""Bytes of a packet or PDF; the setting of field gateways."""

MAX_SIGNATURES = 20
"""More is an attack: each costs a path build."""

MAX_REVISIONS = 32
MAX_OBJECTS = 200_000
"""PDF objects; the analysis of changes walks them all."""

MAX_CONTENTS = 1024 * 1024
"""Bytes of one CMS; twice that in hexadecimal."""

MAX_CMS_CERTIFICATES = 12
MAX_CMS_CERTIFICATE_BYTES = 64 * 1024
MAX_RESPONSES = 64
"""OCSP responses of one document that are looked at."""

MAX_RESPONSE_BYTES = 64 * 1024
MAX_PATH_DEPTH = 6
"""Certificates between leaf and anchor, both included."""

MAX_PATH_STEPS = 48
"""Issuer signatures checked in one search: cross-certified CAs multiply paths."""

MAX_ENVELOPE = 16 * 1024 * 1024
"""Bytes of a packet without its attachments: 3,500 recipients are 2 MB."""

MAX_UNPACKED = 16 * 1024 * 1024
"""Bytes of one unpacked cross-reference or object stream."""
