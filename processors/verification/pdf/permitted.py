"""What an appended revision may do: add a signature, a time-stamp or validation data. Whatever is not named here is a change.

Stricter than pyHanko's stock policy, which lets objects be rewritten without visible effect and entries be re-pointed.
"""

from collections.abc import Container
from typing import Any

from lxml import etree

from processors.verification.pdf.syntax import WHITE, Name, Ref, Stream
from processors.verification.pdf.update import ChangedError, Update, require

CATALOG_MAY = frozenset({"AcroForm", "DSS", "Extensions", "Metadata", "Version"})
FORM_MAY = frozenset({"Fields", "SigFlags", "DR", "DA"})
INFO_MAY = frozenset({"ModDate", "Producer"})
METADATA_MAY = (
    "{http://ns.adobe.com/xap/1.0/}ModifyDate", "{http://ns.adobe.com/xap/1.0/}MetadataDate",
    "{http://ns.adobe.com/pdf/1.3/}Producer", "{http://ns.adobe.com/xap/1.0/mm/}InstanceID", "{adobe:ns:meta/}xmptk",
)  # fmt: skip
"""When, by what, and which writing of the file it was (XMP part 1 §8, part 2 §2.8)."""

XMP_FRAME = frozenset(
    {
        "{adobe:ns:meta/}xmptk",
        "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about",
        "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}parseType",
    }
)
STORE_LISTS = ("Certs", "CRLs", "OCSPs")
SIG_FLAGS = 3
MAX_EXTENSION_DEPTH = 5
"""/Extensions << /ISO_ [<< /URL … >>] >>."""


def differing(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """Name the keys whose values are not the very same."""
    return {key for key in old.keys() | new.keys() if not same(old.get(key), new.get(key))}


def same(one: Any, other: Any) -> bool:
    """Compare values with their types: 1 is not true, /A is not (A)."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def only(old: Any, new: Any, may: Container[str], what: str) -> None:
    """Raise `ChangedError` unless two dictionaries differ in allowed keys only."""
    require(holds=isinstance(old, dict) and isinstance(new, dict), what=f"{what} is no dictionary")
    require(holds=all(key in may for key in differing(old, new)), what=f"{what} was changed")


def catalog(update: Update) -> tuple[dict[str, Any], dict[str, Any]]:
    """Compare the catalogs; return both."""
    root = update.pdf.trailer(update.number)["Root"]
    old, new = update.before(root), update.after(root)
    only(old, new, CATALOG_MAY, "the catalog")
    if root.number in update.replaced:
        update.explain(root, shared=True)  # the reference of a lock names it (§12.8.2.4, /Data)
    version, before = new.get("Version"), old.get("Version")
    same_version = same(version, before) or (isinstance(version, Name) and version in ("1.6", "1.7", "2.0"))
    require(holds=same_version, what="the version was changed")
    _extensions(update, old.get("Extensions"), new.get("Extensions"))
    return old, new


def _extensions(update: Update, before: Any, raw: Any) -> None:
    if same(before, raw) and not (isinstance(raw, Ref) and raw.number in update.replaced):
        return
    update.explain(raw)
    _plain(update.after(raw), 0)


def _plain(value: Any, depth: int) -> None:
    """Developer extensions: names and numbers, no references."""
    plain = isinstance(value, (dict, list, Name, int, bytes))
    require(holds=plain and depth < MAX_EXTENSION_DEPTH, what="the extensions were changed")
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _plain(each, depth + 1)


def information(update: Update) -> None:
    """Let the information dictionary say when and by what the file was written."""
    raw, before = update.pdf.trailer(update.number).get("Info"), update.pdf.trailer(update.number - 1).get("Info")
    if raw is None or (isinstance(raw, Ref) and raw.number not in update.fresh and raw.number not in update.replaced):
        return
    old, new = update.before(before) if before is not None else {}, update.after(raw)
    only(old, new, INFO_MAY, "the information dictionary")
    require(holds=all(isinstance(each, bytes) for key, each in new.items() if key in INFO_MAY), what="no text")
    update.explain(raw)


def metadata(update: Update, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Compare the XMP metadata: the same but for the moment of writing."""
    raw, before = new.get("Metadata"), old.get("Metadata")
    if same(raw, before) and not (isinstance(raw, Ref) and raw.number in update.replaced):
        return
    require(holds=isinstance(raw, Ref), what="metadata are no stream")
    was, now = update.before(before), update.after(raw)
    require(holds=isinstance(now, Stream), what="metadata are no stream")
    require(holds=now.dictionary.get("Subtype") == "XML", what="metadata are something else besides")  # §14.3.2
    described = _described(update, now)
    if was is None:
        says = [
            each for each in described.iter(etree.Element) if (each.text or "").strip() or set(each.attrib) - XMP_FRAME
        ]
        require(holds=not says, what="metadata were added")
    else:
        require(holds=isinstance(was, Stream), what="metadata are no stream")
        only(was.dictionary, now.dictionary, ("Length",), "the metadata's dictionary")
        require(holds=_canonical(_described(update, was)) == _canonical(described), what="metadata were changed")
    update.explain(raw)


def _described(update: Update, stream: Stream) -> etree._Element:
    """Parse XMP and leave out when and by what the file was written."""
    require(holds="Filter" not in stream.dictionary, what="metadata are packed")
    text = update.pdf.data[stream.start : stream.start + stream.length]
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True)
    try:
        root = etree.fromstring(text.strip(WHITE), parser)
    except etree.XMLSyntaxError as exc:
        raise ChangedError("metadata are no XML") from exc
    require(holds=not root.getroottree().docinfo.doctype, what="metadata have a DTD")  # type: ignore[union-attr] # missing in the stubs
    for each in list(root.iter(etree.Element)):
        for name in METADATA_MAY:
            each.attrib.pop(name, None)
        plain = not len(each) and not (each.tail or "").strip()
        if each.tag in METADATA_MAY and plain and (above := each.getparent()) is not None:
            above.remove(each)
        each.text = (each.text or "").strip()
        each.tail = (each.tail or "").strip()
    return root


