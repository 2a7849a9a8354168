"""The contract of accounts: a request becomes a domain call, its answer a message."""

from datetime import UTC, datetime

from codingahead.accounts.v1 import accounts_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp

from services.accounts.keys import Keys
from services.accounts.marks import Marks
from services.accounts.members import Members
from services.accounts.model import ApiKey, Clock, Favourite, Guest, Note, OpenedPage, Session, utc_now
from services.accounts.sessions import Sessions
from services.runtime.errors import invalid
from services.runtime.events.outbox import Relay


class AccountsServicer:
    """Answers codingahead.accounts.v1.AccountsService. `now` is the clock."""

    def __init__(
        self,
        members: Members,
        sessions: Sessions,
        keys: Keys,
        marks: Marks,
        relay: Relay,
        now: Clock = utc_now,
    ) -> None:
        self._members = members
        self._sessions = sessions
        self._keys = keys
        self._marks = marks
        self._relay = relay
        self._now = now

    async def register(self, request: pb.RegisterRequest) -> pb.RegisterResponse:
        """Ask for an account."""
        await self._members.register(request.email, request.password, _guest(request.guest), request.network)
        self._relay.notify()
        return pb.RegisterResponse()

    async def confirm_email(self, request: pb.ConfirmEmailRequest) -> pb.ConfirmEmailResponse:
        """Make the account of a registration and log in."""
        session = await self._members.confirm_email(
            request.token, _guest(request.guest), request.password, request.network
        )
        self._relay.notify()
        return pb.ConfirmEmailResponse(session=_session(session))

    async def log_in(self, request: pb.LogInRequest) -> pb.LogInResponse:
        """Begin a session."""
        session = await self._members.log_in(request.email, request.password, request.network)
        return pb.LogInResponse(session=_session(session))

    async def refresh_session(self, request: pb.RefreshSessionRequest) -> pb.RefreshSessionResponse:
        """Trade a refresh token."""
        return pb.RefreshSessionResponse(session=_session(await self._sessions.refresh(request.refresh_token)))

    async def log_out(self, request: pb.LogOutRequest) -> pb.LogOutResponse:
        """End a session."""
        await self._sessions.log_out(request.refresh_token)
        self._relay.notify()
        return pb.LogOutResponse()

    async def log_out_everywhere(self, request: pb.LogOutEverywhereRequest) -> pb.LogOutEverywhereResponse:
        """End every session of an account."""
        await self._sessions.log_out_everywhere(request.subject)
        self._relay.notify()
        return pb.LogOutEverywhereResponse()

    async def request_password_reset(self, request: pb.RequestPasswordResetRequest) -> pb.RequestPasswordResetResponse:
        """Send a letter with a link."""
        await self._members.request_password_reset(request.email, request.network)
        self._relay.notify()
        return pb.RequestPasswordResetResponse()

    async def reset_password(self, request: pb.ResetPasswordRequest) -> pb.ResetPasswordResponse:
        """Set a password by a link."""
        await self._members.reset_password(request.token, request.new_password)
        self._relay.notify()
        return pb.ResetPasswordResponse()

    async def change_password(self, request: pb.ChangePasswordRequest) -> pb.ChangePasswordResponse:
        """Set a password by the one before."""
        await self._members.change_password(
            request.subject, request.session_id, request.current_password, request.new_password, request.network
        )
        self._relay.notify()
        return pb.ChangePasswordResponse()

    async def close_account(self, request: pb.CloseAccountRequest) -> pb.CloseAccountResponse:
        """Delete an account."""
        await self._members.close(request.subject, request.password, request.network)
        self._relay.notify()
        return pb.CloseAccountResponse()

    async def get_account(self, request: pb.GetAccountRequest) -> pb.GetAccountResponse:
        """Return an account with its keys."""
        return pb.GetAccountResponse(account=await self._account(request.subject))

    async def export_account(self, request: pb.ExportAccountRequest) -> pb.ExportAccountResponse:
        """Return everything that is kept of an account."""
        export = await self._marks.export(request.subject)
        return pb.ExportAccountResponse(
            account=await self._account(request.subject),
            history=map(_opened_page, export.history),
            favourites=map(_favourite, export.favourites),
            notes=map(_note, export.notes),
            sessions_began_at=map(_timestamp, export.sessions_began_at),
        )

    async def grant_plan(self, request: pb.GrantPlanRequest) -> pb.GrantPlanResponse:
        """Give an account a plan."""
        ends_at = _time("ends_at", request.ends_at) if request.HasField("ends_at") else None
        account = await self._members.grant_plan(
            request.email, request.plan, ends_at, validate_only=request.validate_only
        )
        self._relay.notify()
        return pb.GrantPlanResponse(account=await self._account(account.subject))

    async def create_api_key(self, request: pb.CreateApiKeyRequest) -> pb.CreateApiKeyResponse:
        """Make a key."""
        key, secret = await self._keys.create(request.subject, request.name, request.scopes)
        return pb.CreateApiKeyResponse(api_key=_api_key(key), secret=secret)

    async def revoke_api_key(self, request: pb.RevokeApiKeyRequest) -> pb.RevokeApiKeyResponse:
        """End a key."""
        await self._keys.revoke(request.subject, request.api_key_id)
        self._relay.notify()
        return pb.RevokeApiKeyResponse()

    async def authenticate(self, request: pb.AuthenticateRequest) -> pb.AuthenticateResponse:
        """Say whose a key is and what it may do."""
        holder = await self._keys.authenticate(request.secret)
        return pb.AuthenticateResponse(
            subject=holder.subject, plan=holder.plan, api_key_id=holder.key_id, scopes=sorted(holder.scopes)
        )

    async def get_code_marks(self, request: pb.GetCodeMarksRequest) -> pb.GetCodeMarksResponse:
        """Return what a member keeps beside one code."""
        marks = await self._marks.get_code_marks(request.subject, request.page)
        return pb.GetCodeMarksResponse(favourite=marks.favourite, note=marks.note)

    async def set_favourite(self, request: pb.SetFavouriteRequest) -> pb.SetFavouriteResponse:
        """Put a code among the favourites, or take it out."""
        await self._marks.set_favourite(request.subject, request.page, request.favourite)
        return pb.SetFavouriteResponse()

    async def save_note(self, request: pb.SaveNoteRequest) -> pb.SaveNoteResponse:
        """Keep a note on a code."""
        await self._marks.save_note(request.subject, request.page, request.text)
        return pb.SaveNoteResponse()

    async def list_history(self, request: pb.ListHistoryRequest) -> pb.ListHistoryResponse:
        """Return a stretch of the history."""
        opened, token = await self._marks.list_history(request.subject, request.page_size, request.page_token)
        return pb.ListHistoryResponse(opened=map(_opened_page, opened), next_page_token=token)

    async def list_favourites(self, request: pb.ListFavouritesRequest) -> pb.ListFavouritesResponse:
        """Return a stretch of the favourites."""
        favourites, token = await self._marks.list_favourites(request.subject, request.page_size, request.page_token)
        return pb.ListFavouritesResponse(favourites=map(_favourite, favourites), next_page_token=token)

    async def list_notes(self, request: pb.ListNotesRequest) -> pb.ListNotesResponse:
        """Return a stretch of the notes."""
        notes, token = await self._marks.list_notes(request.subject, request.page_size, request.page_token)
        return pb.ListNotesResponse(notes=map(_note, notes), next_page_token=token)

    async def clear_history(self, request: pb.ClearHistoryRequest) -> pb.ClearHistoryResponse:
        """Forget the code pages that a member has opened."""
        await self._marks.clear_history(request.subject)
        return pb.ClearHistoryResponse()

    async def _account(self, subject: str) -> pb.Account:
        account, sessions = await self._members.get(subject)
        now = self._now()
        ends_at = account.plan_ends_at
        return pb.Account(
            subject=account.subject,
            email=account.email,
            plan=account.plan_on(now),
            plan_ends_at=_timestamp(ends_at) if ends_at and ends_at > now else None,
            registered_at=_timestamp(account.registered_at),
            api_keys=map(_api_key, await self._keys.of(account)),
            sessions=sessions,
        )


