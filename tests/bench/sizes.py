"""How large Craft's tables get, and how fast housekeeping empties them: `python -m tests.bench.sizes [ROWS]`.

In a PostgreSQL of its own, that syncs and vacuums; docs/scaling.md has what came of it.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from tests import services

DURABLE: tuple[str, ...] = (
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "wal_level=replica",
    "autovacuum=on",
)
DURABLE += ("max_wal_senders=10", "shared_buffers=512MB", "max_wal_size=4GB", "checkpoint_timeout=15min")
AGENT = "'python-requests/2.34.2'"
BROWSER = "'Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0'"
ADDRESS = "'203.0.' || n % 256 || '.' || n / 256 % 256"
ID = "left(translate(encode(sha256(n::text::bytea), 'base64'), '+/=', 'abc'), 16)"
HASH = "'argon2$argon2id$v=19$m=102400,t=2,p=8$' || repeat('x', 60)"
OLD = "CASE WHEN n <= {old} THEN interval '500 days' ELSE interval '0' END"
# A row of each table, as it is after some use: how a column is filled, from its number n.
TABLES: dict[str, dict[str, str]] = {
    "accounts_user": {
        "id": "n", "password": HASH, "is_superuser": "false", "uid": f"'user_' || {ID}",
        "email": "'person' || n || '@mail.example.com'", "name": "'Ada Lovelace'", "plan": "'free'",
        "is_active": "true", "is_staff": "false", "date_joined": "now()", "mails_about_expiry": "true",
    },
    "account_emailaddress": {
        "id": "n", "email": "'person' || n || '@mail.example.com'", "verified": "true", '"primary"': "true",
        "user_id": "n",
    },
    "apikeys_apikey": {
        "id": "n", "uid": f"'key_' || {ID}", "name": "'Deploy from CI ' || n", "user_id": "n",
        "name_key": "'deploy from ci ' || n", "permission": "'read-write'", "created_at": "now()",
        "revoked_reason": "''", "made_by": "''", "last_used_at": "now()",
        "last_used_ip": f"({ADDRESS})::inet",
        "last_used_agent": AGENT,
        "disabled_by": "''", "disabled_reason": "''", "advice_put_aside": "'[]'",
        "deleted_at": "CASE WHEN n <= {old} / 10 THEN now() - interval '8 days' END",
    },
    "apikeys_apikeysecret": {
        "id": "n", "key_id": "n", "public_id": f"left({ID}, 12)", "digest": "sha256(n::text::bytea)",
        "created_at": "now()", "first_used_at": "now()",
    },
    # Of a key three routes in each of four hours.
    "apikeys_apikeyusage": {
        "id": "n", "key_id": "1 + n / 12", "period": "'hour'", "method": "'GET'", "outcome": "'ok'",
        "at": f"date_trunc('hour', now() - {OLD}) + n % 4 * interval '1 hour'", "requests": "25",
        "route": "'/v1/projects/{id}/files/' || n % 3",
    },
    "apikeys_apikeycaller": {
        "id": "n", "key_id": "1 + n / 2", "day": f"(now() - {OLD})::date", "public_id": f"left({ID}, 12)",
        "address": ADDRESS, "agent": AGENT, "is_rest": "false", "requests": "50", "first_at": "now()",
        "last_at": "now()",
    },
    "apikeys_apikeyrequestbatch": {
        "id": "n", "key_id": "n", "at": f"now() - {OLD}", "count": "100",
        "requests": f"(SELECT json_agg(json_build_array(now() + i * interval '1 second', 'GET', "
        f"'/v1/projects/{{id}}/files/{{path}}', 200, {ADDRESS}, {AGENT}, left({ID}, 12), md5(i::text)))"
        " FROM generate_series(n, n + 99) i)",
    },
    "accounts_activity": {
        "id": "n", "uid": f"'act_' || {ID}", "event": "'key_created'", "at": f"now() - {OLD}",
        "ip": f"({ADDRESS})::inet", "user_agent": BROWSER, "credential": f"'key_' || {ID}", "user_id": "n",
        "details": """'{"name": "Deploy from CI", "permission": "read-write"}'""",
    },
    "django_session": {
        "session_key": "md5(n::text)", "session_data": "repeat('x', 420)",
        "expire_date": f"now() + interval '1 day' - {OLD}",
    },
    "usersessions_usersession": {
        "id": "n", "session_key": "md5(n::text)", "created_at": "now()", "last_seen_at": "now()",
        "ip": f"({ADDRESS})::inet", "user_agent": BROWSER, "data": "'{}'", "user_id": "n",
    },
    "oauth_grant": {
        "id": "n", "uid": f"'grant_' || {ID}", "scope": "'read write'", "hosts": "'app.example'",
        "granted_at": "now()", "last_used_at": "now()", "application_id": "n % 100", "user_id": "n",
    },
    "oauth_accesstoken": {
        "id": "n", "token": "''", "token_checksum": "encode(sha256(n::text::bytea), 'hex')",
        "expires": "now()", "scope": "'read write'", "resource": "'[]'", "created": "now()",
        "updated": "now()", "authorized_at": "now()", "application_id": "n % 100", "grant_id": "n",
        "user_id": "n", "token_family": "gen_random_uuid()",
    },
    "oauth_refreshtoken": {
        "id": "n", "token": "''", "token_checksum": "encode(sha256(('r' || n)::bytea), 'hex')",
        "resource": "'[]'",
        "created": "now()", "updated": "now()", "authorized_at": "now()", "scope": "'read write'",
        "access_token_id": "n", "application_id": "n % 100", "grant_id": "n", "user_id": "n",
        "token_family": "gen_random_uuid()",
    },
}  # fmt: skip
FILL = "INSERT INTO {table} ({columns}) SELECT {values} FROM generate_series(1, {rows}) n"


def main() -> None:
    """Print a line for each table and each thing that is deleted."""
    rows = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    options = [part for each in DURABLE for part in ("-c", each)]
    with (
        tempfile.TemporaryDirectory(prefix="craft-") as name,
        services.postgresql(Path(name), *options) as url,
    ):
        os.environ |= {"DATABASE_URL": url, "CRAFT_ENV_FILE": "", "SECRET_KEY": "0123456789abcdef" * 4}
        os.environ["DJANGO_SETTINGS_MODULE"] = "craft.settings"
        import_module("django").setup()
        import_module("django.core.management").call_command("migrate", verbosity=0)
        connection: Any = import_module("django.db").connection
        with connection.cursor() as cursor:
            fill(cursor, rows)
            look_up(cursor)
        delete()
        connection.close()


def fill(cursor: Any, rows: int) -> None:
    """So many rows of each, and how many bytes one takes with its indexes."""
    cursor.execute("SET session_replication_role = replica")  # what they refer to is made here, too
    for table, row in TABLES.items():
        began = time.monotonic()
        values = ", ".join(row.values()).replace("{old}", str(rows // 10))
        cursor.execute(FILL.format(table=table, columns=", ".join(row), values=values, rows=rows))
        cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("SELECT pg_table_size(%s), pg_indexes_size(%s)", [table, table])
        heap, indexes = cursor.fetchone()
        seconds = time.monotonic() - began
        print(f"{table}: {heap / rows:.0f} + {indexes / rows:.0f} bytes a row; {seconds:.0f} s", flush=True)


def look_up(cursor: Any) -> None:
    """What the credential's query reads among so many."""
    cursor.execute("SELECT public_id FROM apikeys_apikeysecret WHERE id = 4711")
    query = (
        "SELECT * FROM apikeys_apikeysecret s JOIN apikeys_apikey k ON k.id = s.key_id"
        " JOIN accounts_user u ON u.id = k.user_id WHERE s.public_id = %s"
    )
    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {query}", cursor.fetchone())
    print("\n".join(line for (line,) in cursor.fetchall()), flush=True)


def delete() -> None:
    """How fast housekeeping deletes what is old: a tenth of each."""
    batches: Any = import_module("accounts.utils.batches")
    usage: Any = import_module("apikeys.models")
    now: Any = import_module("django.utils.timezone").now()
    old = now - timedelta(days=90)
    jobs: dict[str, Callable[[], int]] = {
        "usage": lambda: batches.delete_in_batches(
            usage.APIKeyUsage.objects.filter(period="hour", at__lt=old)
        ),
        "callers": lambda: batches.delete_in_batches(usage.APIKeyCaller.objects.filter(day__lt=old.date())),
        "requests": lambda: batches.delete_in_batches(usage.APIKeyRequestBatch.objects.filter(at__lt=old)),
        "activity": import_module("accounts.security_log").delete_old,
        "sessions": lambda: import_module("accounts.sessions").delete_ended(now),
        "keys, with what is theirs": import_module("apikeys.services").delete_ended_keys,
    }
    for name, do in jobs.items():
        began = time.monotonic()
        count = do()
        seconds = time.monotonic() - began
        print(f"deleted {count} {name} in {seconds:.1f} s: {count / seconds * 60:,.0f} a minute", flush=True)


if __name__ == "__main__":
    main()
