"""The settings of what reaches beyond the axis: mails and posts, reports, the web, a bucket of contents, databases. `infra.settings` has the others and reads them all."""

from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from infra.complaints import PREFIX

Port = Annotated[int, Field(ge=0, le=65_535)]
Megabytes = Annotated[int, Field(ge=1, le=4_096)]
Count = Annotated[int, Field(ge=1, le=10_000)]


class Outside(BaseSettings):
    """`LIENTHONG_<NAME>` in the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", populate_by_name=True)

    # -- people --------------------------------------------------------------------------------------
    smtp_host: str = Field(default="127.0.0.1", description="Mail server that takes the alerts' mails.")
    smtp_port: Port = Field(default=25, description="Its port.")
    smtp_from: str = Field(default="truc-lien-thong@truc.example", description="Sender of the mails.")
    smtp_starttls: bool = Field(default=False, description="Encrypt the way to the mail server; its name is checked.")
    smtp_user: str = Field(default="", description="Log in there as; only together with a password file.")
    smtp_password_file: Path | None = Field(default=None, description="File that holds the password.")
    mails_per_hour: int = Field(default=20, ge=0, description="To one mailbox; more are gathered. 0: no limit.")
    notify_subject: bool = Field(default=True, description="Mails and posts name the document's subject.")
    webhook_keys_file: Path | None = Field(default=None, description="Who may be posted to: lines of HOST:PORT KEY.")
    webhook_private: bool = Field(default=False, description="They may have addresses that are not public.")
    axis_key: Path | None = Field(default=None, description="PEM file with which the axis signs; empty: no statements.")
    sms_url: str = Field(default="", pattern="^(https?://.+)?$", description="Gateway that sends SMS; empty: none.")
    report_columns: Path | None = Field(
        default=None, description="File of reports' titles and columns, instead of ours."
    )

    # -- HTTP API ------------------------------------------------------------------------------------
    api_clients: Path | None = Field(default=None, description="File of clients and limits; empty: no HTTP API runs.")
    api_host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    api_port: Port = Field(default=0, description="Its port; 0: a free one, named in var/run/api.port.")

    # -- console -------------------------------------------------------------------------------------
    console_port: Port = Field(default=0, description="Port of the web console on loopback; 0: a free one.")
    console_accounts: Path | None = Field(default=None, description="Its accounts; empty: var/console/accounts.json.")

    # -- contents in S3 ------------------------------------------------------------------------------
    s3_endpoint: str = Field(
        default="",
        validation_alias=AliasChoices("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
        pattern="^(https?://.+)?$",
        description="URL of the server; empty: Amazon's of the region.",
    )
    s3_region: str = Field(
        default="us-east-1",
        validation_alias=AliasChoices("AWS_REGION", "AWS_DEFAULT_REGION"),
        description="Region that requests are signed for.",
    )
    s3_key: str = Field(default="", validation_alias="AWS_ACCESS_KEY_ID")
    """Who we are to the server; empty: as AWS' own tools find it (a token, the role of the machine)."""
    s3_secret: SecretStr | None = Field(default=None, validation_alias="AWS_SECRET_ACCESS_KEY")
    """Needed with the key, here or in a file."""
    s3_secret_file: Path | None = Field(default=None, validation_alias="AWS_SECRET_ACCESS_KEY_FILE")
    """File that holds the secret; it wins over the variable."""
    s3_ca: Path | None = Field(default=None, validation_alias="AWS_CA_BUNDLE")
    """PEM file of authorities that are trusted besides the machine's own."""

    @property
    def s3_secret_key(self) -> str:
        """The secret of the key, from its file if there is one."""
        if self.s3_secret_file:
            return self.s3_secret_file.read_text().strip()
        return self.s3_secret.get_secret_value() if self.s3_secret else ""

    # -- databases of document systems ---------------------------------------------------------------
    outbox: str = Field(
        default="",
        pattern=r"^(\s*[^=\s]+=postgres(ql)?://\S+)*\s*$",
        description="Outbox tables to relay: words of ADDRESS=postgresql://USER@HOST/DATABASE[#TABLE]; empty: none.",
    )
    outbox_delete: bool = Field(default=False, description="Delete rows that were handed over; refused ones stay.")
    outbox_relays: Count = Field(default=1, description="Relays that `up` starts; each has its share of aggregates.")
    outbox_shard: str = Field(default="", pattern="^([0-9]+/[0-9]+)?$", description="That share; set by `up`.")
