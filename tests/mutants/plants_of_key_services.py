"""Rules of keys that are judged in a transaction, broken one by one: mutmut skips decorated functions."""

from tests.mutants.plant import Plant, plants

KEY_SERVICES: list[Plant] = [
    *plants(
        "apikeys/services/create.py",
        "tests/apikeys/test_services.py",
        (
            "if not has_room(user):",
            "if False:",
            "test_the_51st_live_key_is_refused_and_ended_keys_do_not_count",
        ),
        ("refuse_past(expires_at)\n", "pass\n", "test_an_expiry_in_the_past_is_refused"),
        (
            "refuse_used_form(user.api_keys.with_public_id(), form_id)",
            "pass",
            "test_one_form_makes_one_key_also_after_that_key_has_ended",
        ),
    ),
    *plants(
        "apikeys/services/create.py",
        "tests/apikeys/test_expiry.py",
        (
            "passed_notice(expires_at, timezone.now())",
            "None",
            "test_a_notice_longer_than_the_life_is_skipped",
        ),
    ),
    *plants(
        "apikeys/services/create.py",
        "tests/apikeys/test_mails.py",
        ("mails.send_created(key, client)", "pass", "test_a_new_key_is_mailed"),
    ),
    *plants(
        "apikeys/services/change.py",
        "tests/api/account/test_api_keys_change.py",
        *(
            (old, new, "test_only_widening_or_extending_a_key_takes_a_session_that_signed_in_lately")
            for old, new in (
                ("if is_widened and not may_widen:", "if False:"),
                ("expires_at is None or expires_at >", "expires_at is not None and expires_at >"),
                ("expires_at is None or expires_at > key.expires_at", "expires_at is None"),
            )
        ),
    ),
    *plants(
        "apikeys/services/change.py",
        "tests/apikeys/test_services.py",
        (
            "key = lock_key(key)\n    refuse_ended(key)",
            "key = lock_key(key)",
            "test_a_revoked_key_cannot_be_restored_changed_deleted_or_revoked_again",
        ),
        (
            "refuse_past(expires_at)\n        if (",
            "if (",
            "test_an_expiry_in_the_past_is_refused",
        ),
        (
            "security_log.record(",
            "(lambda *args, **details: None)(",
            "test_everything_that_happens_to_a_key_is_in_its_owners_activity",
        ),
    ),
    *plants(
        "apikeys/services/change.py",
        "tests/apikeys/test_mails.py",
        (
            "        if is_widened:\n            mails",
            "        if False:\n            mails",
            "test_a_widened_key_is_mailed_and_a_narrowed_or_renamed_one_is_not",
        ),
        (
            "        if is_widened:\n            mails",
            "        if True:\n            mails",
            "test_a_widened_key_is_mailed_and_a_narrowed_or_renamed_one_is_not",
        ),
    ),
    *plants(
        "apikeys/services/change.py",
        "tests/apikeys/test_expiry.py",
        (
            "key.expires_at, key.expiry_notice_days = expires_at, passed_notice(expires_at, timezone.now())",
            "key.expires_at = expires_at",
            "test_an_extended_key_is_told_of_anew",
        ),
    ),
    *plants(
        "apikeys/services/end.py",
        "tests/apikeys/test_services.py",
        (
            "key.deleted_at + RESTORABLE_FOR <= timezone.now()",
            "key.deleted_at + RESTORABLE_FOR < timezone.now()",
            "test_a_deletion_can_be_undone_for_seven_days_and_not_a_moment_longer",
        ),
        (
            'if key.revoked_at:\n        raise KeyEnded("This key was revoked. That',
            'if False:\n        raise KeyEnded("This key was revoked. That',
            "test_a_deleted_key_can_be_revoked_which_ends_its_undo",
        ),
        (
            "if key.deleted_at is None:\n        return key",
            "if False:\n        return key",
            "test_restoring_a_live_key_changes_and_logs_nothing",
        ),
        (
            "raise ValidationError(NAME_TAKEN_SINCE) from None",
            "raise",
            "test_a_key_is_not_restored_over_another_with_its_name",
        ),
        (
            'if key.revoked_at:\n        raise KeyEnded("This key was revoked already.")',
            "if False:\n        pass",
            "test_a_revoked_key_cannot_be_restored_changed_deleted_or_revoked_again",
        ),
        (
            "key.revoked_at, key.revoked_reason = timezone.now(), reason",
            "key.revoked_at = timezone.now()",
            "test_the_keys_of_an_app_end_but_those_that_staff_revoked_before",
        ),
    ),
    *plants(
        "apikeys/services/disable.py",
        "tests/apikeys/test_disabling.py",
        (
            "not 1 <= seconds <= LONGEST_SECONDS",
            "not 0 <= seconds <= LONGEST_SECONDS",
            "test_a_time_out_of_bounds_is_refused",
        ),
        (
            "seconds <= LONGEST_SECONDS:",
            "seconds <= LONGEST_SECONDS + 1:",
            "test_a_time_out_of_bounds_is_refused",
        ),
        (
            "key.disabled_at = key.disabled_since_at(now) or now",
            "key.disabled_at = now",
            "test_disabled_until_it_is_enabled_takes_the_place_of_a_time",
        ),
        (
            "if key.disabled_since is None:\n        return key",
            "if False:\n        return key",
            "test_enabling_a_key_twice_is_noted_once",
        ),
        (
            "if key.disabled_for == DisabledBy.STAFF and by != DisabledBy.STAFF:",
            "if False:",
            "test_what_staff_disabled_only_staff_enable_and_the_owner_reads_why",
        ),
        (
            "key.enabled_at = timezone.now()\n",
            "pass\n",
            "test_a_time_does_not_bring_back_what_a_reactivation_disabled",
        ),
    ),
    *plants(
        "apikeys/services/disable.py",
        "tests/apikeys/test_mails.py",
        *(
            (
                "if by == DisabledBy.STAFF:",
                new,
                "test_staffs_disabling_is_mailed_with_the_reason_and_the_owners_own_is_not",
            )
            for new in ("if True:", "if False:")
        ),
    ),
    *plants(
        "apikeys/services/rotate.py",
        "tests/apikeys/test_rotation.py",
        (
            "if _rotation(key):\n        raise",
            "if False:\n        raise",
            "test_a_key_that_is_rotating_cannot_be_rotated_until_that_ends",
        ),
        (
            "if rotation.new_used_at:",
            "if False:",
            "test_a_rotation_whose_new_secret_is_in_use_cannot_be_cancelled",
        ),
        ("rotation.new.delete()", "pass", "test_cancelling_ends_the_new_secret_for_good"),
        (
            'rotation.old.save(update_fields=["retires_at"])',
            "pass",
            "test_finishing_ends_the_old_secret_whether_the_new_one_was_used_or_not",
        ),
    ),
    *plants(
        "apikeys/services/rotate.py",
        "tests/apikeys/test_mails.py",
        ("mails.send_rotated(key, client, grace)", "pass", "test_a_rotation_is_mailed_with_its_grace"),
    ),
    *plants(
        "apikeys/services/expiry.py",
        "tests/apikeys/test_expiry.py",
        (
            "key.expiry_notice_days <= notice",
            "False",
            "test_each_notice_comes_once_however_often_it_runs",
        ),
        (
            "if told and user.mails_about_expiry:",
            "if told:",
            "test_who_switched_them_off_gets_none_and_hears_no_old_ones_later",
        ),
        (
            "APIKey.objects.filter(pk=key.pk).update(expiry_notice_days=notice)",
            "pass",
            "test_each_notice_comes_once_however_often_it_runs",
        ),
        (
            "security_log.record(user, Event.KEY_EXPIRED, credential=key.uid, name=key.name)",
            "pass",
            "test_each_notice_comes_once_however_often_it_runs",
        ),
        (
            ".live().filter(user=user, expires_at__gt=now - LATE)",
            ".live().filter(expires_at__gt=now - LATE)",
            "test_one_person_gets_one_mail_for_all_keys_that_are_due",
        ),
    ),
]
