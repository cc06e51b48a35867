"""The tolerances of the reader by name; each packet says which ones it needed, so that its sender can be helped to stop."""

from enum import StrEnum


class Note(StrEnum):
    """What was not as the standard has it, and was read all the same."""

    LEADING_BYTES = "leading_bytes"
    """NUL, blanks or line breaks before the XML declaration."""

    OLD_NAMESPACE = "old_namespace"
    NO_NAMESPACE = "no_namespace"
    ENVELOPE_ROOT = "envelope_root"
    """No `edXML` around `edXMLEnvelope`."""

    FRAME_SPELLING = "frame_spelling"
    """`EdXML…` for `edXML…`."""

    BUSINESS_SPELLING = "business_spelling"
    """`Business…` for `Bussiness…`."""

    OLD_SPELLING = "old_spelling"
    """`OrganInCharge`, `TypeNotation`, `DigitalSignature`."""

    XLINK_UNBOUND = "xlink_unbound"
    """The prefix `xlink` is used and not declared."""

    CID_ONE_SIDED = "cid_one_sided"
    """`cid:` in the manifest only, or at the attachment only."""

    CONTENT_TYPE_DIFFERS = "content_type_differs"
    """The manifest and the attachment name different types."""

    ZIP_SUFFIX = "zip_suffix"
    """`.zip` behind the name of the file inside."""

    ZIP_NAME_UNFLAGGED = "zip_name_unflagged"
    """A name in UTF-8 inside the zip, without the flag that says so."""

    ORGAN_ID_SHORT = "organ_id_short"
    ORGAN_ID_UNKNOWN_FORM = "organ_id_unknown_form"
    DATE_DMY = "date_dmy"
    DATE_ISO = "date_iso"
    TIMESTAMP_DMY = "timestamp_dmy"
    TIMESTAMP_ISO = "timestamp_iso"
    TIMESTAMP_UNREADABLE = "timestamp_unreadable"
    """Left out: it decides nothing."""

    PLACEHOLDER = "placeholder"
    """`N/A` where nothing is meant."""

    TYPE_IS_ORDINAL = "type_is_ordinal"
    """`DocumentType/Type` holds the number in the list; the name decides."""

    BUSINESS_MISSING = "business_missing"
    """No `BussinessDocType`: read as a new document."""

    RESPONSE_FOR_EMPTY = "response_for_empty"
    DOCUMENT_ID_DIFFERS = "document_id_differs"
    """`DocumentId` says another agency, number or day than `From`, `Code`, `PromulgationDate`; kept as written."""

    VALUE_TOO_LONG = "value_too_long"
    STATUS_CODE_PADDED = "status_code_padded"
    """`3` for `03`."""

    STATUS_REASON_MISSING = "status_reason_missing"
    """A refusal or a wish to take back without a word why."""

    ADDRESSEE_MISSING = "addressee_missing"
    """A status without `ResponseFor/OrganId`."""
