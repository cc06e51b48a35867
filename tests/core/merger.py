"""A province whose eight districts and eighty communes become sixty communes at midnight before 01/07/2025; fictional codes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.reference import Reference
from tests.reference_files import demo, demo_files, sound

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
PROVINCE, MINISTRY = "000.00.00.H70", "000.00.00.G06"
DISTRICTS = tuple(f"000.00.{20 + number}.H70" for number in range(8))
OLD = {f"000.{10 + number}.{district[7:9]}.H70": district for district in DISTRICTS for number in range(10)}
"""Old commune -> its district."""

NEW = tuple(f"H70.{number:03d}" for number in range(1, 61))
SUCCESSOR = dict(zip(OLD, (NEW[number * 60 // 80] for number in range(80)), strict=True))
"""Old commune -> the new one that took its place: one or two of them to each."""

SEAT = {district: SUCCESSOR[next(code for code, of in OLD.items() if of == district)] for district in DISTRICTS}
"""District -> the commune of its seat, which takes its place; the others took over parts."""

LAST, FIRST = "2025-06-30", "2025-07-01"
LEVELS = b"""level,rank,name_vi,valid_from,valid_to,selectable
central,1,B\xe1\xbb\x99,2020-01-01,,yes
province,1,T\xe1\xbb\x89nh,2020-01-01,,yes
district,2,Huy\xe1\xbb\x87n,2020-01-01,2025-06-30,yes
commune,3,X\xc3\xa3,2020-01-01,,yes
"""


def at(text: str) -> datetime:
    """Return a local moment of 2025: `06-30 23:59`."""
    return datetime.fromisoformat(f"2025-{text}").replace(tzinfo=HERE)


def reference() -> Reference:
    """Return the reference data of the province, one snapshot for before and after; every agency has a folder of its own."""
    every = (PROVINCE, MINISTRY, *DISTRICTS, *OLD, *NEW)
    routes = demo_files()["routes.yaml"].decode().replace("000.00.00.H53", PROVINCE)
    found = demo().with_value("directory", sound("directory", _directory(every)), "merger")
    found = found.with_value("routes", sound("routes", {"routes.yaml": routes.encode()}), "merger")
    identities = "kind,identity,organ_ids,note\n" + "".join(f"folder,{_name(code)},{code},\n" for code in every)
    return found.with_value("identities", sound("identities", {"identities.csv": identities.encode()}), "merger")


def principal(code: str) -> str:
    """Return the client system of an agency; it speaks for that code alone."""
    return f"folder:{_name(code)}"


def _name(code: str) -> str:
    return code.lower().replace(".", "-")


def _directory(every: tuple[str, ...]) -> dict[str, bytes]:
    agencies = ["organ_id,qd20_id,name,parent,level,valid_from,valid_to,successor,working_hours"]
    agencies += [f"{PROVINCE},H70,Tỉnh Q,,province,2020-01-01,,,", f"{MINISTRY},,Bộ E,,central,2020-01-01,,,"]
    agencies += [f"{code},,Huyện {code},{PROVINCE},district,2020-01-01,{LAST},," for code in DISTRICTS]
    agencies += [
        f"{code},,Xã {code},{district},commune,2020-01-01,{LAST},{SUCCESSOR[code]}," for code, district in OLD.items()
    ]
    agencies += [f"{code},,Xã mới {code},{PROVINCE},commune,{FIRST},,," for code in NEW]
    ended = {*DISTRICTS, *OLD}
    endpoints = ["endpoint_id,organ_id,kind,address,mode,valid_from,valid_to"]
    endpoints += [
        f"{_name(code)},{code},folder,{_name(code)},pull,{FIRST if code in NEW else '2020-01-01'},{LAST if code in ended else ''}"
        for code in every
    ]
    successors = ["organ_id,ended_on,successor,rule"]
    for district in DISTRICTS:
        parts = dict.fromkeys(SUCCESSOR[code] for code, of in OLD.items() if of == district)
        successors += [f"{district},{LAST},{code},{'seat' if code == SEAT[district] else 'part'}" for code in parts]
    texts = {"agencies": agencies, "endpoints": endpoints, "successors": successors}
    return {"levels.csv": LEVELS, **{f"{name}.csv": ("\n".join(rows) + "\n").encode() for name, rows in texts.items()}}
