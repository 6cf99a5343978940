"""A row whose save() does not write back what somebody else changed meanwhile."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Self

from django.db import models


class GuardedFields(models.Model):
    """save() without `update_fields` writes a field in `guarded` only when the instance changed it.

    So a request that read the row before somebody else changed such a field cannot undo that by saving
    another one, as libraries do.
    """

    guarded: ClassVar[tuple[str, ...]] = ()
    _as_read: tuple[Iterable[str], Iterable[Any]] = ((), ())

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save all that may be written. Raises DatabaseError when the row is gone: it does not come back."""
        if not self._state.adding and kwargs.get("update_fields") is None:
            kept = {name for name in self.guarded if not self.is_changed(name)}
            kept |= {self._meta.pk.name, *self.get_deferred_fields()}
            kwargs["update_fields"] = {field.name for field in self._meta.concrete_fields} - kept
        super().save(*args, **kwargs)
        known = [name for name in self.guarded if name in self.__dict__]
        self._as_read = (known, [self.__dict__[name] for name in known])

    @classmethod
    def from_db(  # type: ignore[override]  # of a later Django, by the stubs
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        """Django's own, which also keeps what was read."""
        row = super().from_db(db, field_names, values)
        row.note_as_read(field_names, values)
        return row

    def note_as_read(self, field_names: Collection[str], values: Collection[Any]) -> None:
        """Keep what was read of the row; on the way of every credential, so no more."""
        self._as_read = (field_names, values)

    def is_changed(self, name: str) -> bool:
        """Whether the field holds something else than was read or saved last."""
        return name in self.__dict__ and self.__dict__[name] != dict(zip(*self._as_read, strict=True)).get(
            name, self
        )
