"""One module a resource: what it looks like, and what can be done with it, for threads and for asyncio."""
