"""E-mail: alerts to an address of the profile and to confirmed contacts of staff."""

from __future__ import annotations

import smtplib
import ssl
from base64 import b64encode
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

from district.profile import AlertChat
from reports.message import Message, SendFailed, SendRefused, Sent
from reports.wording import clip

TIMEOUT_S = 15
LONGEST_SUBJECT = 120


class BadMailServer(ValueError):
    """Адрес почтового сервера не разобран."""


class Mail:
    """Sends each message as a letter of plain text, over a connection of its own.

    A name and password travel over TLS only: `smtps://` from the first byte, `smtp://` after STARTTLS.
    """

    def __init__(self, url: str, sender: str = "", ca_bundle: Path | None = None) -> None:
        """`url` is smtps://name:password@host:465 or smtp://host:587; BadMailServer when it is neither."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise BadMailServer("OTKLIK_SMTP_URL: запишите smtps://имя:пароль@узел:465 или smtp://узел:587")
        self._wrapped = parts.scheme == "smtps"
        self._host, self._port = parts.hostname, parts.port or (465 if self._wrapped else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._from = sender or (self._user if "@" in self._user else f"otklik@{self._host}")
        self._tls = ssl.create_default_context()
        if ca_bundle is not None:
            self._tls.load_verify_locations(cafile=ca_bundle)

    def send(self, chat: AlertChat, message: Message) -> Sent:
        """Hand the letter to the server."""
        where = f"«{chat.name}» (почта)"
        try:
            server = self._open()
        except smtplib.SMTPAuthenticationError:
            raise SendRefused(f"{where}: имя или пароль почты не приняты; проверьте OTKLIK_SMTP_URL", True) from None
        except (OSError, smtplib.SMTPException) as error:
            raise SendFailed(f"{where}: нет связи с {self._host}:{self._port} ({_kind(error)})") from None
        try:
            server.send_message(self._letter(chat, message))
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()), (550, b""))[0]
            raise _refusal(where, code, "адрес не принят почтовым сервером; проверьте его") from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(where, error.smtp_code, "письмо не принято почтовым сервером", whole=False) from None
        except (OSError, smtplib.SMTPException) as error:
            raise SendFailed(f"{where}: обмен прерван ({_kind(error)})") from None
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        return Sent()

    def _open(self) -> smtplib.SMTP:
        if self._wrapped:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_S, context=self._tls)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
        try:
            server.ehlo()
            if not self._wrapped and server.has_extn("starttls"):
                server.starttls(context=self._tls)
                server.ehlo()
            elif not self._wrapped and self._user:
                raise smtplib.SMTPException("сервер не предлагает TLS: пароль не передан")
            if self._user:
                self._sign_in(server)
        except BaseException:
            server.close()
            raise
        return server

    def _sign_in(self, server: smtplib.SMTP) -> None:
        """smtplib knows ASCII passwords only; AUTH PLAIN itself takes UTF-8 (RFC 4616)."""
        if (self._user + self._password).isascii():
            server.login(self._user, self._password)
            return
        told = b64encode(f"\0{self._user}\0{self._password}".encode()).decode()
        code, said = server.docmd("AUTH", f"PLAIN {told}")
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, said)

    def _letter(self, chat: AlertChat, message: Message) -> EmailMessage:
        letter = EmailMessage()
        first, _, rest = message.line.text.partition("\n")
        letter["Subject"] = clip(first, LONGEST_SUBJECT) or "Отклик"
        letter["From"], letter["To"] = self._from, chat.address
        letter["Date"] = formatdate()
        # The same number when it is sent again: mail programs show one letter.
        letter["Message-ID"] = f"<{message.id}.{chat.id.replace(':', '-')}@otklik>" if message.id else make_msgid()
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(f"{first}\n{rest}".strip() + "\n")
        return letter


def _refusal(where: str, code: int, why: str, whole: bool = True) -> SendFailed | SendRefused:
    """Codes 4xx ask to come back later, 5xx are for ever (RFC 5321, 4.2.1)."""
    if 400 <= code < 500:
        return SendFailed(f"{where}: почтовый сервер просит повторить позже ({code})", 60)
    return SendRefused(f"{where}: {why} ({code})", whole_chat=whole)


def _kind(error: Exception) -> str:
    """Say what failed without the words of the server, which may hold the password's echo."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "сертификату нет доверия, задайте OTKLIK_CA_BUNDLE"
    if isinstance(error, TimeoutError):
        return "нет ответа вовремя"
    if isinstance(error, smtplib.SMTPException) and "TLS" in str(error):
        return "сервер не предлагает TLS, пароль не передан"
    return type(error).__name__
