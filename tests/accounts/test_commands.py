"""`create_user`, and how every command of ours refuses."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from tests.commands import refusal, run
from tests.mailbox import mailbox

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.django_db


def test_it_prints_the_id_of_an_account_with_a_verified_address_and_nothing_else() -> None:
    printed = run("create_user", "Ada@Example.com", "--name", "Ada Lovelace", "--plan", "internal")
    user = User.objects.get()
    assert printed == f"{user.uid}\n"
    assert re.fullmatch(r"user_[0-9A-Za-z]{16}", user.uid)
    assert (user.email, user.name, user.plan) == ("ada@example.com", "Ada Lovelace", "internal")
    assert EmailAddress.objects.get(user=user).verified
    assert not user.is_staff


def test_the_name_and_the_plan_have_defaults_and_staff_may_do_everything() -> None:
    run("create_user", "ada.lovelace@example.com", "--staff")
    user = User.objects.get()
    assert (user.name, user.plan, user.is_staff, user.is_superuser) == ("ada.lovelace", "free", True, True)


@pytest.mark.matrix  # each line end
@pytest.mark.parametrize("line_end", ["", "\n", "\r\n"])
def test_the_password_is_standard_input_without_its_line_end(line_end: str) -> None:
    run("create_user", "ada@example.com", "--password-stdin", stdin=f"grüne Äpfel 74{line_end}".encode())
    browser = Client()
    sent = {"login": "ada@example.com", "password": "grüne Äpfel 74"}
    assert browser.post("/login/", sent).status_code == 302
    assert browser.get("/settings/profile/").status_code == 200


def test_without_a_password_one_can_be_set_by_the_mail_for_a_forgotten_one_and_then_opens() -> None:
    run("create_user", "ada@example.com")
    browser = Client()
    for password in ("", "!", User.objects.get().password):
        assert browser.post("/login/", {"login": "ada@example.com", "password": password}).status_code == 200
    browser.post("/password/reset/", {"email": "ada@example.com"})
    [link] = re.findall(r"http://\S+(/password/reset/key/\S+)", str(mailbox()[-1].body))
    form = browser.get(link, follow=True).request["PATH_INFO"]
    browser.post(form, {"password1": "correct-horse-battery", "password2": "correct-horse-battery"})
    sent = {"login": "ada@example.com", "password": "correct-horse-battery"}
    assert Client().post("/login/", sent).status_code == 302


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nobody"], "Enter a valid email address."),
        ([""], "This field cannot be blank."),
        (["a@\udcff.com"], "Enter a valid e-mail address."),
        (["a\x00@example.com"], "Enter a valid email address."),
        (
            ["ada@example.com", "--plan", "gold"],
            "There is no plan 'gold'. Choose one of free, pro, enterprise, internal.",
        ),
        (["ada@example.com", "--name", "x" * 101], "Name has 101 characters. Use at most 100."),
        (
            ["ada@example.com", "--name", "a\x00b"],
            "Name holds a control or invisible character. Type it again without.",
        ),
        (
            ["ada@example.com", "--name", "a\udcffb"],
            "Name holds a control or invisible character. Type it again without.",
        ),
    ],
)
def test_bad_input_is_refused_with_one_line_and_makes_nothing(arguments: list[str], message: str) -> None:
    assert refusal("create_user", *arguments) == message
    assert not User.objects.exists()


def test_a_taken_address_is_refused_whatever_its_case(alice: User) -> None:
    assert refusal("create_user", "ALICE@example.com") == "alice@example.com has an account already."


@pytest.mark.parametrize(
    ("stdin", "message"),
    [
        (b"", "There is no password on standard input."),
        (b"\n", "There is no password on standard input."),
        (b"\xff\xfe", "The password on standard input is not UTF-8."),
        (b"short\n", "This password is too short. It must contain at least 12 characters."),
        (b"password12\n\n", "The password holds a control character, or begins or ends with a space."),
        (b"correct\x00horse", "The password holds a control character, or begins or ends with a space."),
        (b"correct-horse ", "The password holds a control character, or begins or ends with a space."),
        (b"1234567890123", "This password is too common. This password is entirely numeric."),
    ],
)
def test_a_password_that_is_missing_weak_or_could_not_be_typed_is_refused(stdin: bytes, message: str) -> None:
    assert refusal("create_user", "ada@example.com", "--password-stdin", stdin=stdin) == message
    assert not User.objects.exists()


@pytest.mark.long  # it migrates a database
@pytest.mark.variant  # each command is tested in this process, and tests/e2e starts them for real
def test_the_real_command_line_prints_the_result_alone_and_refuses_with_one_line_and_exit_1(
    tmp_path: Path,
) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "CRAFT_ENV_FILE": "",
        "SECRET_KEY": "0123456789abcdef" * 4,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
    }

    def manage(*arguments: str | bytes, stdin: str = "") -> tuple[int, str, str]:
        process = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=environment,
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        return process.returncode, process.stdout, process.stderr

    assert manage("migrate", "--verbosity", "0") == (0, "", "")
    code, out, err = manage(
        "create_user", "ada@example.com", "--password-stdin", stdin="correct-horse-battery\n"
    )
    assert (code, err) == (0, "")
    assert re.fullmatch(r"user_\w{16}\n", out)
    assert manage("create_user", "ada@example.com") == (
        1,
        "",
        "CommandError: ada@example.com has an account already.\n",
    )
    create_key = ("create_api_key", "ada@example.com", "--name", "CI", "--permission", "read-write")
    code, raw, err = manage(*create_key)
    assert (code, err) == (0, "")
    assert re.fullmatch(r"craft_key_\w{12}_\w{38}\n", raw)
    # An argument that is no UTF-8 at all.
    code, out, err = manage("create_user", b"a\xff@example.com")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    # argparse's own: what is no argument at all.
    code, out, err = manage("create_user")
    assert (code, out) == (2, "")
    assert "Traceback" not in err
