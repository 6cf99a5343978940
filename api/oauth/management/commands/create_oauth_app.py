"""`create_oauth_app EMAIL`: register an app from the command line."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from accounts.commands import refusal, user_by_email
from api.oauth.services.applications import DEFAULT_SCOPES, create_app
from apikeys.scopes import Scope


class Command(BaseCommand):
    """Prints `{"client_id", "client_secret"}`; the secret is null for a public app, and never shown again."""

    help = "Register an app for an account, and print its client id and secret as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The owner's address and what the app is to be."""
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--redirect-uri",
            required=True,
            nargs="+",
            action="extend",
            metavar="U",
            help="Where codes may be sent; several are allowed.",
        )
        parser.add_argument("--public", action="store_true", help="It keeps no secret: PKCE alone.")
        parser.add_argument(
            "--scope",
            nargs="+",
            action="extend",
            metavar="S",
            help=f"What it may ask for: some of {', '.join(Scope)}. {' '.join(DEFAULT_SCOPES)} unless given.",
        )

    def handle(
        self,
        *,
        email: str,
        name: str,
        redirect_uri: list[str],
        public: bool,
        scope: list[str] | None,
        **_: Any,
    ) -> None:
        """Register the app or refuse with one line."""
        owner = user_by_email(email)
        scopes = DEFAULT_SCOPES if scope is None else [name for part in scope for name in part.split()]
        try:
            app, raw_secret = create_app(
                owner, name=name, redirect_uris="\n".join(redirect_uri), is_public=public, scopes=scopes
            )
        except ValidationError as error:
            raise refusal(error) from None
        self.stdout.write(json.dumps({"client_id": app.client_id, "client_secret": raw_secret}))
