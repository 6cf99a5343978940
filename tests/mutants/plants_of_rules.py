"""Rules broken one by one that mutmut does not reach (it leaves decorated methods alone)."""

from tests.mutants.plant import Plant, plants

INDENT = " " * 8
COUNT = "self._count(owner_of(user), windows_of(user, extra))\n"
CHECK = "credential.check_request(request._request)\n"
IN_ORDER = f"{COUNT}{INDENT}{CHECK}"

RULES: list[Plant] = [
    *plants(
        "accounts/web/form_drafts.py",
        "tests/apikeys/test_views_create.py",
        (
            'draft["values"] if is_theirs else {}',
            'draft["values"]',
            "test_who_signs_in_next_is_shown_no_form_of_somebody_else",
        ),
    ),
    *plants(
        "api/account/api_keys.py",
        "tests/api/account/test_api_keys.py",
        (
            "APIKey.objects.filter(user=caller(request)).listed",
            "APIKey.objects.listed",
            "test_a_list_has_the_callers_keys_that_are_live_or_in_the_asked_state",
        ),
        (
            "refuse_parameters(request)\n        return success(responses.api_key_row(key))",
            "return success(responses.api_key_row(key))",
            "test_one_key_takes_no_parameters",
        ),
    ),
    *plants(
        "api/account/key_access.py",
        "tests/api/account/test_api_keys.py",
        (
            "if key.user_id != caller(request).pk:",
            "if False:",
            "test_another_persons_key_is_403_by_each_of_its_names_and_nothing_happens",
        ),
        (
            "key is None or len(key_id) > 60",
            "key is None",
            "test_another_name_is_404_and_a_whole_key_is_none",
        ),
        (
            "keys.filter(Q(pk__in=listed))",
            "keys",
            "test_an_ended_key_is_shown_for_seven_days_and_then_there_is_none",
        ),
    ),
    *plants(
        "api/account/api_keys.py",
        "tests/api/account/test_api_keys_create.py",
        (
            "if not is_recent(request):\n            raise SignInAgain\n        key, raw_key",
            "key, raw_key",
            "test_a_session_that_signed_in_long_ago_makes_no_key",
        ),
        (
            'success({**responses.api_key_row(key), "key": raw_key}, status=201, headers=location)',
            'success({**responses.api_key_row(key), "key": raw_key}, status=201)',
            "test_a_new_key_is_shown_with_its_secret_and_says_where_it_is",
        ),
        (
            "client=client_of(request._request),\n        )\n        location",
            ")\n        location",
            "test_a_new_key_is_in_the_security_log_without_its_secret",
        ),
    ),
    *plants(
        "api/account/api_keys.py",
        "tests/api/account/test_api_keys_of_apps.py",
        (
            'made_by=credential_of(request).grant_id or ""',
            'made_by=""',
            "test_a_key_is_marked_with_the_consent_behind_the_app_that_made_it",
        ),
    ),
    *plants(
        "api/account/api_keys.py",
        "tests/api/account/test_api_keys_change.py",
        (
            "may_widen=is_recent(request)",
            "may_widen=True",
            "test_only_widening_or_extending_a_key_takes_a_session_that_signed_in_lately",
        ),
        (
            "may_widen=is_recent(request), client=client_of(request._request)",
            "may_widen=is_recent(request)",
            "test_what_changed_is_in_the_security_log_once_and_nothing_is_when_nothing_did",
        ),
    ),
    *plants(
        "api/account/api_keys.py",
        "tests/api/account/test_api_keys_delete.py",
        (
            'raise NotFound("This key has ended already") from None',
            "pass",
            "test_a_second_delete_is_404_and_moves_nothing",
        ),
        (
            "services.delete_key(key, client_of(request._request))",
            "services.delete_key(key)",
            "test_the_end_of_a_key_is_in_the_security_log_once",
        ),
    ),
    *plants(
        "api/account/activity.py",
        "tests/api/account/test_activity.py",
        (
            "user=caller(request), **listing.filters",
            "**listing.filters",
            "test_it_is_the_callers_own_log_newest_first",
        ),
        ("**listing.filters", "**{}", "test_there_is_a_filter_for_every_event"),
    ),
    *plants(
        "api/account/activity.py",
        "tests/api/account/test_access.py",
        ("scope = Scope.ADMIN", "scope = Scope.READ", "test_without_admin_it_is_403_and_nothing_happens"),
    ),
    *plants(
        "api/account/connected_apps.py",
        "tests/api/account/test_connected_apps.py",
        (
            'Grant.objects.filter(user=caller(request)).select_related("application")\n        rows',
            'Grant.objects.select_related("application")\n        rows',
            "test_each_person_sees_their_own_and_what_they_themselves_allowed",
        ),
        (
            'Grant.objects.filter(user=caller(request)).select_related("application", "user")',
            'Grant.objects.select_related("application", "user")',
            "test_only_the_callers_own_consent_ends",
        ),
        (
            "revoke_grant(grant, client_of(request._request))",
            "revoke_grant(grant)",
            "test_disconnecting_ends_every_code_and_token_of_the_app_at_once",
        ),
    ),
    *plants(
        "api/oauth/services/grants.py",
        "tests/api/account/test_api_keys_of_apps.py",
        (
            "revoke_keys_made_by(grant.uid)",
            "pass",
            "test_keys_end_with_the_consent_of_the_app_that_made_them_and_no_others_do",
        ),
    ),
    *plants(
        "api/oauth/services/applications.py",
        "tests/api/account/test_api_keys_of_apps.py",
        (
            "revoke_keys_made_by(grant_id)",
            "pass",
            "test_keys_end_with_the_consent_of_the_app_that_made_them_and_no_others_do",
        ),
    ),
    *plants(
        "accounts/utils/compiled_query.py",
        "tests/apikeys/test_compiled.py",
        (
            "if connection.in_atomic_block:",
            "if True:",
            "test_a_lost_connection_is_opened_again",
        ),
        (
            "if connection.in_atomic_block:",
            "if False:",
            "test_in_a_transaction_there_is_no_second_try_since_its_first_half_is_lost",
        ),
        (
            "connection.close()\n",
            "pass\n",
            "test_a_call_after_the_database_closed_the_connection_is_answered",
        ),
    ),
    *plants(
        "accounts/utils/buffered_writes.py",
        "tests/accounts/test_buffered_writes.py",
        (
            "batch.merge(self._pending)",
            "pass",
            "test_what_came_before_and_during_a_failed_write_adds_up",
        ),
        (
            "self._put_back(batch)",
            "pass",
            "test_a_database_that_stays_away_loses_and_doubles_nothing",
        ),
        (
            "except IntegrityError:",
            "except ZeroDivisionError:",
            "test_a_row_that_went_meanwhile_is_tried_once_more_at_once",
        ),
    ),
    *plants(
        "api/quota/memory.py",
        "tests/api/quota/test_memory.py",
        (
            "if len(self._open) > self._sweep_at:",
            "if False:",
            "test_closed_windows_are_thrown_out_and_open_ones_are_kept",
        ),
        ("if value[1] > now}", "if False}", "test_closed_windows_are_thrown_out_and_open_ones_are_kept"),
        (
            "max(10_000, 2 * len(self._open))",
            "10_000",
            "test_many_open_windows_are_all_kept_and_not_looked_through_at_each_call",
        ),
    ),
    *plants(
        "api/projects/preview.py",
        "tests/api/projects/test_preview_not_found.py",
        (
            "if status == 200 and Preconditions",
            "if Preconditions",
            "test_who_has_it_already_is_told_404_again_and_not_that_nothing_changed",
        ),
    ),
    *plants(
        "api/base.py",
        "tests/api/account/test_api_keys_create.py",
        (
            "refuse_parameters(request)\n        body.is_valid",
            "body.is_valid",
            "test_a_bad_body_is_400_with_every_reason_and_makes_nothing",
        ),
    ),
    *plants(
        "api/base.py",
        "tests/api/quota/test_refusals.py",
        (
            IN_ORDER,
            f"{CHECK}{INDENT}{COUNT}",
            "test_a_call_that_is_refused_for_its_csrf_token_counts",
        ),
        (
            IN_ORDER,
            f"self.check_permissions(request)\n{INDENT}{IN_ORDER}",
            "test_a_refused_call_counts",
        ),
    ),
]
