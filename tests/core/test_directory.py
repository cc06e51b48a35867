"""Who is meant by a code on a day, who is above, and where a delivery goes."""

from datetime import date

import pytest

from tests.reference_files import TODAY, demo, directory, present

DIRECTORY = present(demo().directory)
EARLIER = date(2025, 1, 15)


@pytest.mark.parametrize(
    ("code", "on", "organ_id", "matched_by", "chain"),
    [
        ("000.21.31.H53", TODAY, "000.21.31.H53", "organ_id", ()),
        (" 000.21.31.h53\u200b", TODAY, "000.21.31.H53", "organ_id", ()),
        ("H53.31.21", TODAY, "000.21.31.H53", "qd20_id", ()),
        ("000.0017.H53", TODAY, "000.00.17.H53", "alias", ()),
        ("05.H53", TODAY, "000.00.05.H53", "alias", ()),
        ("11.H53", TODAY, "000.00.11.H53", "short", ()),
        ("01.17.H53", TODAY, "000.01.17.H53", "short", ()),
        ("000.00.31.H53", TODAY, "000.00.41.H53", "organ_id", ("000.00.41.H53",)),
        ("000.00.31.H53", EARLIER, "000.00.31.H53", "organ_id", ()),
        ("000.00.04.H53", TODAY, "000.00.16.H53", "organ_id", ("000.00.16.H53",)),
        ("000.00.10.H53", EARLIER, "000.00.10.H53", "organ_id", ()),
        ("000.00.00.G13", TODAY, "000.00.00.G10", "organ_id", ("000.00.00.G10",)),
        ("G05", TODAY, "000.00.00.G12", "qd20_id", ("000.00.00.G12",)),
    ],
)
def test_a_code_is_resolved(code: str, on: date, organ_id: str, matched_by: str, chain: tuple[str, ...]) -> None:
    """Exact, 2020 form, alias, short form; an ended code leads to its successor."""
    found = DIRECTORY.resolve(code, on)

    assert found.agency is not None
    assert (organ_id, matched_by, chain) == (found.agency.organ_id, found.matched_by, found.chain)
    assert bool(chain) == ("rerouted" in found.notes)


@pytest.mark.parametrize(
    ("code", "on"), [("000.99.99.H53", TODAY), ("", TODAY), ("UBND-H53", TODAY), ("000.00.20.H53", EARLIER)]
)
def test_an_unknown_code_is_nobody(code: str, on: date) -> None:
    """No such code, an alias that ended, an agency that does not exist yet."""
    found = DIRECTORY.resolve(code, on)

    assert (None, "RECIPIENT_UNKNOWN") == (found.agency, found.code)


def test_an_old_name_stays_visible() -> None:
    """On its day the old department answers under its old name, later the new one."""
    names = [present(DIRECTORY.resolve("000.00.10.H53", on).agency).name for on in (EARLIER, TODAY)]

    assert ["Sở Nông nghiệp và Phát triển nông thôn tỉnh X", "Sở Nông nghiệp và Môi trường tỉnh X"] == names


def test_a_technical_node_is_no_recipient() -> None:
    """It can be looked up, never addressed."""
    assert "000.00.01.W00" == present(DIRECTORY.resolve("000.00.01.W00", TODAY).agency).organ_id
    assert "RECIPIENT_CLOSED" == DIRECTORY.resolve_recipient("000.00.01.W00", TODAY).code


def test_an_ended_agency_without_successor_is_closed() -> None:
    """Also where the successor itself ended without one; the chain says how far it went."""
    known = directory(
        "000.00.05.H53,,A,,department,2020-01-01,2021-12-31,000.00.06.H53,\n"
        "000.00.06.H53,,B,,department,2020-01-01,2023-12-31,,\n"
    )
    first, second = (known.resolve(code, TODAY) for code in ("000.00.05.H53", "000.00.06.H53"))

    assert ("RECIPIENT_CLOSED", ("000.00.06.H53",)) == (first.code, first.chain)
    assert ("RECIPIENT_CLOSED", ()) == (second.code, second.chain)


