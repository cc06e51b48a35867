"""The S3 server that keeps the contents goes away."""

from tests.chaos.fault import fault
from tests.chaos.stage import Stage


@fault("bucket-away", "bucket", short=False)
def bucket_away(stage: Stage) -> None:
    """The S3 server is killed, is away for 3 s and for 40 s, and comes back; every process is killed once while it is away."""
    stage.bucket.kill()
    stage.wait(3.0)
    stage.bucket.start()
    stage.wait(5.0)
    stage.bucket.kill()
    stage.wait(10.0)
    for name in stage.all_names():
        stage.stop(name)
        stage.supervisor.start(stage.specs[name])
    stage.wait(30.0)
    stage.bucket.start()
    stage.wait_until_back(*stage.all_names(), seconds=120)
