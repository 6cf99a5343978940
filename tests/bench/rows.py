"""Many people, each with a key, an access token and a session, made by the database itself."""

from django.db import connection

from api.oauth.models import AccessToken, Application
from apikeys.models import APIKeySecret
from apikeys.tokens import Kind, Token, generate

FIRST = 10_000_000  # their ids begin here
SPREAD = 1000  # of their credentials have a text that is known

# Any of them may be read and nothing refers to the rest, so the columns that no query looks at are copied.
STATEMENTS = (
    "SET session_replication_role = replica",  # what the rows refer to is made here, too: no look at each
    """INSERT INTO accounts_user (id, password, is_superuser, uid, email, name, plan, is_active, is_staff,
         date_joined, mails_about_expiry)
       SELECT {first} + n, '!', false, 'user_m' || n, 'many' || n || '@example.com', 'Bench User', 'free',
         true, false, now(), true FROM generate_series(1, {rows}) n""",
    """INSERT INTO apikeys_apikey (id, uid, name, name_key, permission, created_at, revoked_reason, made_by,
         last_used_agent, disabled_by, disabled_reason, advice_put_aside, user_id)
       SELECT {first} + n, 'key_m' || n, 'Bench', 'bench', 'read-only', now(), '', '', '', '', '', '[]',
         {first} + n FROM generate_series(1, {rows}) n""",
    """INSERT INTO apikeys_apikeysecret (id, key_id, public_id, digest, created_at, first_used_at)
       SELECT {first} + n, {first} + n, left(md5(n::text), 12), sha256(n::text::bytea), now(), now()
       FROM generate_series(1, {rows}) n ON CONFLICT DO NOTHING""",
    """INSERT INTO oauth_grant (id, uid, scope, hosts, granted_at, application_id, user_id)
       SELECT {first} + n, 'grant_m' || n, 'read', '', now(), {app}, {first} + n
       FROM generate_series(1, {rows}) n""",
    """INSERT INTO oauth_accesstoken (id, token, token_checksum, expires, scope, resource, created, updated,
         authorized_at, user_id, application_id, grant_id, token_family)
       SELECT {first} + n, '', encode(sha256(n::text::bytea), 'hex'), now() + interval '1 day', 'read', '[]',
         now(), now(), now(), {first} + n, {app}, {first} + n, gen_random_uuid()
       FROM generate_series(1, {rows}) n""",
    """INSERT INTO django_session (session_key, session_data, expire_date)
       SELECT md5(n::text), s.session_data, s.expire_date
       FROM generate_series(1, {rows}) n, (SELECT * FROM django_session LIMIT 1) s""",
    """INSERT INTO usersessions_usersession (id, session_key, created_at, last_seen_at, ip, user_agent, data,
         user_id)
       SELECT {first} + n, md5(n::text), now(), now(), '127.0.0.1', 'Bench', '{{}}', {first} + n
       FROM generate_series(1, {rows}) n""",
    "SET session_replication_role = DEFAULT",
)


# Indexes that hold no constraint are made anew when all rows are there: half the time.
INDEXES = """
SELECT x.indexrelid::regclass::text, pg_get_indexdef(x.indexrelid) FROM pg_index x
WHERE NOT x.indisunique AND x.indrelid = ANY(%s::regclass[])
"""
TABLES = ["accounts_user", "apikeys_apikey", "apikeys_apikeysecret", "oauth_grant", "oauth_accesstoken"]
TABLES += ["django_session", "usersessions_usersession"]


def add_rows(rows: int, app: Application) -> dict[str, list[str]]:
    """Add as many of each to Craft's tables; return SPREAD keys and access tokens of them, evenly spread."""
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [TABLES])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for statement in STATEMENTS:
            cursor.execute(statement.format(first=FIRST, rows=rows, app=app.pk))
        for _, definition in indexes:
            cursor.execute(definition)
    step = max(1, rows // SPREAD)
    ids = [FIRST + number for number in range(1, rows + 1, step)][:SPREAD]
    keys, tokens = ([generate(kind) for _ in ids] for kind in (Kind.API_KEY, Kind.ACCESS_TOKEN))
    secrets = APIKeySecret.objects.in_bulk(ids)
    for secret, key in zip(map(secrets.__getitem__, ids), keys, strict=True):
        secret.public_id, secret.digest = key.public_id, key.digest
    APIKeySecret.objects.bulk_update(secrets.values(), ["public_id", "digest"], batch_size=200)
    rows_ = AccessToken.objects.in_bulk(ids)
    for row, token in zip(map(rows_.__getitem__, ids), tokens, strict=True):
        row.token_checksum = token.digest.hex()
    AccessToken.objects.bulk_update(rows_.values(), ["token_checksum"], batch_size=200)
    return {"spread_keys": _texts(keys), "spread_tokens": _texts(tokens)}


def _texts(tokens: list[Token]) -> list[str]:
    return [token.raw for token in tokens]
