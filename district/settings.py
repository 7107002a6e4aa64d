"""Where this installation runs: folders, database, addresses of outside services, tokens (environment and .env)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of the installation; each is read from the environment as OTKLIK_<NAME> or from a .env file."""

    model_config = SettingsConfigDict(
        env_prefix="OTKLIK_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    home: Path = Path("var")
    """Folder of the database, secrets, logs and exports."""
    database_url: str = ""
    """SQLAlchemy address; empty means SQLite in the home folder."""
    profile: Path = Path(__file__).parent / "demo.toml"
    """The district's TOML file."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    desk_url: str = ""
    """Address of the pages as staff open it (behind a proxy: https://…), for links in alerts; empty: http://host:port."""
    log_level: str = "INFO"
    text_days: int = Field(default=365, ge=1)
    """Texts of posts are kept so many days, then only counts stay (152-ФЗ, art. 5)."""
    voice_days: int = Field(default=30, ge=1)
    """The secret of author tokens is changed this often, so that older tokens cannot be linked."""
    ring_posts: int = Field(default=0, ge=0, le=100_000_000)
    """In a big stream the keys of so many newest posts are held in memory (150 bytes each), once the base holds a million; 0: never."""

    vk_base: str = "https://api.vk.ru/method/"
    vk_token: SecretStr | None = None
    telegram_api_id: int | None = None
    telegram_api_hash: SecretStr | None = None
    telegram_dc: str = ""
    """Data centre as "number:address:port"; empty means Telegram's own."""
    telegram_dc_key: Path | None = None
    """PEM file with the public key of that data centre."""
    t_me_base: str = "https://t.me"
    bot_api_base: str = "https://api.telegram.org"
    bot_token: SecretStr | None = None
    max_api_base: str = "https://platform-api2.max.ru"
    max_token: SecretStr | None = None
    smtp_url: SecretStr | None = None
    """Mail server of the alerts: smtps://name:password@host:465, or smtp://host:587 (STARTTLS where it is offered)."""
    smtp_from: str = ""
    """Address in the From line of alert mails; empty: the name in `smtp_url`."""
    webhook_secret: SecretStr | None = None
    """Signs the bodies of alerts to webhooks (HMAC-SHA256), so that the receiver knows who speaks."""
    contact: str = ""
    """E-mail or page of the control centre; crawlers name it in their User-Agent, so that a site's owner can write to us."""
    ca_bundle: Path | None = None
    """Certificate bundle for all outgoing HTTPS (a national root certificate, a gateway's own)."""
    allow_internal: Annotated[tuple[str, ...], NoDecode] = ()
    """Internal addresses "host" or "host:port" that may be asked although they are not public; comma separated."""

    @field_validator("allow_internal", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(v.strip() for v in value.split(",") if v.strip()) if isinstance(value, str) else value

    @property
    def desk_address(self) -> str:
        """Return the address of the staff's pages without a slash at the end."""
        return (self.desk_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def database(self) -> str:
        """Return the SQLAlchemy address of the database in use."""
        return self.database_url or f"sqlite:///{(self.home / 'otklik.sqlite3').resolve()}"

    @property
    def key_file(self) -> Path:
        """Return the file (mode 0600) with the keys that encrypt tokens and sessions."""
        return self.home / "secrets" / "vault.keys"

    @property
    def exports(self) -> Path:
        """Return the folder of exports and of the folder sender."""
        return self.home / "exports"

    @property
    def logs(self) -> Path:
        """Return the folder of logs."""
        return self.home / "logs"