def test_two_agencies_under_one_code_are_ambiguous() -> None:
    """A 2020 code of two living agencies, or an alias of two: the directory loads, using it is refused."""
    known = directory(
        "000.00.05.H53,H53.05,A,,department,2020-01-01,,,\n000.00.06.H53,H53.05,B,,department,2020-01-01,,,\n",
        aliases="alias,organ_id,valid_from,valid_to\nSO-Y,000.00.05.H53,,\nSO-Y,000.00.06.H53,,\n",
    )
    for code in ("H53.05", "SO-Y"):
        found = known.resolve(code, TODAY)
        assert ("RECIPIENT_AMBIGUOUS", ("000.00.05.H53", "000.00.06.H53")) == (found.code, found.candidates)


def test_a_code_passed_on_means_the_living_one() -> None:
    """A 2020 code that an ended agency had and a living one has now is not ambiguous."""
    known = directory(
        "000.00.05.H53,H53.05,A,,department,2020-01-01,2022-12-31,000.00.06.H53,\n"
        "000.00.06.H53,H53.05,B,,department,2023-01-01,,,\n"
    )

    assert "000.00.06.H53" == present(known.resolve("H53.05", TODAY).agency).organ_id
    assert "000.00.05.H53" == present(known.resolve("H53.05", date(2022, 6, 1)).agency).organ_id


def test_a_split_goes_to_the_seat_or_to_a_person() -> None:
    """`seat` receives the documents; with `person` nobody can say."""
    rows = (
        "000.00.31.H53,,Huyện,,district,2020-01-01,2025-06-30,000.00.41.H53,\n"
        "000.00.41.H53,,Xã 1,,commune,2025-07-01,,,\n000.00.42.H53,,Xã 2,,commune,2025-07-01,,,\n"
    )
    head = "organ_id,ended_on,successor,rule\n"
    ways = "000.00.31.H53,2025-06-30,000.00.42.H53,{}\n000.00.31.H53,2025-06-30,000.00.41.H53,{}\n"

    seat = directory(rows, successors=head + ways.format("seat", "part")).resolve("000.00.31.H53", TODAY)
    person = directory(rows, successors=head + ways.format("person", "person")).resolve("000.00.31.H53", TODAY)

    assert "000.00.42.H53" == present(seat.agency).organ_id
    assert ("RECIPIENT_AMBIGUOUS", ("000.00.42.H53", "000.00.41.H53")) == (person.code, person.candidates)


def test_an_ended_parent_is_skipped() -> None:
    """Commune -> district (ended) -> province: on a later day the province is next."""
    known = directory(
        "000.00.00.H53,,Tỉnh,,province,2020-01-01,,,\n"
        "000.00.31.H53,,Huyện,000.00.00.H53,district,2020-01-01,2025-06-30,000.00.00.H53,\n"
        "000.21.31.H53,,Xã,000.00.31.H53,commune,2020-01-01,,,\n"
    )

    assert ["000.00.31.H53", "000.00.00.H53"] == [each.organ_id for each in known.parents("000.21.31.H53", EARLIER)]
    assert ["000.00.00.H53"] == [each.organ_id for each in known.parents("000.21.31.H53", TODAY)]


@pytest.mark.parametrize(
    ("organ_id", "endpoint"),
    [("000.21.31.H53", "h53-31-21"), ("000.00.90.H53", "h53"), ("001.01.17.H53", "h53-17"), ("000.00.00.G12", None)],
)
def test_a_delivery_goes_to_the_nearest_endpoint_above(organ_id: str, endpoint: str | None) -> None:
    """Its own, that of an agency above it, or none."""
    found = DIRECTORY.endpoint_for(organ_id, TODAY)

    assert endpoint == (found.endpoint_id if found else None)


def test_a_status_from_a_successor_is_known() -> None:
    """The heirs of an old code are itself and those who came after it."""
    known = DIRECTORY

    assert ("000.00.31.H53", "000.00.41.H53") == known.heirs("000.00.31.H53", TODAY)
    assert known.succeeds("000.00.41.H53", "000.00.31.H53", TODAY)
    assert not known.succeeds("000.00.42.H53", "000.00.31.H53", TODAY)
