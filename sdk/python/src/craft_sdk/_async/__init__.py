"""The half for asyncio. `_sync`, for threads, is made of it by `make sdk-generate`."""
