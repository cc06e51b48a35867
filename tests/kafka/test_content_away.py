"""When the content store is away: packets wait in their doors, and new reference data is waited for, never passed over."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from infra import reference
from infra.content import ContentAwayError, bucket, open_content
from infra.publish import publish_files
from infra.reference import Follower
from infra.settings import Settings
from schemas.events import DocumentSubmitted
from schemas.reference import files_of
from tests.axis import open_axis, until
from tests.connectors.doorway import at_hand, intake
from tests.connectors.packets import document
from tests.gateway import BUCKET, KEY, PREFIX
from tests.reference_files import demo_files
from tests.s3_stand_in import StandIn, stand_in

AWAY = [(503, "SlowDown")] * 9_999


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Yield a bucket; what is tried again is so soon."""
    monkeypatch.setattr(bucket, "RETRY", {**bucket.RETRY, "max_retries": 1, "backoff": {}})
    monkeypatch.setattr(reference, "AWAY_SECONDS", 0.05)
    with stand_in(BUCKET) as running:
        yield running


@pytest.fixture
def axis(settings: Settings, server: StandIn) -> Settings:
    """Return the settings of an axis whose contents lie in the bucket, reference data too."""
    opened = settings.model_copy(
        update={
            "content": f"s3://{BUCKET}/{PREFIX}",
            "s3_endpoint": f"http://127.0.0.1:{server.server_port}",
            "s3_key": KEY,
        }
    )
    open_axis(opened, kinds=("directory", "sla"))
    return opened


def test_a_packet_waits_for_the_store_and_is_told_of_once(axis: Settings, server: StandIn) -> None:
    """As with a full disk: nothing is lost, nothing refused, and it goes on when the store is back."""
    doorway = at_hand(axis)
    doorway.drop(document())
    server.fails = list(AWAY)
    with capture_logs() as logs, intake(axis) as one:
        until(lambda: bool(one.round()) or one.tried > 2)
        waiting = doorway.unfinished()
        server.fails = []
        until(lambda: one.round() == 0 and not doorway.unfinished())

    assert 1 == len(waiting)
    event = doorway.event()
    assert isinstance(event, DocumentSubmitted)
    assert (True, document()) == (doorway.receipt()["accepted"], open_content(axis).read(event.content.sha256))
    assert 1 == len([each for each in logs if each["event"] == "packet_not_taken_in"])


def test_a_newer_snapshot_is_waited_for(axis: Settings, server: StandIn) -> None:
    """Announced while the store is away: the follower says that it waits, and has it in force when the store is back."""
    follower = Follower(axis, open_content(axis))
    follower.start(needs=("directory",))
    before = follower.current().versions["sla"]
    files = {**demo_files(), "sla.yaml": demo_files()["sla.yaml"] + b"# newer\n"}
    try:
        with capture_logs() as logs:
            server.fails_gets = list(AWAY)
            (event,) = publish_files(axis, {"sla": files_of("sla", files)}, by="test")
            until(lambda: any(each["event"] == "reference_waits" for each in logs))
            assert before == follower.current().versions["sla"]
            server.fails_gets = []
            until(lambda: follower.current().versions["sla"] == event.version)
    finally:
        follower.stop()

    assert before != event.version
    assert "SlowDown" in next(each["why"] for each in logs if each["event"] == "reference_waits")


def test_a_process_does_not_start_without_the_store(axis: Settings, server: StandIn) -> None:
    """It could only start with data missing: it ends with what is wrong, and is started again."""
    server.fails = list(AWAY)
    with pytest.raises(ContentAwayError, match="SlowDown"):
        Follower(axis, open_content(axis)).start(needs=("directory",))
