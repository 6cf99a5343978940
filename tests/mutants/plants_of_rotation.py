"""What rotation and disabling of keys rest on, broken one by one."""

from tests.mutants.plant import Plant, plants

LOCK_KEY = "key = lock_key(key)"
UNLOCKED_KEY = "key = APIKey.objects.with_public_id().select_related('user').get(pk=key.pk)"

ROTATION: list[Plant] = [
    *plants(
        "apikeys/services/rotate.py",
        "tests/apikeys/test_locks.py",
        (
            f"lock_keys_of(key.user)\n    {LOCK_KEY}\n    refuse_used_form",
            f"{UNLOCKED_KEY}\n    refuse_used_form",
            "test_a_key_that_is_being_rotated_is_not_rotated_again",
        ),
        (
            f"lock_keys_of(key.user)\n    {LOCK_KEY}\n    refuse_used_form(key.secrets.all(), form_id)",
            f"refuse_used_form(key.secrets.all(), form_id)\n    {LOCK_KEY}",
            "test_a_form_that_is_just_rotating_rotates_no_second_time",
        ),
        (
            f"{LOCK_KEY}\n    refuse_ended(key)\n    rotation =",
            f"{UNLOCKED_KEY}\n    refuse_ended(key)\n    rotation =",
            "test_of_two_ends_of_a_rotation_the_first_counts",
        ),
        (
            "lock_keys_of(key.user)\n    key, rotation = _lock_rotating(key)\n    if rotation.new_used_at:",
            "key, rotation = _lock_rotating(key)\n    if False:",
            "test_a_rotation_whose_new_secret_is_just_being_used_is_not_cancelled",
        ),
    ),
    *plants(
        "apikeys/usage/record.py",
        "tests/apikeys/test_locks.py",
        (
            'APIKey.objects.select_for_update(of=("self",), no_key=True)',
            "APIKey.objects",
            "test_the_first_use_of_a_secret_that_is_being_cancelled_is_refused",
        ),
        (
            "if secret.first_used_at is None:",
            "if True:",
            "test_of_two_first_uses_the_first_begins_the_grace",
        ),
        (
            "pk__lt=secret.pk, retires_at=None)",
            "pk__lt=secret.pk)",
            "test_a_first_use_that_meets_the_end_of_the_rotation_gives_the_old_secret_no_grace",
        ),
    ),
    *plants(
        "apikeys/services/disable.py",
        "tests/apikeys/test_locks.py",
        (
            f"{LOCK_KEY}\n    refuse_ended(key)\n    now",
            f"{UNLOCKED_KEY}\n    refuse_ended(key)\n    now",
            "test_a_time_that_meets_a_disabling_under_way_does_not_shorten_it",
        ),
        (
            f"lock_keys_of(key.user)\n    {LOCK_KEY}",
            UNLOCKED_KEY,
            "test_the_owner_does_not_enable_what_staff_are_just_disabling",
        ),
    ),
    *plants(
        "apikeys/rotation.py",
        "tests/apikeys/test_rotation.py",
        (
            "min(now, new.created_at)",
            "now",
            "test_no_clock_that_goes_back_brings_a_replaced_secret_back",
        ),
        (
            "min(now, new.created_at)",
            "new.created_at",
            "test_a_rotation_of_a_clock_that_went_back_ends_all_the_same",
        ),
        (
            "now + timedelta(seconds=grace) if grace",
            "new.created_at + timedelta(seconds=grace) if grace",
            "test_the_grace_counts_from_the_first_use_of_the_new_secret",
        ),
    ),
    *plants(
        "apikeys/lookup.py",
        "tests/apikeys/test_rotation.py",
        (
            "retires_at is not None and retires_at <= now",
            "False",
            "test_with_no_grace_the_old_secret_ends_at_the_first_use_of_the_new_one",
        ),
        (
            "_earlier(retires_at, key.expires_at)",
            "key.expires_at",
            "test_what_is_shown_ends_with_the_secret_or_with_the_key_whichever_is_earlier",
        ),
    ),
    *plants(
        "apikeys/services/rotate.py",
        "tests/apikeys/test_rotation.py",
        ("if grace not in GRACES:", "if False:", "test_a_grace_that_is_not_in_the_list_is_refused"),
        ("_refuse_inactive(key)\n    if", "if", "test_a_key_that_does_not_work_is_not_rotated"),
        (
            "if not may_rotate:",
            "if False:",
            "test_rotating_and_cancelling_take_a_recent_sign_in_and_finishing_does_not",
        ),
        (
            "if not may_cancel:",
            "if False:",
            "test_rotating_and_cancelling_take_a_recent_sign_in_and_finishing_does_not",
        ),
        (
            "refuse_used_form(key.secrets.all(), form_id)",
            "pass",
            "test_one_form_rotates_once",
        ),
    ),
    *plants(
        "apikeys/services/disable.py",
        "tests/apikeys/test_disabling.py",
        (
            "if is_disabled and seconds is not None:",
            "if False:",
            "test_a_time_for_a_key_that_is_disabled_already_is_refused",
        ),
        (
            "if is_staffs and by != DisabledBy.STAFF:",
            "if False:",
            "test_what_staff_disabled_only_staff_enable_and_the_owner_reads_why",
        ),
        (
            "if not may_enable:",
            "if False:",
            "test_enabling_takes_a_recent_sign_in_and_only_where_there_is_something_to_enable",
        ),
    ),
    *plants(
        "apikeys/models/keys.py",
        "tests/apikeys/test_disabling.py",
        (
            " and not self._disabled_with_account_since",
            "",
            "test_a_time_does_not_bring_back_what_a_reactivation_disabled",
        ),
        (
            "disabled_until=None) | Q(disabled_until__gt=now)",
            "disabled_until=None)",
            "test_the_state_of_a_row_and_of_a_query_are_judged_alike",
        ),
        (
            "self.disabled_until > now",
            "self.disabled_until >= now",
            "test_a_key_that_is_disabled_for_a_time_comes_back_at_that_very_moment",
        ),
    ),
    *plants(
        "api/base.py",
        "tests/api/test_key_ends.py",
        (
            "self.ends_at - timezone.now() <= TOLD_BEFORE_END",
            "True",
            "test_a_key_that_expires_within_14_days_says_when",
        ),
    ),
    *plants(
        "api/cors.py",
        "tests/api/test_key_ends.py",
        (
            "Craft-Key-Ends, ",
            "",
            "test_refusals_say_it_too_and_a_program_of_another_origin_may_read_it",
        ),
    ),
    *plants(
        "apikeys/usage/reports.py",
        "tests/api/account/test_api_keys_rotate.py",
        (
            "rows = rows.filter(public_id=of.public_id)",
            "pass",
            "test_a_rotation_says_when_it_ends_and_who_is_still_on_the_old_secret",
        ),
        (
            ", last_at__gte=since",
            "",
            "test_a_rotation_says_when_it_ends_and_who_is_still_on_the_old_secret",
        ),
    ),
    *[
        Plant(
            "api/account/key_actions.py",
            ((f"refuse_foreign(request, key)\n        {then}", then),),
            "tests/api/account/test_api_keys_of_apps.py::test_an_app_strengthens_no_key_that_it_did_not_make",
        )
        for then in (
            "body = self.read_body(request, RotateSerializer)",
            "self.read_body(request, NothingSerializer)\n        key = services.cancel_rotation",
            "self.read_body(request, NothingSerializer)\n        key = services.enable_key",
            "self.read_body(request, NothingSerializer)\n        if not is_recent",
        )
    ],
    *plants(
        "api/account/api_keys.py",
        "tests/api/account/test_api_keys_of_apps.py",
        (
            "refuse_foreign(request, key)\n",
            "pass\n",
            "test_an_app_strengthens_no_key_that_it_did_not_make",
        ),
    ),
    *plants(
        "api/account/key_actions.py",
        "tests/api/account/test_api_keys_disable.py",
        (
            "if not is_recent(request):",
            "if False:",
            "test_enabling_and_restoring_take_a_recent_sign_in_and_disabling_does_not",
        ),
    ),
]
