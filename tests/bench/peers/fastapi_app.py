"""FastAPI and asyncpg: a key by its digest in one query; all on, with a limit in Valkey and the last use."""

import hashlib
import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from limits import RateLimitItemPerMinute
from limits.aio.strategies import FixedWindowRateLimiter
from limits.storage import storage_from_string

LOOK_UP = """
SELECT k.id AS key, k.last_used_at, u.id, u.username AS uid, u.email, u.first_name AS name
FROM api_key k JOIN auth_user u ON u.id = k.user_id WHERE k.digest = $1
"""
NOTE_USE = "UPDATE api_key SET last_used_at = now() WHERE id = $1"
LIMIT = RateLimitItemPerMinute(10**9)
ONCE_A = timedelta(minutes=1)


@asynccontextmanager
async def lifespan(app: FastAPI):
    database = urlsplit(os.environ["DATABASE_URL"])  # postgres://user@/folder/name, by tests/services.py
    host, _, name = database.path.rpartition("/")
    storage = storage_from_string(f"async+redis+{os.environ['REDIS_URL']}", implementation="redispy")
    app.state.limiter = FixedWindowRateLimiter(storage)
    async with asyncpg.create_pool(
        host=host, user=database.username, database=name, min_size=4, max_size=4
    ) as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan, openapi_url=None)


async def caller(request: Request, shown: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]):
    """The row of the key and its user."""
    digest = hashlib.sha256(shown.credentials.encode()).digest()
    row = await request.app.state.pool.fetchrow(LOOK_UP, digest)
    if row is None:
        raise HTTPException(401)
    return row


Caller = Annotated[asyncpg.Record, Depends(caller)]


async def limited(request: Request, row: Caller):
    """The caller, if this call is within the limit; notes the use once a minute."""
    if not await request.app.state.limiter.hit(LIMIT, str(row["id"])):
        raise HTTPException(429)
    if row["last_used_at"] is None or datetime.now(UTC) - row["last_used_at"] > ONCE_A:
        await request.app.state.pool.execute(NOTE_USE, row["key"])
    return row


def about(row: asyncpg.Record):
    return {"success": True, "data": {"id": row["uid"], "email": row["email"], "name": row["name"]}}


@app.get("/me")
async def me(row: Caller):
    return about(row)


@app.get("/all-on")
async def all_on(row: Annotated[asyncpg.Record, Depends(limited)]):
    return about(row)