def _guest(guest: pb.Guest) -> Guest:
    return Guest(guest.subject, guest.network)


def _session(session: Session) -> pb.Session:
    return pb.Session(
        subject=session.subject,
        access_token=session.access_token,
        access_expires_at=_timestamp(session.access_expires_at),
        refresh_token=session.refresh_token,
        refresh_expires_at=_timestamp(session.refresh_expires_at),
    )


def _api_key(key: ApiKey) -> pb.ApiKey:
    return pb.ApiKey(
        id=key.id,
        name=key.name,
        scopes=sorted(key.scopes),
        created_at=_timestamp(key.created_at),
        last_used_at=_timestamp(key.last_used_at) if key.last_used_at else None,
        ending=key.ending,
    )


def _opened_page(opened: OpenedPage) -> pb.OpenedPage:
    return pb.OpenedPage(page=opened.page, opened_at=_timestamp(opened.opened_at))


def _favourite(favourite: Favourite) -> pb.Favourite:
    return pb.Favourite(page=favourite.page, added_at=_timestamp(favourite.added_at))


def _note(note: Note) -> pb.Note:
    return pb.Note(page=note.page, text=note.text, changed_at=_timestamp(note.changed_at))


def _timestamp(time: datetime) -> Timestamp:
    message = Timestamp()
    message.FromDatetime(time)
    return message


def _time(field: str, timestamp: Timestamp) -> datetime:
    try:
        return timestamp.ToDatetime(UTC)
    except ValueError:
        raise invalid(field, "expected a time of the years 1 to 9999") from None
