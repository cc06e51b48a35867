"""Settings: one frozen object, read once, complained about once."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.complaints import fault
from infra.settings import Settings, SettingsError


def test_an_empty_environment_is_enough() -> None:
    """Everything has a default: SQLite and folders below ./var, no broker named."""
    settings = Settings.load()

    assert Path("var") == settings.var
    assert "" == settings.kafka_bootstrap
    assert f"sqlite:///{Path('var/state/router.sqlite').absolute()}" == settings.state_url("router")
    assert f"sqlite:///{Path('var/register.sqlite').absolute()}" == settings.register_url
    assert Path("var/content").absolute().as_uri() == settings.content_url
    assert Path("var/clock.json") == settings.clock_file


def test_names_have_the_prefix_kafka_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """`LIENTHONG_…` sets our own, `KAFKA_…` the broker's."""
    monkeypatch.setenv("LIENTHONG_STATE", "postgresql+psycopg://db/axis")
    monkeypatch.setenv("LIENTHONG_SMTP_PORT", "2525")
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "a:9092,b:9092")
    settings = Settings.load()

    assert "postgresql+psycopg://db/axis" == settings.state_url("router")
    assert (2525, "a:9092,b:9092") == (settings.smtp_port, settings.kafka_bootstrap)


def test_everything_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong values, a misspelt name and contradictions: one error names all, each by its variable."""
    monkeypatch.setenv("LIENTHONG_SMTP_PORT", "25x")
    monkeypatch.setenv("LIENTHONG_PACKET_MB", "0")
    monkeypatch.setenv("LIENTHONG_DEAD_LETER_LIMIT", "5")
    monkeypatch.setenv("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("KAFKA_SSL_KEY", "/nowhere/key.pem")
    with pytest.raises(SettingsError) as caught:
        Settings.load()

    assert [
        "KAFKA_SASL_MECHANISM",
        "KAFKA_SASL_PASSWORD_FILE",
        "KAFKA_SASL_USERNAME",
        "KAFKA_SSL_CERTIFICATE, KAFKA_SSL_KEY",
        "KAFKA_SSL_KEY",
        "LIENTHONG_DEAD_LETER_LIMIT",
        "LIENTHONG_PACKET_MB",
        "LIENTHONG_SMTP_PORT",
    ] == sorted(fault.partition(": ")[0] for fault in caught.value.faults)


def test_a_wrong_value_is_quoted_a_secret_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """People see what they typed; passwords appear neither in complaints nor where settings are printed."""
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "geheim")

    assert "geheim" not in repr(Settings.load())

    monkeypatch.setenv("LIENTHONG_SMTP_PORT", "25x")
    with pytest.raises(SettingsError, match="'25x'"):
        Settings.load()

    wrong = {"loc": ("kafka_sasl_password",), "msg": "too short", "input": "geheim"}
    assert "KAFKA_SASL_PASSWORD: too short" == fault(Settings.model_fields, wrong)


def test_settings_are_frozen() -> None:
    """Nobody changes a setting while the axis runs."""
    with pytest.raises(ValidationError):
        Settings.load().smtp_port = 1


def test_security_is_mapped_for_the_client_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """SCRAM over TLS, the password from a file without its line end; what is not set is not passed on."""
    (tmp_path / "password").write_text("s3cret\n")
    (tmp_path / "ca.pem").write_text("")
    for name, value in {
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_SASL_USERNAME": "axis",
        "KAFKA_SASL_PASSWORD_FILE": str(tmp_path / "password"),
        "KAFKA_SSL_CA": str(tmp_path / "ca.pem"),
    }.items():
        monkeypatch.setenv(name, value)

    assert {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "axis",
        "sasl.password": "s3cret",
        "ssl.ca.location": str(tmp_path / "ca.pem"),
    } == Settings.load().kafka_security


def test_jars_are_shared_by_all_checkouts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Downloads go to the user's cache, or where LIENTHONG_JARS says."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert tmp_path / "lienthong" / "kafka" == Settings.load().jar_folder

    monkeypatch.setenv("LIENTHONG_JARS", "/srv/jars")

    assert Path("/srv/jars") == Settings.load().jar_folder
