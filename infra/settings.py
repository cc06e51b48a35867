"""Every knob of the axis, typed, with its meaning; read once from the environment, and complained about once."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr, ValidationError

from infra.complaints import S3, contradictions, fault, unknown
from infra.errors import EnvironmentFaultError
from infra.settings_outside import Count, Megabytes, Outside, Port


class SettingsError(EnvironmentFaultError):
    """The environment is wrong; the message lists everything at once, one fault a line."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "settings:" + "".join(f"\n  - {each}" for each in self.faults), "mend the environment variables"
        )


class Settings(Outside):
    """`LIENTHONG_<NAME>` in the environment, e.g. `LIENTHONG_VAR=/srv/axis`; Kafka's own settings as `KAFKA_…`."""

    var: Path = Path("var")
    """Where everything lies that the axis writes: broker, state, contents, logs."""

    clock: Path | None = None
    """Clock file that all processes share; None: var/clock.json. Without the file time is real."""

    # -- Kafka ---------------------------------------------------------------------------------------
    kafka_bootstrap: str = Field(
        default="", validation_alias=AliasChoices("KAFKA_BOOTSTRAP", "LIENTHONG_KAFKA_BOOTSTRAP")
    )
    """host:port,… of an existing cluster; empty: `up` starts a node of its own."""

    kafka_security_protocol: str = Field(
        default="PLAINTEXT",
        validation_alias="KAFKA_SECURITY_PROTOCOL",
        pattern="^(PLAINTEXT|SSL|SASL_SSL|SASL_PLAINTEXT)$",
        description="How the brokers are talked to.",
    )
    kafka_sasl_mechanism: str = Field(default="", validation_alias="KAFKA_SASL_MECHANISM")
    """PLAIN, SCRAM-SHA-256 …; needed with SASL, as is the username."""
    kafka_sasl_username: str = Field(default="", validation_alias="KAFKA_SASL_USERNAME")
    """Who we are to the brokers."""
    kafka_sasl_password: SecretStr | None = Field(default=None, validation_alias="KAFKA_SASL_PASSWORD")
    """Needed with SASL, here or in a file."""
    kafka_sasl_password_file: Path | None = Field(default=None, validation_alias="KAFKA_SASL_PASSWORD_FILE")
    """File that holds the password; it wins over the variable."""
    kafka_ssl_ca: Path | None = Field(default=None, validation_alias="KAFKA_SSL_CA")
    """PEM files; without a CA the machine's own list of authorities decides."""

    kafka_ssl_certificate: Path | None = Field(default=None, validation_alias="KAFKA_SSL_CERTIFICATE")
    """PEM file with which we show who we are (mutual TLS)."""
    kafka_ssl_key: Path | None = Field(default=None, validation_alias="KAFKA_SSL_KEY")
    """PEM file with its key; one without the other is an error."""
    kafka_schema_registry: str = Field(
        default="",
        validation_alias=AliasChoices("KAFKA_SCHEMA_REGISTRY", "LIENTHONG_SCHEMA_REGISTRY"),
        pattern="^(https?://.+)?$",
    )
    """URL of a Confluent-compatible schema registry to which `topics apply` gives our schemas; none is needed."""

    kafka_libs: Path | None = Field(default=None, validation_alias="KAFKA_LIBS")
    """Folder with Kafka's jars; None: a Maven repository of this machine, else a download."""

    java_home: Path | None = Field(default=None, validation_alias="JAVA_HOME")
    """Java that starts the node; None: `java` on PATH, else the one that pip brought."""

    maven_repository: Path | None = Field(default=None, validation_alias="M2_REPO", description="Empty: as in ~/.m2.")
    maven_mirror: str = Field(default="", pattern="^(https?://.+)?$")
    """URL of a Maven mirror to download jars from, where the public one cannot be reached."""

    jars: Path | None = Field(default=None, description="Where downloaded jars are kept; empty: the user's cache.")
    user_cache: Path | None = Field(default=None, validation_alias="XDG_CACHE_HOME", description="Empty: ~/.cache.")
    topic_prefix: str = Field(default="", pattern=r"^[a-z0-9.-]{0,60}$")
    """Put before every topic and group name, so that several axes (and tests) share one cluster."""

    replication: Annotated[int, Field(ge=1, le=7)] = 1
    """Copies of each partition; 3 (with min.insync 2) in production."""

    session_timeout: Annotated[float, Field(gt=0)] = 10.0
    """Seconds without a heartbeat after which a worker's partitions go to another."""

    static_members: bool = True
    """Each worker keeps its number in the group over restarts, so that its partitions wait for it; false where workers have no stable numbers."""

    max_poll_records: Count = Field(default=2_000, description="Records of one batch.")

    # -- state and contents --------------------------------------------------------------------------
    state: str = Field(
        default="",
        description="SQLAlchemy URL of the processors' state; empty: one SQLite file an application under var/state.",
    )
    register_database: str = Field(default="", description="SQLAlchemy URL of the register; empty: SQLite under var.")
    content: str = Field(
        default="", description="Content store: a folder, or `s3://BUCKET/PREFIX`; empty: the folder var/content."
    )
    intake: Path | None = Field(default=None, description="Folder for packets dropped by hand; empty: var/intake.")
    endpoints: Path | None = Field(default=None, description="Folder of the folder endpoints; empty: var/endpoints.")

    # -- engine --------------------------------------------------------------------------------------
    tick_seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
    """How often due rows and folders are looked at."""

    dead_letter_limit: Annotated[int, Field(ge=1)] = 20
    """Dead letters of one topic in a row after which a process stops instead of emptying it; fifty times as many of bytes that are not ours."""

    crash_at: str = Field(default="", pattern=r"^([a-z_]+:[0-9]+)?$")
    """Tests only: `POINT:VISIT` at which the process kills itself."""

    pool_workers: int = Field(default=0, ge=0, le=256, description="Judging processes a verifier; 0: one a core.")

    crl_sources: str = Field(default="", description="Files, folders, URLs of CRLs to fetch and publish, by commas.")
    crl_minutes: float = Field(default=15.0, gt=0, description="How often they are fetched.")

    judge_seconds: Annotated[float, Field(gt=0)] = 15.0
    """Wall clock one document may take before its judge is killed."""

    # -- packets -------------------------------------------------------------------------------------
    packet_mb: Megabytes = Field(default=50, description="Of the file as it came.")
    attachment_mb: Megabytes = Field(default=50, description="Of one unpacked file; all of a packet: twice as much.")
    attachments: Count = Field(default=100, description="Of one packet.")
    xml_depth: Count = Field(default=64, description="Elements inside one another.")
    xml_attributes: Count = Field(default=64, description="Of one element.")
    xml_value_mb: Megabytes = Field(default=1, description="Text of one value outside attachments.")
    zip_ratio: Count = Field(
        default=100, description="Unpacked bytes for each packed byte, above which an attachment is a bomb."
    )

    # -- watching ------------------------------------------------------------------------------------
    metrics_port: Port = 0
    """Port of this process' Prometheus page on loopback; 0: a free one, named in var/run."""

    log_mb: Megabytes = Field(default=20, description="Size at which a process begins a new log file.")
    log_generations: Count = Field(default=5, description="Full log files kept of each process.")
    log_file: Path | None = Field(default=None, description="Log file of this process; set by the supervisor.")

    process: str = ""
    """Name of this process in logs, metrics and var/run; set by the supervisor."""

    @classmethod
    def load(cls) -> "Settings":
        """Read the environment; raise `SettingsError` naming everything that is wrong."""
        faults = [*unknown(cls.model_fields, os.environ), *contradictions(os.environ)]
        try:
            settings = cls()
        except ValidationError as exc:
            raise SettingsError([*(fault(cls.model_fields, each) for each in exc.errors()), *faults]) from None
        if faults:
            raise SettingsError(faults)
        return settings

    @property
    def clock_file(self) -> Path:
        """The clock all processes share."""
        return self.clock or self.var / "clock.json"

    @property
    def content_is_bucket(self) -> bool:
        """Tell whether the content store is a bucket, not a folder."""
        return self.content.startswith(S3)

    @property
    def content_folder(self) -> Path:
        """Folder of the content store, where it is one."""
        return Path(self.content) if self.content and not self.content_is_bucket else self.var / "content"

    @property
    def content_url(self) -> str:
        """The content store, as a URL."""
        return self.content if self.content_is_bucket else self.content_folder.absolute().as_uri()

    def state_url(self, application: str) -> str:
        """SQLAlchemy URL of one application's state."""
        return self.state or f"sqlite:///{(self.var / 'state' / f'{application}.sqlite').absolute()}"

    @property
    def register_url(self) -> str:
        """SQLAlchemy URL of the register."""
        return self.register_database or f"sqlite:///{(self.var / 'register.sqlite').absolute()}"

    @property
    def intake_folder(self) -> Path:
        """Where packets are dropped by hand."""
        return self.intake or self.var / "intake"

    @property
    def endpoints_folder(self) -> Path:
        """Where the folder endpoints lie, one folder an address."""
        return self.endpoints or self.var / "endpoints"

    @property
    def run_folder(self) -> Path:
        """Where processes say who and how far they are."""
        return self.var / "run"

    @property
    def jar_folder(self) -> Path:
        """Where downloaded jars are kept, over all checkouts of one user."""
        if self.jars:
            return self.jars
        try:
            return (self.user_cache or Path.home() / ".cache") / "lienthong" / "kafka"
        except RuntimeError:  # a user without a home
            return self.var / "kafka" / "libs"

    @property
    def sasl_password(self) -> str:
        """The broker's password, from its file if there is one."""
        if self.kafka_sasl_password_file:
            return self.kafka_sasl_password_file.read_text().strip()
        return self.kafka_sasl_password.get_secret_value() if self.kafka_sasl_password else ""

    @property
    def kafka_security(self) -> dict[str, str]:
        """Security settings as librdkafka names them."""
        every = {
            "security.protocol": self.kafka_security_protocol,
            "sasl.mechanism": self.kafka_sasl_mechanism,
            "sasl.username": self.kafka_sasl_username,
            "sasl.password": self.sasl_password,
            "ssl.ca.location": str(self.kafka_ssl_ca or ""),
            "ssl.certificate.location": str(self.kafka_ssl_certificate or ""),
            "ssl.key.location": str(self.kafka_ssl_key or ""),
        }
        return {name: value for name, value in every.items() if value}


def environment() -> dict[str, str]:
    """Return the environment for processes that the supervisor starts."""
    return dict(os.environ)
