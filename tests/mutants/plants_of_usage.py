"""What the counting of uses of keys rests on, broken one by one."""

from tests.mutants.plant import Plant, plants

USAGE: list[Plant] = [
    *plants(
        "apikeys/lookup.py",
        "tests/apikeys/test_locks.py",
        (
            "if first_used_at is None and not usage.record_first_use(secret_id, call.client):",
            "if first_used_at is None and usage.record_first_use(secret_id, call.client) is None:",
            "test_the_first_use_of_a_secret_that_is_being_cancelled_is_refused",
        ),
    ),
    *plants(
        "apikeys/usage/write.py",
        "tests/apikeys/test_locks.py",
        (
            "APIKey.objects.select_for_update(no_key=True)",
            "APIKey.objects",
            "test_two_processes_keep_to_fifty_of_those_not_let_in_a_day_together",
        ),
    ),
    *plants(
        "accounts/utils/many_rows.py",
        "tests/apikeys/test_usage.py",
        (
            "(last_used_at IS NULL OR last_used_at NOT BETWEEN %s AND %s)",
            "(last_used_at IS NULL OR last_used_at < %s AND last_used_at < %s)",
            "test_a_last_use_from_a_clock_that_was_wrong_gives_way",
        ),
        (
            "OR last_used_at NOT BETWEEN %s AND %s)",
            "OR last_used_at <> %s OR last_used_at <> %s)",
            "test_a_flush_never_moves_the_last_use_back",
        ),
    ),
    *plants(
        "apikeys/usage/write.py",
        "tests/apikeys/test_usage.py",
        (
            "if each.key_id in known:",
            "if True:",
            "test_uses_of_a_key_that_went_meanwhile_are_dropped_and_the_others_are_written",
        ),
        (
            '"requests = {table}.requests + excluded.requests", sums',
            '"requests = excluded.requests", sums',
            "test_a_later_flush_adds_to_what_is_written_and_an_empty_one_does_nothing",
        ),
    ),
    *plants(
        "apikeys/usage/batch.py",
        "tests/apikeys/test_usage.py",
        (
            "            self._places.clear()\n        alike",
            "        alike",
            "test_uses_wait_in_memory_and_a_flush_writes_the_last_one_and_counts_them",
        ),
    ),
    *plants(
        "apikeys/usage/write.py",
        "tests/apikeys/test_usage_bounds.py",
        (
            "if sizes[key.bounded_by] >= CALLERS_A_DAY:",
            "if False:",
            "test_of_60_callers_a_day_50_are_told_apart_and_the_rest_summed_up",
        ),
    ),
    *plants(
        "apikeys/usage/batch.py",
        "tests/apikeys/test_usage_bounds.py",
        (
            "key if key in rows or self._has_room(key) else rest_of(key)",
            "key",
            "test_memory_is_bounded_while_the_database_is_away",
        ),
        (
            "            self._places.clear()\n        self._places[alike]",
            "            pass\n        self._places[alike]",
            "test_memory_is_bounded_while_the_database_is_away",
        ),
        (
            "return self.key_id, self.day, self.reason",
            "return self.key_id, self.day",
            "test_no_stranger_crowds_out_who_holds_the_secret",
        ),
        (
            ".extend(uses)",
            ".extendleft(uses)",
            "test_what_came_during_a_failed_write_stands_after_it",
        ),
    ),
    *plants(
        "api/base.py",
        "tests/api/account/test_api_keys_usage.py",
        (
            "self.note_answer(response.status_code)",
            "pass",
            "test_the_counts_equal_the_requests_made",
        ),
        (
            "self.note_answer(status.HTTP_500_INTERNAL_SERVER_ERROR)",
            "pass",
            "test_over_the_limit_is_counted_so_and_a_crash_as_failed",
        ),
    ),
    *plants(
        "api/authentication.py",
        "tests/api/account/test_api_keys_usage.py",
        (
            "request.method if request.method in SCOPE_OF_METHOD else OTHER_METHOD",
            "request.method or OTHER_METHOD",
            "test_the_counts_equal_the_requests_made",
        ),
        (
            "pattern_of(match.route) if match",
            "request.path if match",
            "test_a_request_names_its_id_its_caller_and_the_route_but_no_path",
        ),
    ),
    *plants(
        "apikeys/lookup.py",
        "tests/api/account/test_api_keys_usage.py",
        (
            "partial(usage.record_use, key.pk, token.public_id, call, is_accepted=False)",
            "None",
            "test_the_counts_equal_the_requests_made",
        ),
        (
            "usage.record_try(key.pk, TryReason.WRONG_SECRET, call.client)",
            "pass",
            "test_a_wrong_secret_is_only_a_try_and_a_true_one_is_counted",
        ),
    ),
    *plants(
        "api/account/key_usage.py",
        "tests/api/account/test_api_keys_usage.py",
        ("if start > end:", "if False:", "test_a_bad_span_is_400_with_every_reason"),
        *(
            (old, new, "test_callers_and_endpoints_are_those_of_the_span")
            for old, new in (
                ("reports.callers(key, start, until=end)", "reports.callers(key, start)"),
                ("reports.callers(key, start, until=end)", "reports.callers(key, EARLIEST, until=end)"),
                (
                    "reports.endpoints(key, period, start, end)",
                    "reports.endpoints(key, UsagePeriod.DAY, start, end)",
                ),
            )
        ),
        (
            "if reports.number_of_buckets(period, start, end) > MOST_BUCKETS:",
            "if (end - start) // reports.STEPS[period] + 1 > MOST_BUCKETS:",
            "test_a_bad_span_is_400_with_every_reason",
        ),
    ),
    *plants(
        "apikeys/migrations/0004_usage_by_day.py",
        "tests/apikeys/test_migrations.py",
        (
            "migrations.RunPython(add_days, remove_days)",
            "migrations.RunPython(migrations.RunPython.noop, remove_days)",
            "test_keys_secrets_and_counters_survive_and_days_are_added_up",
        ),
        (
            "migrations.RunPython(add_days, remove_days)",
            "migrations.RunPython(add_days, migrations.RunPython.noop)",
            "test_the_way_back_leaves_the_counts_by_hour_alone",
        ),
    ),
    *plants(
        "apikeys/usage/single_requests.py",
        "tests/apikeys/test_usage_bounds.py",
        *(
            (old, new, "test_requests_of_many_writes_are_kept_while_fewer_than_a_hundred_are_newer")
            for old, new in (
                ("newer__gte=REQUESTS_KEPT", "newer__gte=10**6"),
                ("newer__gte=REQUESTS_KEPT", "newer__gt=30"),
                (' - F("count")', ""),
                ("in reversed(orjson.loads(requests))", "in orjson.loads(requests)"),
                ("reverse=True)[:most]", "reverse=True)"),
            )
        ),
        *(
            (old, new, "test_requests_of_many_writes_are_kept_while_fewer_than_a_hundred_are_newer")
            for old, new in (
                ('partition_by="key", ', ""),
                ("key__in=replaced", "key__in=[]"),
            )
        ),
        *(
            (old, new, "test_requests_that_the_release_before_wrote_are_read_along")
            for old, new in (
                ("_of_release_before(key)[:most]", "()"),
                ("key=lambda request: request.at, reverse=True", "key=lambda request: 0"),
                ("count + _of_release_before(key).count()", "count"),
            )
        ),
    ),
    *plants(
        "apikeys/usage/retention.py",
        "tests/apikeys/test_usage.py",
        *(
            (
                old,
                "",
                "test_hours_and_callers_go_after_90_days_days_after_two_years_and_requests_after_seven",
            )
            for old in (
                "        APIKeyUsage.objects.filter(period=UsagePeriod.HOUR, at__lt=now - HOURS_KEPT),\n",
                "        APIKeyUsage.objects.filter(period=UsagePeriod.DAY, at__lt=now - DAYS_KEPT),\n",
                "        APIKeyCaller.objects.filter(day__lt=(now - HOURS_KEPT).date()),\n",
                "        APIKeyTry.objects.filter(day__lt=(now - HOURS_KEPT).date()),\n",
                "        APIKeyRequestBatch.objects.filter(at__lt=now - REQUESTS_KEPT),\n",
            )
        ),
    ),
]
