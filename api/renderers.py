"""How answers become bytes: DRF's renderer for the one format there is."""

from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


class JSONRenderer(BaseRenderer):
    """JSON by orjson. Answers come ready-made from api.envelope; this names their media type."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """The bytes of a JSON value."""
        return orjson.dumps(data)
