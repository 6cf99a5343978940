"""The forms of sign-in, sign-up and passwords: allauth's, with Craft's fields and words."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.signin import limits
from accounts.signin.fields import (
    code_field,
    disable_keys_field,
    email_field,
    focused,
    name_field,
    password_field,
)
from accounts.signin.passwords import judge_password
from accounts.signin.sealed_codes import unseal
from accounts.utils.display_names import clean_name


class LoginForm(allauth.LoginForm):
    """Sign-in by e-mail address, whatever its case, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A browser offers the passkeys it has in the first field.
        login = focused(email_field("username webauthn"))
        self.fields = {"login": login, "password": password_field()}

    def clean(self) -> dict[str, Any]:
        """Say what is wrong beside the password, where to go on."""
        try:
            super().clean()
        except ValidationError as error:
            self.add_error("password", error)
        return dict(self.cleaned_data)


class SignupForm(allauth.SignupForm):
    """Name, e-mail, one password. Answers the same whether the address has an account or not."""

    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {
            "name": focused(name_field()),
            "email": email_field(),
            "password1": password_field(new=True),
        }

    def clean_name(self) -> str:
        """A visible name of 1 to 100 characters."""
        return clean_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """Judge the password against the name too; allauth knows only the address."""
        data: dict[str, Any] = super().clean()
        if data.get("password1") and data.get("name"):
            try:
                judge_password(data["password1"], User(name=data["name"], email=data.get("email", "")))
            except ValidationError as error:
                self.errors.pop("password1", None)
                self.add_error("password1", error)
        return data

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Create the account, or act as if when there is one: mail its owner, take the same time."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                created: tuple[User | None, HttpResponse | None] = super().try_save(request)
        except IntegrityError:  # somebody signed up with this address a moment ago
            self.account_already_exists = True
            created = super().try_save(request)
        return created


class ResetPasswordForm(allauth.ResetPasswordForm):
    """The address that gets the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"email": focused(email_field())}


class ResetTokenForm(allauth.UserTokenForm):
    """What a link to reset a password stands for: its key as it was mailed, or as the session keeps it."""

    def clean_key(self) -> str:
        """The key as it was mailed."""
        key: str = self.cleaned_data["key"]
        return unseal(key) or key


class ReauthenticateForm(allauth.ReauthenticateForm):
    """Re-authentication of who is signed in, by the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"password": focused(password_field())}


class _MailedCode:
    """A code as it was mailed, with or without spaces and dashes; the right one is given sealed."""

    def __init__(self, *args: Any, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, code=unseal(code), **kwargs)  # type: ignore[call-arg]  # of allauth's form
        self.fields = {"code": code_field()}


class CodeForm(_MailedCode, allauth.ConfirmEmailVerificationCodeForm):
    """The code of a sign-up."""


class MailedCodeForm(_MailedCode, allauth.ConfirmLoginCodeForm):
    """The code of a sign-in, or of a new address."""


class ChangeEmailForm(forms.Form):
    """The address that an account is to have."""

    email = email_field("email")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["email"].label = "New e-mail"
        focused(self.fields["email"])

    def clean_email(self) -> str:
        """Another one than now. How often a person may ask is limited, whatever it is."""
        email: str = self.cleaned_data["email"]
        if email == self.user.email:
            raise ValidationError("This is your e-mail already. Enter another one.")
        if not limits.EMAIL_CHANGES.of(self.user.pk).take():
            raise ValidationError("Too many codes were asked for. Wait an hour, then try again.")
        return email


class _NewPasswordMixin:
    """Judges a new password against the person it is for."""

    cleaned_data: dict[str, Any]
    user: User

    def clean_password1(self) -> str:
        """A password that the validators accept."""
        password: str = self.cleaned_data["password1"]
        judge_password(password, self.user)
        return password


class ResetPasswordKeyForm(_NewPasswordMixin, allauth.ResetPasswordKeyForm):
    """A new password, behind the link of the mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {
            "password1": focused(password_field("New password", new=True)),
            "disable_keys": disable_keys_field(),
        }


class ChangePasswordForm(_NewPasswordMixin, allauth.ChangePasswordForm):
    """The current password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {
            "oldpassword": focused(password_field("Current password")),
            "password1": password_field("New password", new=True),
            "disable_keys": disable_keys_field(),
        }

    def clean_oldpassword(self) -> str:
        """The current password, whose tries are counted and logged as those of re-authentication are."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password
