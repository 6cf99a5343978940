"""What keys were used for: gathered in the process, written every three seconds, read by pages and the API.

`record` for what a caller did with a key, `uses` and `tries` for the batch and its tables, `reports` for what
an owner sees of it, `retention` for how long it is kept.
"""

from apikeys.usage.batch import Call
from apikeys.usage.record import BUFFER, flush, record_first_use, record_try, record_use

__all__ = ["BUFFER", "Call", "flush", "record_first_use", "record_try", "record_use"]
