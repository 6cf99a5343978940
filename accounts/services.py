"""The rules about accounts. Pages, the API, the admin and commands call these."""

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import mails, security_log
from accounts.events import Event
from accounts.models import Plan, User
from accounts.utils.display_names import NAME_MAX_LENGTH, clean_name
from accounts.web.client import NOBODY, Client


@transaction.atomic
def create_user(
    *,
    email: str,
    name: str = "",
    plan: str = Plan.FREE,
    staff: bool = False,
    password: str | None = None,
    client: Client = NOBODY,
) -> User:
    """Create an account whose address counts as verified; without a password it can only be reset.

    `name` defaults to the part before @. `staff` may do everything in the admin.
    Raises ValidationError: bad address or name, weak password, address taken, unknown plan.
    """
    _validate_email(email)
    user = User(
        email=email.lower(),
        name=clean_name(name or _default_name(email)),
        plan=plan,
        is_staff=staff,
        is_superuser=staff,
    )
    if plan not in Plan.values:
        raise ValidationError(f"There is no plan {plan!r}. Choose one of {', '.join(Plan.values)}.")
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError:
        raise ValidationError(f"{user.email} has an account already.") from None
    security_log.record(user, Event.SIGNUP, client)
    return user


@transaction.atomic
def rename_user(user: User, name: str, client: Client) -> User:
    """Change the display name (1 to 100 visible characters). Raises ValidationError."""
    new = clean_name(name)
    if new != user.name:
        old, user.name = user.name, new
        user.save(update_fields=["name"])
        security_log.record(user, Event.PROFILE_CHANGED, client, changed={"name": [old, new]})
    return user


@transaction.atomic
def choose_time_zone(user: User, zone: str, client: Client) -> User:
    """Say in which zone pages show times, by its IANA name."""
    if zone != user.time_zone:
        changed = {"time zone": [user.time_zone, zone]}
        user.time_zone = zone
        user.save(update_fields=["time_zone"])
        security_log.record(user, Event.PROFILE_CHANGED, client, changed=changed)
    return user


@transaction.atomic
def choose_mails(user: User, *, about_expiry: bool, client: Client) -> User:
    """Say which mails are wanted beside those about security; that there are fewer is mailed, too."""
    if about_expiry == user.mails_about_expiry:
        return user
    changed = [_on_or_off(user.mails_about_expiry), _on_or_off(about_expiry)]
    user.mails_about_expiry = about_expiry
    user.save(update_fields=["mails_about_expiry"])
    security_log.record(user, Event.PROFILE_CHANGED, client, changed={"mails about expiry": changed})
    if not about_expiry:
        mails.send_expiry_mails_off(user, client)
    return user


def _on_or_off(wanted: bool) -> str:
    return "on" if wanted else "off"


def drop_unverified_name(user: User, client: Client) -> None:
    """Give an account whose address was never verified the name of that address.

    For when somebody proves to read its mail: whoever made the account, and named it, may be somebody else.
    """
    if not EmailAddress.objects.filter(user=user, verified=True).exists():
        rename_user(user, _default_name(user.email), client)


def lock_account(user: User) -> None:
    """Lock the account for the rest of the transaction, whatever became of it meanwhile."""
    list(User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk"))


def lock_unchanged(user: User) -> bool:
    """Lock the account for the rest of the transaction; whether what let `user` in still does.

    False when the account was deactivated, its password changed or it signed out everywhere since `user`
    was read from the database, also when it is active again.
    """
    rows = User.objects.select_for_update(no_key=True)
    now = (
        rows.only("password", "oauth_valid_after").filter(pk=user.pk, is_active=True, closing_at=None).first()
    )
    if now is None:
        return False
    return now.password == user.password and now.oauth_valid_after == user.oauth_valid_after


@transaction.atomic
def end_app_tokens(user: User) -> None:
    """End every code and token that apps hold for the user; what they were granted stays, keys too."""
    # A consent under way ends first, so that its code is older than the moment written here.
    lock_account(user)
    user.oauth_valid_after = timezone.now()
    user.save(update_fields=["oauth_valid_after"])


@transaction.atomic
def switch_account(user: User, *, active: bool) -> None:
    """Deactivate an account, or let it act again. Raises User.DoesNotExist.

    Either way its sessions, codes and tokens are dead for good, and its keys are disabled until they are
    enabled one by one: User.save sees to that. Here the rows of the sessions go too.
    """
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    locked.is_active = active
    locked.save(update_fields=["is_active"])
    end_sessions_of(user)


def sessions_of(user: User, *, but_for: str | None = None) -> "QuerySet[UserSession]":
    """Where the person is signed in, but for the session with this key; the newest first."""
    sessions: QuerySet[UserSession] = UserSession.objects.filter(user=user).order_by("-pk")
    return sessions.exclude(session_key=but_for) if but_for else sessions


def end_sessions_of(user: User, *, but_for: str | None = None) -> list[UserSession]:
    """End these at their next request, and trust no browser any more; return the sessions.

    As UserSession.end does it for one, in three queries for any number.
    """
    sessions = list(sessions_of(user, but_for=but_for))
    keys = [session.session_key for session in sessions]
    Session.objects.filter(pk__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    user.trusted_browsers.all().delete()
    return sessions


def staff_rights_of(user: User) -> str:
    """What the account may do in the admin, in words."""
    if not user.is_staff:
        return "none"
    if user.is_superuser:
        return "everything"
    count = len(user.get_all_permissions())
    return f"{count} permission{'' if count == 1 else 's'}"


@transaction.atomic
def change_staff_rights(user: User, *, everything: bool) -> None:
    """Let an account do everything in the admin, or nothing: permissions given one by one go as well."""
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    before = staff_rights_of(locked)
    locked.is_staff = locked.is_superuser = everything
    locked.save(update_fields=["is_staff", "is_superuser"])
    if not everything:
        locked.user_permissions.clear()
        locked.groups.clear()
    after = "everything" if everything else "none"
    if after != before:
        changed = {"rights in the admin": [before, after]}
        security_log.record(locked, Event.STAFF_CHANGED, changed=changed, by="staff")


@transaction.atomic
def end_all_sessions(user: User, client: Client) -> int:
    """Sign the user out in every browser, this one too, and in every app; return how many sessions ended."""
    lock_account(user)  # before the sessions, as all who end several things of an account
    sessions = end_sessions_of(user)
    end_app_tokens(user)
    user.trusted_browsers.all().delete()
    security_log.record(user, Event.SESSIONS_ENDED, client, sessions=len(sessions))
    return len(sessions)


def _default_name(email: str) -> str:
    """What stands before @, cut to what a name may have."""
    return email.partition("@")[0][:NAME_MAX_LENGTH]


def _validate_email(email: str) -> None:
    """Raise ValidationError unless the address is one, and one that the database can hold."""
    User._meta.get_field("email").clean(email, None)
    if not email.isprintable():  # Django lets lone surrogates and quoted control characters pass
        raise ValidationError("Enter a valid e-mail address.")
