"""Every metric, its labels and what it means; docs/operating.md says which matter when.

No label grows with users: routes are patterns, methods, statuses, reasons and outcomes are of few words.

What an alert compares failures with is 0 from the start: no rate is larger than one of what is not there yet.
"""

from functools import partial

from prometheus_client import Counter, Gauge, Histogram

# An authenticated call takes some milliseconds; five seconds are the most that any answer may take.
SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

REQUESTS = Counter("craft_requests", "Requests that were answered.", ["route", "method", "status"])
DURATIONS = Histogram(
    "craft_request_seconds", "How long requests took.", ["route", "method"], buckets=SECONDS
)
CREDENTIALS = Counter("craft_credentials", "Calls of /v1 by what they came with.", ["kind", "outcome"])
UNAUTHORIZED = Counter("craft_unauthorized", "Answers with 401 by their reason.", ["reason"])
LIMITED = Counter("craft_limited", "Answers with 429 by whom the limit is of.", ["limit"])
TOKENS = Counter(
    "craft_token_requests", "Requests for OAuth tokens: ok, or the error of RFC 6749.", ["outcome"]
)
SIGN_INS = Counter("craft_sign_ins", "Sign-ins and tries at one.", ["outcome"])
MAILS = Counter("craft_mails", "Mails that the servers tried to send.", ["outcome"])

for _kind in ("api_key", "oauth", "session"):
    CREDENTIALS.labels(_kind, "accepted")
TOKENS.labels("ok")
SIGN_INS.labels("ok")

# Of all workers the one that looked last; of each that lives its own, added up.
_newest = partial(Gauge, multiprocess_mode="mostrecent")
_sum = partial(Gauge, multiprocess_mode="livesum")

MAILS_WAITING = _newest("craft_mails_waiting", "Mails in the outbox.")
MAILS_FAILING = _newest("craft_mails_failing", "Of these, mails whose last try failed.")
MAILS_OLDEST = _newest("craft_mails_oldest_seconds", "For how long the oldest of these waits.")
HOUSEKEEPING_ENDED = _newest(
    "craft_housekeeping_end_timestamp_seconds", "When housekeeping last came to its end; 0: never yet."
)
HOUSEKEEPING_SECONDS = _newest("craft_housekeeping_seconds", "How long that took.")
HOUSEKEEPING_DID = _newest("craft_housekeeping_did", "How much of what it did.", ["what"])
CONNECTIONS = _newest("craft_database_connections", "Connections to this database.")
CONNECTIONS_LIMIT = _newest("craft_database_connections_limit", "How many the server takes.")
BUFFERED = _sum("craft_usage_buffered", "Counted uses that wait to be written.", ["of"])
COUNTERS_AWAY = Gauge(
    "craft_counters_away", "1 while nothing is limited: Valkey is away.", multiprocess_mode="livemax"
)
