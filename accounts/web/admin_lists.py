"""What the admin pages of every app have in common."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst


class ListAdmin(admin.ModelAdmin):
    """A list to search. Nothing is added here, and nothing is done to many rows at once."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """What the links of the list's own filters send, and nothing else: 400 for the rest.

        Django lets every column through, and with it `password__startswith`: a hash letter by letter.
        """
        filters: Any = self.list_filter
        return lookup in {
            f"{each}__exact" if isinstance(each, str) else each.parameter_name for each in filters
        }

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """The rows that one of the `search_fields`, ORM look-ups, finds by the whole term.

        Each by a query of its own, so that each uses its index: one query over several tables reads them
        all. What a list can be searched for is therefore what has an index (tests/accounts/test_searches.py).
        """
        term = search_term.strip()
        if not term or not self.search_fields:
            return queryset, False
        found = [self._by(lookup, term) for lookup in self.lookups_for(term)]
        return queryset.filter(pk__in=found[0].union(*found[1:])), False

    def lookups_for(self, term: str) -> Sequence[str]:
        """The look-ups that such a term may be meant for."""
        return list(self.search_fields)

    def _by(self, lookup: str, term: str) -> QuerySet:
        rows: QuerySet = self.model._base_manager.filter(**{lookup: term}).order_by().values("pk")
        return rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, named after what it holds; with a filter's value that PostgreSQL refuses (NUL), all."""
        if "%00" in request.META["QUERY_STRING"] or "\0" in request.META["QUERY_STRING"]:
            return redirect(request.path)
        title = str(capfirst(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


class ReadOnlyAdmin(ListAdmin):
    """A list to search and pages to read; nothing can be changed or deleted either."""

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
