"""Settings of accounts."""

from pydantic import Field, SecretStr, field_validator

from services.runtime.database import DatabaseUrl
from services.runtime.mail import Mailer
from services.runtime.settings import LongSecret, Settings

_SMTP_URL = "smtp://127.0.0.1:1025"
_MAIL_FROM = "Coding Ahead <no-reply@codingahead.example>"


class DatabaseSettings(Settings):
    """Where the database is; all that a migration needs."""

    database_url: DatabaseUrl = Field(
        SecretStr("sqlite:///accounts.db"),
        description="Database of accounts: sqlite:///PATH, or postgresql://USER:PASSWORD@HOST/NAME",
    )


class SecretSettings(Settings):
    """The secret of accounts; all that the public key needs."""

    accounts_secret: LongSecret = Field(
        description="Makes access tokens, refresh tokens and links; at least 32 bytes, the same in every replica"
    )


class MailSettings(Settings):
    """Where letters go out, and in whose name."""

    smtp_url: SecretStr = Field(
        SecretStr(_SMTP_URL),
        description="Mail server: smtp://[USER:PASSWORD@]HOST[:PORT], or smtps:// for TLS from the start",
    )
    mail_from: str = Field(_MAIL_FROM, description="Sender of letters: an address, or a name and <address>")

    @field_validator("smtp_url")
    @classmethod
    def _is_server(cls, url: SecretStr) -> SecretStr:
        Mailer(url.get_secret_value(), _MAIL_FROM)
        return url

    @field_validator("mail_from")
    @classmethod
    def _is_sender(cls, sender: str) -> str:
        Mailer(_SMTP_URL, sender)
        return sender


class AccountsSettings(DatabaseSettings, SecretSettings, MailSettings):
    """What accounts is told."""

    accounts_listen: str = Field("127.0.0.1:7003", description="Address of accounts' gRPC")
    accounts_metrics_listen: str = Field("", description="Address of accounts' metrics; unset: none")
    public_url: str = Field(
        "http://127.0.0.1:8080", pattern="^https?://[^/?#]+$", description="Where people reach the pages; for letters"
    )
    access_seconds: int = Field(300, ge=1, le=3600, description="How long an access token is good")
    session_days: int = Field(30, ge=1, le=365, description="How long a session lasts that is not used")
