"""The console's pages over a register: what is stuck and whose turn it is, a document's page, pages by keyset, words."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from connectors.console.desk import Desk
from connectors.console.texts import FOLDER, texts
from infra.accounts import Role
from schemas.reference import KINDS, Reference
from tests.connectors import console_scene as scene
from tests.connectors import life
from tests.connectors.console_scene import csrf_of, visiting
from tests.reference_files import MADE_LATER, demo, demo_files

CONSOLE = Path(__file__).parents[2] / "connectors" / "console"
PAGE = f"/document?key={life.KEY}"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    scene.cheap_hashes(monkeypatch)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a console over a document that is stuck."""
    url = f"sqlite:///{tmp_path / 'register.sqlite'}"
    scene.write(url, scene.stuck_life())
    return scene.make_desk(tmp_path, url, demo())


@pytest.fixture
def operator(desk: Desk) -> Iterator[TestClient]:
    """Yield an operator's browser."""
    with visiting(desk, Role.OPERATOR) as made:
        yield made


def words(page: str) -> str:
    """Return what a page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_what_is_stuck_says_whose_turn_it_is(operator: TestClient) -> None:
    """Overdue by working time (lunch and night left out), who owes, which step the alert has reached, who was told."""
    said = words(operator.get("/stuck").text)

    assert "4h00 làm việc" in said  # 13:00 to 17:00 on Monday, 8:00 is not yet: noon of Tuesday adds the morning
    assert "Sở Y tế tỉnh X" in said
    assert "nhận gói tin" in said
    assert "báo quá hạn" in said
    assert "Lê Văn C" in said
    assert "Không có việc nào đang chờ" in words(operator.get("/stuck?show=coming").text)


def test_a_viewer_sees_no_names(desk: Desk) -> None:
    """Personal data are for who calls and who audits; a viewer sees the role and the agency."""
    with visiting(desk, Role.VIEWER) as browser:
        for path in ("/stuck", PAGE):
            page = browser.get(path).text
            assert life.CLERK.name not in page
            assert life.CLERK.mobile not in page
            assert "văn thư" in page


def test_a_document_tells_its_story(operator: TestClient) -> None:
    """Whose turn, what happens next and whom it would tell, deliveries, who was not reached, the verdict, what happened by whom and why."""
    said = words(operator.get(PAGE).text)

    assert "Sở Y tế tỉnh X phải nhận gói tin" in said
    assert "24/11/2026 14:00: báo lên bước 2, báo cho" in said
    assert "đã chuyển đến nơi nhận" in said
    assert f"{life.NOBODY} Văn bản bị từ chối." in said
    assert "chữ ký hợp lệ" in said
    assert "23/11/2026 12:00 Gửi lên trục thư mục của h53 qua thư mục document.submitted" in said
    assert "theo quy tắc inside" in said


def test_the_next_step_names_todays_officials(operator: TestClient, desk: Desk) -> None:
    """As the ladder of the SLA rules in force says, looked up in the contacts in force."""
    sla, contacts = demo().sla, demo().contacts
    assert sla
    assert contacts
    parties = [party for step in sla.ladder["normal"] if step.step == 2 for party in step.to]
    (head,) = {party.role for party in parties if party.of == "self"}
    named = contacts.find(life.HEALTH, head, desk.clock.now().date())

    assert named
    assert all(each.name in operator.get(PAGE).text for each in named)


@pytest.mark.parametrize(
    "asked", [life.DOCUMENT_ID, life.DOCUMENT_ID.replace("-", "/", 2), life.SHA256.upper(), life.KEY]
)
def test_a_document_is_found(operator: TestClient, asked: str) -> None:
    """By its id in either form, by the digest of its packet, by its key; the only one is opened at once."""
    answer = operator.get("/documents", params={"q": asked})

    assert (303, f"/document?key={life.KEY}&sha={life.SHA256}") == (answer.status_code, answer.headers["location"])


def test_what_is_not_known_is_said(operator: TestClient) -> None:
    """With the question as it was, harmless."""
    answer = operator.get("/documents", params={"q": "<script>alert(1)</script>\x00"})

    assert 200 == answer.status_code
    assert "<script>alert" not in answer.text
    assert "không biết văn bản" in answer.text
    assert 404 == operator.get("/document?key=nowhere").status_code


def test_pages_follow_one_another(tmp_path: Path) -> None:
    """Every row once, in order, whatever the number of pages; the last page has no next."""
    url = f"sqlite:///{tmp_path / 'register.sqlite'}"
    scene.write(url, scene.many(120))
    found: list[list[str]] = []
    with visiting(scene.make_desk(tmp_path, url, demo()), Role.VIEWER) as browser:
        for start in ("/stuck", "/documents"):
            path, seen = start, list[str]()
            while path:
                page = browser.get(path).text
                seen += re.findall(r">000\.00\.00\.H53,2026-11-23,(\d+)/CV<", page)
                more = re.search(r'rel="next" href="([^"]+)"', page)
                path = html.unescape(more[1]) if more else ""
            found.append(seen)

    assert [str(number + 1) for number in range(120)] == found[0]
    assert sorted(found[0]) == sorted(found[1])


@pytest.mark.parametrize("cursor", ["x", "WzFd", "bnVsbA", "W10", "WyJhIiwiYiJd", "IiI", "WyIyMDI2LTExLTIzIiwieCJd"])
@pytest.mark.parametrize("path", ["/stuck?after=", "/documents?after=", f"{PAGE}&deliveries=", f"{PAGE}&events="])
def test_a_cursor_of_nobodys_is_refused(operator: TestClient, path: str, cursor: str) -> None:
    """400 or an empty page, never a fault of ours."""
    assert operator.get(path + cursor).status_code in (200, 400)


def test_filters_of_an_agency_and_a_duty(operator: TestClient) -> None:
    """A short form of a code is understood; an unknown duty filters nothing."""
    assert life.DOCUMENT_ID in operator.get("/stuck?debtor=17.H53&clock=transport").text
    assert "Không có việc nào" in operator.get(f"/stuck?debtor={life.COMMUNE}").text
    assert "Không có việc nào" in operator.get("/stuck?clock=intake").text
    assert life.DOCUMENT_ID in operator.get("/stuck?clock=nonsense").text


def test_an_agency_shows_when_it_last_took_something(tmp_path: Path) -> None:
    """And after how long, who answers there, and which role that the ladder speaks to nobody has."""
    url = f"sqlite:///{tmp_path / 'register.sqlite'}"
    scene.write(url, life.whole_life())
    own = dict(demo_files())
    header, *rows = own["contacts.csv"].decode().splitlines()
    left = [row for row in rows if not (row.startswith(life.HEALTH) and "head_of_office" in row)]
    assert len(left) < len(rows)
    files = own | {"contacts.csv": "\n".join([header, *left]).encode()}
    lacking = Reference.from_files({kind: files for kind in KINDS if kind not in MADE_LATER})
    with visiting(scene.make_desk(tmp_path, url, lacking), Role.VIEWER) as browser:
        row = words(browser.get("/agencies?q=sở y tế").text).partition("Còn thiếu")[2]
        rest = words(browser.get("/agencies").text)

    assert f"{life.HEALTH} 23/11/2026 12:20 16 phút" in row
    assert "thiếu chánh văn phòng" in row
    assert "Trang sau" in rest


def test_without_a_register_pages_say_so(tmp_path: Path) -> None:
    """503 with a sentence; and no empty database is made by looking."""
    with visiting(scene.make_desk(tmp_path), Role.VIEWER) as browser:
        answer = browser.get("/stuck")

    assert 503 == answer.status_code
    assert "Sổ đăng ký chưa có" in answer.text
    assert not (tmp_path / "register.sqlite").exists()


def test_without_reference_data_pages_show_codes(tmp_path: Path) -> None:
    """While the broker is away: what the register knows, by the clock instead of working time."""
    url = f"sqlite:///{tmp_path / 'register.sqlite'}"
    scene.write(url, scene.stuck_life())
    with visiting(scene.make_desk(tmp_path, url), Role.VIEWER) as browser:
        assert "23 giờ (giờ đồng hồ)" in words(browser.get("/stuck").text)
        assert life.HEALTH in browser.get(PAGE).text


def test_the_other_language(operator: TestClient) -> None:
    """One press of a button, and every page speaks English."""
    operator.post("/language", data={"csrf": csrf_of(operator, "/stuck"), "to": "en", "back": PAGE})

    assert "must take the packet" in words(operator.get(PAGE).text)
    assert 'lang="en"' in operator.get("/stuck").text


def test_both_languages_say_the_same() -> None:
    """The same keys with the same fields, none empty."""
    vi, en = texts("vi").known, texts("en").known

    assert vi.keys() == en.keys()
    assert all(vi.values())
    assert all(en.values())
    assert {key: re.findall(r"{\w+}", text) for key, text in vi.items()}.keys() == en.keys()
    fields = [{key: sorted(re.findall(r"{\w+}", text)) for key, text in each.items()} for each in (vi, en)]
    assert fields[0] == fields[1]


def test_templates_name_texts_that_exist() -> None:
    """A key in quotes in a template or in the code is in the YAML."""
    known = texts("vi").known
    sources = [*CONSOLE.rglob("*.html"), *CONSOLE.rglob("*.py")]
    named = {key for file in sources for key in re.findall(r"""\bt\(["']([a-z_.]+[a-z_])["'][,)]""", file.read_text())}

    assert len(named) > 40
    assert set() == named - known.keys()
    assert {"vi.yaml", "en.yaml"} == {file.name for file in FOLDER.iterdir()}


def test_pages_bring_no_script_or_style_of_their_own() -> None:
    """The policy would not run them: nothing inline, nothing from elsewhere."""
    for file in CONSOLE.rglob("*.html"):
        text = file.read_text()
        assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:", text), file.name
        assert all(src.startswith("/static/") for src in re.findall(r'<script[^>]*src="([^"]+)"', text)), file.name
        assert not re.search(r"<script(?![^>]*src=)", text), file.name
        assert "http://" not in text, file.name
        assert "https://" not in text, file.name
