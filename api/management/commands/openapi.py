"""Print the OpenAPI document of this installation's addresses."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from api.schema.document import document


class Command(BaseCommand):
    """`make openapi` writes it into docs/openapi.json."""

    help = "Print the OpenAPI document."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(document(), indent=1, ensure_ascii=False))
