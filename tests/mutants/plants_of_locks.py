"""Locks taken out one by one, each with the test that must notice."""

from tests.mutants.plant import Plant, plants

LOCK_KEY = "key = lock_key(key)"
REFUSE_USED_FORM = "refuse_used_form(user.api_keys.with_public_id(), form_id)"
UNLOCKED_KEY = "key = APIKey.objects.with_public_id().select_related('user').get(pk=key.pk)"

LOCKS: list[Plant] = [
    *plants(
        "apikeys/services/change.py",
        "tests/apikeys/test_locks.py",
        (
            f"{LOCK_KEY}\n    refuse_ended(key)\n    changed",
            f"{UNLOCKED_KEY}\n    refuse_ended(key)\n    changed",
            "test_of_two_changes_of_different_things_both_stay",
        ),
    ),
    *plants(
        "apikeys/services/create.py",
        "tests/apikeys/test_locks.py",
        (
            "lock_keys_of(user)\n    refuse_used_form",
            "refuse_used_form",
            "test_the_51st_key_waits_for_the_50th_and_is_refused",
        ),
        (
            f"lock_keys_of(user)\n    {REFUSE_USED_FORM}",
            f"{REFUSE_USED_FORM}\n    lock_keys_of(user)",
            "test_a_form_that_is_just_making_a_key_makes_no_second",
        ),
    ),
    *plants(
        "apikeys/services/change.py",
        "tests/apikeys/test_stale_rows.py",
        (
            "(new := checked_name(name)) != key.name",
            "(new := checked_name(name)) != seen.name",
            "test_a_name_is_compared_with_the_one_the_key_has_now",
        ),
        (
            "widens(key, choice)",
            "widens(seen, choice)",
            "test_whether_a_key_is_widened_is_judged_by_what_it_may_now",
        ),
        (
            "expires_at > key.expires_at",
            "expires_at > seen.expires_at",
            "test_whether_a_key_is_extended_is_judged_by_when_it_ends_now",
        ),
        also=(LOCK_KEY, f"seen = key\n    {LOCK_KEY}"),
    ),
    *plants(
        "apikeys/services/end.py",
        "tests/apikeys/test_locks.py",
        (
            f"{LOCK_KEY}\n    refuse_ended",
            f"{UNLOCKED_KEY}\n    refuse_ended",
            "test_a_key_that_is_being_deleted_cannot_be_deleted_again",
        ),
        (
            f"lock_keys_of(key.user)\n    {LOCK_KEY}",
            f"lock_keys_of(key.user)\n    {UNLOCKED_KEY}",
            "test_a_key_that_is_being_revoked_cannot_be_restored",
        ),
        (
            f"lock_keys_of(key.user)\n    {LOCK_KEY}",
            LOCK_KEY,
            "test_a_key_is_not_restored_beside_the_50th",
        ),
        (
            f'{LOCK_KEY}\n    if key.revoked_at:\n        raise KeyEnded("This key was revoked already',
            f'{UNLOCKED_KEY}\n    if key.revoked_at:\n        raise KeyEnded("This key was revoked already',
            "test_a_key_is_revoked_once_for_the_first_reason",
        ),
    ),
    *plants(
        "accounts/services.py",
        "tests/api/oauth/test_locks.py",
        (
            "rows = User.objects.select_for_update(no_key=True)",
            "rows = User.objects.all()",
            "test_a_consent_that_meets_a_change_of_the_password_gets_no_code",
        ),
        (
            "list(User.objects.select_for_update(no_key=True).filter(pk=user.pk)",
            "list(User.objects.filter(pk=user.pk)",
            "test_the_end_of_all_tokens_is_later_than_a_consent_under_way",
        ),
    ),
    *plants(
        "api/authentication.py",
        "tests/api/account/test_locks.py",
        (
            "with suppress(KeyEnded):",
            "if True:",
            "test_a_key_that_is_just_being_deleted_ends_itself_all_the_same",
        ),
    ),
    *plants(
        "api/oauth/pages/authorize.py",
        "tests/api/oauth/test_locks.py",
        (
            "if not lock_unchanged(user):",
            "if not user.is_active:",
            "test_a_consent_that_meets_a_change_of_the_password_gets_no_code",
        ),
    ),
    *plants(
        "api/oauth/services/grants.py",
        "tests/api/oauth/test_locks.py",
        (
            "Application.objects.select_for_update(no_key=True).only",
            "Application.objects.only",
            "test_two_first_consents_make_one_grant_with_the_scopes_of_both",
        ),
        (
            "grant = token_families.lock_grant(user=user, application=application)",
            "grant = find_grant(user, application)",
            "test_two_consents_that_widen_one_grant_both_stay",
        ),
        (
            "grant = token_families.lock_grant(user=user, application=application)",
            "grant = find_grant(user, application)",
            "test_nobody_who_was_not_asked_gets_what_is_being_revoked",
        ),
        (
            "token_families.lock_grant(pk=grant.pk)",
            "pass",
            "test_nothing_that_a_refresh_under_way_makes_outlives_the_end_of_the_grant",
        ),
    ),
    *plants(
        "api/oauth/services/token_families.py",
        "tests/api/oauth/test_locks.py",
        (
            'return Grant.objects.select_for_update(of=("self",))',
            "return Grant.objects",
            "test_a_refresh_token_that_is_being_spent_is_spent_for_the_next",
        ),
        (
            "lock_grant(pk=row.grant_id)",
            "pass",
            "test_a_revoked_refresh_token_takes_what_a_refresh_under_way_makes",
        ),
        (
            "lock_grant(pk=row.grant_id)",
            "pass",
            "test_the_end_of_an_access_token_takes_its_turn_with_a_refresh",
        ),
    ),
    *plants(
        "api/oauth/protocol/validator.py",
        "tests/api/oauth/test_locks.py",
        (
            "token_families.lock_grant(application=client, codes__code=digest)",
            "client.grants.select_related('user').filter(codes__code=digest).first()",
            "test_a_code_that_is_being_exchanged_is_a_replay_for_the_next",
        ),
        (
            "token_families.lock_grant_of_refresh_token(client, digest)",
            "client.grants.select_related('user').filter(refresh_tokens__token_checksum=digest).first()",
            "test_a_refresh_token_that_is_being_spent_is_spent_for_the_next",
        ),
    ),
    *plants(
        "api/oauth/services/applications.py",
        "tests/api/oauth/test_locks.py",
        (
            "User.objects.select_for_update().only",
            "User.objects.only",
            "test_the_26th_app_waits_for_the_25th_and_is_refused",
        ),
        (
            "if not rows.select_for_update(no_key=True):",
            "if not rows:",
            "test_an_app_that_is_being_deleted_is_deleted_once",
        ),
        (
            "Grant.objects.select_for_update().filter",
            "Grant.objects.filter",
            "test_the_end_of_an_app_takes_its_turn_with_a_refresh",
        ),
        (
            "list(rows.select_for_update())",
            "pass",
            "test_the_end_of_an_app_takes_what_is_being_written_about_it",
        ),
    ),
    *plants(
        "api/oauth/services/app_rows.py",
        "tests/api/oauth/test_locks.py",
        (
            'Application.objects.select_for_update(of=("self",)).select_related',
            "Application.objects.select_related",
            "test_a_change_of_an_app_that_is_being_disabled_leaves_it_disabled",
        ),
        (
            'Application.objects.select_for_update(of=("self",)).select_related',
            "Application.objects.select_related",
            "test_a_third_secret_waits_for_the_second_and_is_refused",
        ),
    ),
    *plants(
        "api/projects/services/files.py",
        "tests/api/projects/test_locks.py",
        (
            "locked = lock_project(project)\n        file =",
            "locked = Project.objects.get(pk=project.pk)\n        file =",
            "test_a_project_that_is_filled_just_now_takes_no_more",
        ),
        (
            "locked = lock_project(project)\n    file =",
            "locked = Project.objects.get(pk=project.pk)\n    file =",
            "test_a_deletion_counts_what_is_being_written",
        ),
    ),
    *plants(
        "api/projects/services/deployments.py",
        "tests/api/projects/test_locks.py",
        (
            "locked = lock_project(project)\n    if",
            "locked = Project.objects.get(pk=project.pk)\n    if",
            "test_a_deployment_has_what_is_being_written",
        ),
        (
            "locked = lock_project(project)\n    deployment",
            "locked = Project.objects.get(pk=project.pk)\n    deployment",
            "test_a_deployment_that_is_being_deleted_frees_what_a_file_still_needs_no_more",
        ),
    ),
    *plants(
        "api/projects/services/projects.py",
        "tests/api/projects/test_locks.py",
        (
            "locked = lock_project(project)\n    stored_objects",
            "locked = Project.objects.get(pk=project.pk)\n    stored_objects",
            "test_a_project_goes_with_what_is_being_written",
        ),
        (  # either lock alone would do for this
            (
                "User.objects.select_for_update(no_key=True).filter(pk=project.owner_id).first()\n"
                "    locked = Project.objects.select_for_update(no_key=True).filter"
            ),
            "User.objects.filter(pk=project.owner_id).first()\n    locked = Project.objects.filter",
            "test_a_project_that_is_filled_just_now_takes_no_more",
        ),
    ),
    *plants(
        "api/quota/memory.py",
        "tests/api/quota/test_memory.py",
        (
            "with self._lock:\n            found =",
            "if True:\n            found =",
            "test_a_call_waits_while_another_is_being_decided",
        ),
    ),
]
