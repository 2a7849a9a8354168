"""A small stand-in for accounts: it has its manners, keeps everything in memory and sends no letters."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from codingahead.accounts.v1 import accounts_pb2 as accounts
from google.protobuf.message import Message

from services.runtime.errors import Kind, Refusal, invalid, unavailable
from services.runtime.tokens import AccessToken, Signer

SIGNER = Signer(bytes(range(32)))
PASSWORD = "a long pass phrase"


@dataclass
class FakeAccounts:
    """Answers the whole contract. `away` answers nothing; `asked` is every request, in order.

    `links` are the tokens of the letters that were not sent, by address, the latest last.
    """

    away: bool = False
    access_lifetime: timedelta = timedelta(minutes=5)
    asked: list[Message] = field(default_factory=list)
    links: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, accounts.Account] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    registrations: dict[str, accounts.RegisterRequest] = field(default_factory=dict)
    resets: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, tuple[str, str]] = field(default_factory=dict)
    keys: dict[str, tuple[str, accounts.ApiKey]] = field(default_factory=dict)
    opened: dict[str, list[str]] = field(default_factory=dict)
    favourites: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, dict[str, str]] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def add_member(self, email: str = "coder@example.org", plan: str = "member") -> str:
        """Make an account with the password PASSWORD; return its subject."""
        subject = f"member:{next(self._numbers):032x}"
        self.members[subject] = accounts.Account(subject=subject, email=email, plan=plan)
        self.members[subject].registered_at.GetCurrentTime()
        self.passwords[subject] = PASSWORD
        return subject

    def log_in_as(self, subject: str) -> accounts.Session:
        """Begin a session of a member."""
        return self._session(subject, f"session-{next(self._numbers)}")

    def end_sessions(self, subject: str) -> None:
        """End every session of a member, without an event."""
        self.sessions = {token: held for token, held in self.sessions.items() if held[0] != subject}

    def add_key(self, subject: str, *scopes: str, name: str = "a program") -> str:
        """Make a key; return its secret."""
        key_id = f"{next(self._numbers):032x}"
        secret = f"cak_{key_id}_{'x' * 43}"
        key = accounts.ApiKey(id=key_id, name=name, scopes=scopes, ending=secret[-4:])
        key.created_at.GetCurrentTime()
        self.keys[secret] = subject, key
        return secret

    async def register(self, request: accounts.RegisterRequest) -> accounts.RegisterResponse:
        self._hear(request)
        if "@" not in request.email:
            raise invalid("email", "expected an e-mail address")
        if len(request.password) < 10:
            raise invalid("password", "expected 10 to 128 characters")
        token = self._letter(request.email)
        self.registrations[token] = request
        return accounts.RegisterResponse()

    async def confirm_email(self, request: accounts.ConfirmEmailRequest) -> accounts.ConfirmEmailResponse:
        self._hear(request)
        asked = self.registrations.get(request.token)
        if asked is None:
            raise _link_not_valid()
        if asked.guest.subject != request.guest.subject and not request.password:
            raise Refusal(Kind.UNAUTHENTICATED, "PASSWORD_REQUIRED", "Enter the password chosen when registering.")
        if request.password not in ("", asked.password):
            raise _wrong_credentials()
        del self.registrations[request.token]
        subject = self.add_member(asked.email)
        self.passwords[subject] = asked.password
        return accounts.ConfirmEmailResponse(session=self.log_in_as(subject))

    async def log_in(self, request: accounts.LogInRequest) -> accounts.LogInResponse:
        self._hear(request)
        for account in self.members.values():
            if account.email == request.email and self.passwords[account.subject] == request.password:
                return accounts.LogInResponse(session=self.log_in_as(account.subject))
        for asked in self.registrations.values():
            if (asked.email, asked.password) == (request.email, request.password):
                raise Refusal(Kind.PRECONDITION, "EMAIL_NOT_CONFIRMED", "Follow the link in the letter first.")
        raise _wrong_credentials()

    async def refresh_session(self, request: accounts.RefreshSessionRequest) -> accounts.RefreshSessionResponse:
        self._hear(request)
        held = self.sessions.pop(request.refresh_token, None)
        if held is None:
            raise Refusal(Kind.UNAUTHENTICATED, "SESSION_ENDED", "The session is no more. Log in again.")
        return accounts.RefreshSessionResponse(session=self._session(*held))

    async def log_out(self, request: accounts.LogOutRequest) -> accounts.LogOutResponse:
        self._hear(request)
        self.sessions.pop(request.refresh_token, None)
        return accounts.LogOutResponse()

    async def log_out_everywhere(self, request: accounts.LogOutEverywhereRequest) -> accounts.LogOutEverywhereResponse:
        self._hear(request)
        self.end_sessions(request.subject)
        return accounts.LogOutEverywhereResponse()

    async def request_password_reset(
        self, request: accounts.RequestPasswordResetRequest
    ) -> accounts.RequestPasswordResetResponse:
        self._hear(request)
        for account in self.members.values():
            if account.email == request.email:
                self.resets[self._letter(request.email)] = account.subject
        return accounts.RequestPasswordResetResponse()

    async def reset_password(self, request: accounts.ResetPasswordRequest) -> accounts.ResetPasswordResponse:
        self._hear(request)
        if request.token not in self.resets:
            raise _link_not_valid()
        if len(request.new_password) < 10:
            raise invalid("new_password", "expected 10 to 128 characters")
        subject = self.resets.pop(request.token)
        self.passwords[subject] = request.new_password
        self.end_sessions(subject)
        return accounts.ResetPasswordResponse()

    async def change_password(self, request: accounts.ChangePasswordRequest) -> accounts.ChangePasswordResponse:
        self._hear(request)
        self._check_password(request.subject, request.current_password)
        if len(request.new_password) < 10:
            raise invalid("new_password", "expected 10 to 128 characters")
        self.passwords[request.subject] = request.new_password
        return accounts.ChangePasswordResponse()

    async def close_account(self, request: accounts.CloseAccountRequest) -> accounts.CloseAccountResponse:
        self._hear(request)
        self._check_password(request.subject, request.password)
        del self.members[request.subject]
        self.end_sessions(request.subject)
        return accounts.CloseAccountResponse()

    async def get_account(self, request: accounts.GetAccountRequest) -> accounts.GetAccountResponse:
        self._hear(request)
        return accounts.GetAccountResponse(account=self._account(request.subject))

    async def export_account(self, request: accounts.ExportAccountRequest) -> accounts.ExportAccountResponse:
        self._hear(request)
        return accounts.ExportAccountResponse(
            account=self._account(request.subject),
            history=self._history(request.subject),
            favourites=self._favourites(request.subject),
            notes=self._notes(request.subject),
        )

    async def grant_plan(self, request: accounts.GrantPlanRequest) -> accounts.GrantPlanResponse:
        self._hear(request)
        for account in self.members.values():
            if account.email == request.email:
                account.plan = request.plan
                return accounts.GrantPlanResponse(account=self._account(account.subject))
        raise Refusal(Kind.NOT_FOUND, "ACCOUNT_NOT_FOUND", "No account has this address.")

    async def create_api_key(self, request: accounts.CreateApiKeyRequest) -> accounts.CreateApiKeyResponse:
        self._hear(request)
        if not request.name:
            raise invalid("name", "expected 1 to 64 characters")
        if not request.scopes:
            raise invalid("scopes", "expected at least one of codes, pages")
        secret = self.add_key(request.subject, *request.scopes, name=request.name)
        return accounts.CreateApiKeyResponse(api_key=self.keys[secret][1], secret=secret)

    async def revoke_api_key(self, request: accounts.RevokeApiKeyRequest) -> accounts.RevokeApiKeyResponse:
        self._hear(request)
        for secret, (subject, key) in self.keys.items():
            if (subject, key.id) == (request.subject, request.api_key_id):
                del self.keys[secret]
                return accounts.RevokeApiKeyResponse()
        raise Refusal(Kind.NOT_FOUND, "KEY_NOT_FOUND", "There is no such key.")

    async def authenticate(self, request: accounts.AuthenticateRequest) -> accounts.AuthenticateResponse:
        self._hear(request)
        if request.secret not in self.keys:
            raise Refusal(Kind.UNAUTHENTICATED, "KEY_NOT_VALID", "This is no API key.")
        subject, key = self.keys[request.secret]
        return accounts.AuthenticateResponse(
            subject=subject, plan=self.members[subject].plan, api_key_id=key.id, scopes=key.scopes
        )

    async def get_code_marks(self, request: accounts.GetCodeMarksRequest) -> accounts.GetCodeMarksResponse:
        self._hear(request)
        return accounts.GetCodeMarksResponse(
            favourite=request.page in self.favourites.get(request.subject, []),
            note=self.notes.get(request.subject, {}).get(request.page, ""),
        )

    async def set_favourite(self, request: accounts.SetFavouriteRequest) -> accounts.SetFavouriteResponse:
        self._hear(request)
        pages = [page for page in self.favourites.get(request.subject, []) if page != request.page]
        self.favourites[request.subject] = [request.page, *pages] if request.favourite else pages
        return accounts.SetFavouriteResponse()

    async def save_note(self, request: accounts.SaveNoteRequest) -> accounts.SaveNoteResponse:
        self._hear(request)
        if len(request.text) > 2000:
            raise invalid("text", "expected up to 2000 characters")
        notes = self.notes.setdefault(request.subject, {})
        notes.pop(request.page, None)
        if request.text:
            notes[request.page] = request.text
        return accounts.SaveNoteResponse()

    async def list_history(self, request: accounts.ListHistoryRequest) -> accounts.ListHistoryResponse:
        self._hear(request)
        start, end, token = self._window(request, len(self.opened.get(request.subject, [])))
        return accounts.ListHistoryResponse(opened=self._history(request.subject)[start:end], next_page_token=token)

    async def list_favourites(self, request: accounts.ListFavouritesRequest) -> accounts.ListFavouritesResponse:
        self._hear(request)
        start, end, token = self._window(request, len(self.favourites.get(request.subject, [])))
        favourites = self._favourites(request.subject)[start:end]
        return accounts.ListFavouritesResponse(favourites=favourites, next_page_token=token)

    async def list_notes(self, request: accounts.ListNotesRequest) -> accounts.ListNotesResponse:
        self._hear(request)
        start, end, token = self._window(request, len(self.notes.get(request.subject, {})))
        return accounts.ListNotesResponse(notes=self._notes(request.subject)[start:end], next_page_token=token)

    async def clear_history(self, request: accounts.ClearHistoryRequest) -> accounts.ClearHistoryResponse:
        self._hear(request)
        self.opened.pop(request.subject, None)
        return accounts.ClearHistoryResponse()

    def _hear(self, request: Message) -> None:
        self.asked.append(request)
        if self.away:
            raise unavailable("The database is away.")

    def _letter(self, email: str) -> str:
        token = f"link-{next(self._numbers)}"
        self.links.setdefault(email, []).append(token)
        return token

    def _session(self, subject: str, session_id: str) -> accounts.Session:
        now = datetime.now(UTC)
        access_end, refresh_end = now + self.access_lifetime, now + timedelta(days=30)
        plan = self.members[subject].plan
        refresh_token = f"refresh-{next(self._numbers)}"
        self.sessions[refresh_token] = subject, session_id
        session = accounts.Session(
            subject=subject,
            access_token=SIGNER.sign(AccessToken(subject, plan, session_id, now, access_end)),
            refresh_token=refresh_token,
        )
        session.access_expires_at.FromDatetime(access_end)
        session.refresh_expires_at.FromDatetime(refresh_end)
        return session

    def _account(self, subject: str) -> accounts.Account:
        account = accounts.Account()
        account.CopyFrom(self.members[subject])
        account.api_keys.extend(key for owner, key in self.keys.values() if owner == subject)
        account.sessions = sum(owner == subject for owner, _ in self.sessions.values())
        return account

    def _check_password(self, subject: str, password: str) -> None:
        if self.passwords[subject] != password:
            raise _wrong_credentials()

    def _history(self, subject: str) -> list[accounts.OpenedPage]:
        return [accounts.OpenedPage(page=page) for page in self.opened.get(subject, [])]

    def _favourites(self, subject: str) -> list[accounts.Favourite]:
        return [accounts.Favourite(page=page) for page in self.favourites.get(subject, [])]

    def _notes(self, subject: str) -> list[accounts.Note]:
        return [accounts.Note(page=page, text=text) for page, text in reversed(self.notes.get(subject, {}).items())]

    def _window(
        self,
        request: accounts.ListHistoryRequest | accounts.ListFavouritesRequest | accounts.ListNotesRequest,
        total: int,
    ) -> tuple[int, int, str]:
        start = int(request.page_token or 0)
        end = start + (request.page_size or 50)
        return start, end, str(end) if end < total else ""


def _link_not_valid() -> Refusal:
    return Refusal(Kind.PRECONDITION, "LINK_NOT_VALID", "This link is not valid any more.")


def _wrong_credentials() -> Refusal:
    return Refusal(Kind.UNAUTHENTICATED, "WRONG_CREDENTIALS", "Wrong address or password.")
