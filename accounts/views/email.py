"""Account Settings → Security → E-mail: another address, by a code that is mailed there."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.reauthentication import require_recent_sign_in
from accounts.signin import limits
from accounts.signin.email_change import EmailChange
from accounts.signin.forms import ChangeEmailForm, MailedCodeForm
from accounts.web.form_drafts import keep_draft, take_draft
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest

ENDED = "This code does not work any more. Enter the address again to get a new one."
NOT_POSSIBLE = "This address cannot be used. Choose a different one."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_email(request: SignedInRequest) -> HttpResponse:
    """Ask for the new address. What follows is the same whether it has an account or not."""
    if sign_in_again := require_recent_sign_in(request):
        keep_draft(request, request.POST)
        return sign_in_again
    data = request.POST if request.method == "POST" else None
    form = ChangeEmailForm(request.user, data, initial=take_draft(request))
    if form.is_valid():
        EmailChange.begin(request, form.cleaned_data["email"])
        return redirect("accounts:email-confirm")
    return render(request, "accounts/email_edit.html", {"form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: SignedInRequest) -> HttpResponse:
    """Take the code that was mailed to the new address."""
    change = EmailChange.resume(request)
    if change is None:
        return redirect("accounts:email-edit")
    if sign_in_again := require_recent_sign_in(request):
        return sign_in_again
    form = MailedCodeForm(code=change.code)
    if request.method == "POST" and request.POST.get("action") == "resend" and change.can_resend:
        change.resend()
    elif request.method == "POST":
        form = MailedCodeForm(request.POST, code=change.code)
        if answer := _judge(request, change, form):
            return answer
    context = {"email": change.email, "verify_form": form, "can_resend": change.can_resend}
    return render(request, "accounts/email_confirm.html", context)


def _judge(request: SignedInRequest, change: EmailChange, form: MailedCodeForm) -> HttpResponse | None:
    """Where the code leads; None when it was wrong and another try is left."""
    if not limits.take_code(request, change.began_at):
        change.abort()
        notify(request, ENDED, kind="danger")
        return redirect("accounts:email-edit")
    if not form.is_valid():
        return None
    if not limits.use_code(request, change.began_at) or not change.finish():
        notify(request, NOT_POSSIBLE, kind="danger")
        return redirect("accounts:email-edit")
    notify(request, "E-mail address changed.", detail=f"From now on you sign in with {change.email}.")
    return redirect("accounts:security-show")
