"""The forms of codes. What is typed is counted before it is looked at."""

import re
from typing import Any

from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.signin import limits
from accounts.signin.factors import codes

WRONG_CODE = "Code is wrong. Wait for the next one your app shows, then type it."
WRONG_RECOVERY_CODE = "Code is none of yours. Check it, or take the next one on your list."
USED_CODE = "This code was used before. Take the next one on your list."
TOO_MANY = "Too many wrong codes. Wait an hour, then try again."


class CodeField(forms.CharField):
    """Digits, however they are typed or pasted. `pattern`: what is left without spaces and dashes."""

    def __init__(
        self,
        label: str,
        pattern: re.Pattern[str],
        digits: str,
        *,
        help_text: str = "",
        autofocus: bool = True,
    ) -> None:
        self.pattern = pattern
        self.mistyped = f"Code has {digits} digits. Type all of them."
        super().__init__(
            label=label,
            max_length=40,
            help_text=help_text,
            widget=forms.TextInput(
                attrs={
                    "class": "input-code",
                    "inputmode": "numeric",
                    "autocomplete": "one-time-code",
                    "autofocus": autofocus,
                }
            ),
            error_messages={"required": "Code is empty. Type it.", "max_length": self.mistyped},
        )

    def clean(self, value: Any) -> str:
        """The digits. Raises ValidationError."""
        code = codes.without_spaces(super().clean(value))
        if not self.pattern.fullmatch(code):
            raise ValidationError(self.mistyped)
        return code


def app_code_field(*, autofocus: bool = True) -> CodeField:
    """The six digits that an authenticator app shows."""
    return CodeField(
        "Code from your authenticator app",
        codes.APP_CODE,
        "6",
        help_text="6 digits, new every 30 seconds. You can paste it.",
        autofocus=autofocus,
    )


class SetUpAppForm(forms.Form):
    """The first code of an authenticator app, which shows that it holds the secret."""

    def __init__(self, secret: str, *args: Any) -> None:
        super().__init__(*args)
        self.secret = secret
        self.fields = {"code": app_code_field(autofocus=False)}

    def clean(self) -> dict[str, Any]:
        """`counter`: the time step of the code."""
        counter = codes.counter_of(self.secret, self.cleaned_data.get("code", ""))
        if counter is None and "code" in self.cleaned_data:
            self.add_error("code", WRONG_CODE)
        return {**self.cleaned_data, "counter": counter}


class CodeForm(forms.Form):
    """A code that stands for a person. `save()` notes in the session that it was given."""

    again = False  # whether it is asked of somebody who is signed in
    authenticator: Authenticator | None

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self) -> str:
        """Look the code up, if one may still be tried."""
        code: str = self.cleaned_data["code"]
        counter = limits.factor_counter(context.request, self.user)
        if not counter.take():
            raise ValidationError(TOO_MANY)
        self.authenticator = self.use(code)
        if self.authenticator is None:
            kinds = Authenticator.objects.filter(user_id=self.user.pk)
            signals.authentication_failed.send(
                sender=Authenticator,
                request=context.request,
                user=self.user,
                authenticator=kinds.first(),
                reauthentication=self.again,
            )
            raise ValidationError(self.wrong(code))
        counter.give_back()
        self.authenticator.user = self.user
        return code

    def use(self, code: str) -> Authenticator | None:
        """Whose code it is; None for a wrong one. It does not work again."""
        raise NotImplementedError

    def wrong(self, code: str) -> str:
        """What is said of a wrong code."""
        return WRONG_CODE

    def save(self) -> None:
        """Note that the factor was used."""
        post_authentication(context.request, self.authenticator, reauthenticated=self.again)


class SecondStepForm(CodeForm):
    """The code of the authenticator app, after the password."""

    trust = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = app_code_field()

    def use(self, code: str) -> Authenticator | None:
        return codes.use_app_code(self.user, code)


class RecoveryCodeForm(CodeForm):
    """A recovery code, after the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField("Recovery code", codes.RECOVERY_CODE, "8")
        self.was_used = False

    def use(self, code: str) -> Authenticator | None:
        try:
            return codes.use_recovery_code(self.user, code)
        except codes.UsedBefore:
            self.was_used = True
            return None

    def wrong(self, code: str) -> str:
        return USED_CODE if self.was_used else WRONG_RECOVERY_CODE


class ReauthenticateForm(CodeForm):
    """A code of either kind, of somebody who is signed in."""

    again = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        either = re.compile(f"{codes.APP_CODE.pattern}|{codes.RECOVERY_CODE.pattern}")
        self.fields["code"] = CodeField(
            "Code", either, "6 or 8", help_text="6 digits from your authenticator app, or a recovery code."
        )

    def use(self, code: str) -> Authenticator | None:
        if codes.APP_CODE.fullmatch(code):
            return codes.use_app_code(self.user, code)
        try:
            return codes.use_recovery_code(self.user, code)
        except codes.UsedBefore:
            return None