def _canonical(root: etree._Element) -> bytes:
    try:
        return etree.tostring(root, method="c14n", with_comments=True)
    except etree.C14NError as exc:  # a relative namespace
        raise ChangedError("metadata have no canonical form") from exc


def store(update: Update, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Let the document security store grow (ISO 32000-2 §12.8.4.3), never shrink; return whether there is more."""
    raw, before = new.get("DSS"), old.get("DSS")
    if raw is None and before is None:
        return False
    was, now = update.before(before) or {}, update.after(raw)
    only(was, now, ("VRI", *STORE_LISTS), "the store")
    update.explain(raw)
    known = set(update.reached)
    for name in STORE_LISTS:
        _more(update, was.get(name), now.get(name))
    held, holds = update.before(was.get("VRI")) or {}, update.after(now.get("VRI")) or {}
    require(holds=isinstance(held, dict) and isinstance(holds, dict), what="the store's index is no dictionary")
    require(
        holds=not {key for key in held if not same(held[key], holds.get(key))}, what="the store's index lost something"
    )
    for raw_entry in (holds[key] for key in holds.keys() - held.keys()):
        entry = update.after(raw_entry)
        require(holds=isinstance(entry, dict), what="an entry of the store is no dictionary")
        update.explain(raw_entry)
        for key, value in entry.items():
            require(holds=key in ("Type", "TU", "TS", "Cert", "CRL", "OCSP"), what="an unknown key in the store")
            _streams(update, value if key in ("Cert", "CRL", "OCSP") else [value] if key == "TS" else [])
    if isinstance(now.get("VRI"), Ref):
        update.explain(now["VRI"])
    return bool(update.reached - known)


def _more(update: Update, old: Any, new: Any) -> None:
    was, now = update.before(old) or [], update.after(new) or []
    require(holds=isinstance(was, list) and isinstance(now, list), what="a list of the store is none")
    require(holds=all(each in now for each in was), what="the store lost something")
    if isinstance(new, Ref):
        update.explain(new)
    _streams(update, now)


def _streams(update: Update, values: Any) -> None:
    listed = update.after(values)
    require(holds=isinstance(listed, list), what="a list of the store is none")
    if isinstance(values, Ref):
        update.explain(values)
    for each in listed:
        require(
            holds=isinstance(each, Ref) and isinstance(update.after(each), Stream), what="the store holds no stream"
        )
        if each.number in update.fresh:
            update.reached.add(each.number)
