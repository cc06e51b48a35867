"""Step 6, what changed after a signature: pyHanko's analysis with a policy that lets signatures be added and nothing else.

The default policy also accepts some replaced appearances of form fields; and the analysis enumerates object paths, which
a hostile file can make slow: so it comes after trust, over a bounded file, under the worker's CPU limit.
"""

from typing import Any

from pyhanko.pdf_utils.generic import DictionaryObject, Reference
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader, process_data_at_eof
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
    policies,
)
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from processors.verification.pdf.located import Coverage, Modification

policies.logger.disabled = True  # hostile input must not write into our log


_ADDED = ModificationLevel.LTA_UPDATES
SIGNATURES_ONLY = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),  # type: ignore[no-untyped-call] # pyHanko's
        DocInfoRule().as_qualified(_ADDED),
        XrefStreamRule().as_qualified(_ADDED),
        ObjectStreamRule().as_qualified(_ADDED),
        DSSCompareRule().as_qualified(_ADDED),
        MetadataUpdateRule().as_qualified(_ADDED),  # type: ignore[no-untyped-call] # pyHanko's
    ],
    form_rule=FormUpdatingRule(
        field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]  # type: ignore[no-untyped-call] # pyHanko's
    ),
)


def coverage_of(reader: PdfFileReader, value: Reference, *, end: int, whole: int) -> Coverage:
    """Say how much of the file a range up to `end` covers; `whole`: length of the file without white space at its end.

    A revision is covered if its own cross-reference table is the one that the covered part ends with, and no table up to
    it lies beyond (ISO 32000-1 §7.5.6).
    """
    if end >= whole:
        return Coverage.ENTIRE_FILE
    revision = reader.xrefs.get_last_change(value)
    reader.stream.seek(end)
    try:
        ends_with = process_data_at_eof(reader.stream)
    except PdfReadError:
        return Coverage.PARTIAL
    own = ends_with == reader.xrefs.get_startxref_for_revision(revision)
    tables = (reader.xrefs.get_xref_container_info(each) for each in range(revision + 1))
    return Coverage.ENTIRE_REVISION if own and all(each.end_location <= end for each in tables) else Coverage.PARTIAL


def modification_of(reader: PdfFileReader, value: Reference, form_field: DictionaryObject) -> Modification:
    """Compare the revision in which a signature value last changed with the file as it is."""
    revision = reader.xrefs.get_last_change(value)
    dictionary = value.get_object()
    if not isinstance(dictionary, DictionaryObject):
        return Modification.OTHER
    permitted = _permissions(dictionary, form_field)
    locks = _transform(dictionary, "/FieldMDP")
    result = SIGNATURES_ONLY.review_file(
        reader, revision, field_mdp_spec=FieldMDPSpec.from_pdf_object(locks) if locks else None, doc_mdp=permitted
    )
    if not isinstance(result, DiffResult):
        return Modification.OTHER
    level = result.modification_level
    if level is ModificationLevel.NONE:
        return Modification.NONE
    if level > ModificationLevel.FORM_FILLING or (permitted is not None and level.value > permitted.value):
        return Modification.OTHER
    return Modification.SIGNATURES


def _permissions(dictionary: DictionaryObject, form_field: DictionaryObject) -> MDPPerm | None:
    """Return what a certification or the field's lock permits afterwards."""
    certified = _transform(dictionary, "/DocMDP")
    if certified is not None:
        return MDPPerm(_held(certified, "/P") or MDPPerm.FILL_FORMS.value)
    lock = _held(form_field, "/Lock")
    return MDPPerm(lock["/P"]) if lock and "/P" in lock else None


def _held(dictionary: DictionaryObject, key: str) -> Any:
    """Return an entry; pyHanko's `get` does not follow references."""
    try:
        return dictionary[key]
    except KeyError:
        return None


def _transform(dictionary: DictionaryObject, method: str) -> DictionaryObject | None:
    for each in _held(dictionary, "/Reference") or ():
        entry = each.get_object()
        if entry["/TransformMethod"] == method:
            parameters: DictionaryObject = entry["/TransformParams"]
            return parameters
    return None
