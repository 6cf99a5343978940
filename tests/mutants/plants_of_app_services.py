"""Rules of apps, consent and sessions that are judged in a transaction, broken one by one."""

from tests.mutants.plant import Plant, plants

APP_SERVICES: list[Plant] = [
    *plants(
        "api/oauth/services/applications.py",
        "tests/api/oauth/test_app_services.py",
        ("if not has_room(owner):", "if False:", "test_a_person_has_25_apps_at_most"),
        (
            "refuse_used_form(Application.objects.filter(user=owner), form_id)",
            "pass",
            "test_one_form_makes_one_app",
        ),
        (
            "if changed:\n",
            "if True:\n",
            "test_changing_an_app_tells_what_changed_and_saying_the_same_again_tells_nothing",
        ),
        (
            "application.disabled_by_staff and not by_staff:",
            "False:",
            "test_an_owner_cannot_undo_what_staff_disabled",
        ),
        (
            "disabled and (by_staff or application.disabled_by_staff)",
            "disabled and by_staff",
            "test_an_owner_cannot_undo_what_staff_disabled",
        ),
        (
            "(application.disabled_at or timezone.now()) if disabled",
            "timezone.now() if disabled",
            "test_an_owner_cannot_undo_what_staff_disabled",
        ),
        (
            "if application.admin_enabled == enabled:\n        return",
            "if False:\n        return",
            "test_staff_allow_admin_before_an_owner_can_let_an_app_ask_for_it",
        ),
    ),
    *plants(
        "api/oauth/services/applications.py",
        "tests/api/oauth/test_developer_apps.py",
        (
            "if not may_create:",
            "if False:",
            "test_an_old_sign_in_is_asked_for_again_and_the_form_comes_back_filled_in",
        ),
    ),
    *plants(
        "api/oauth/services/applications.py",
        "tests/api/oauth/test_mails.py",
        *(
            (
                'if "redirect_uris" in changed:',
                new,
                "test_changed_redirect_uris_are_told_and_a_changed_name_is_not",
            )
            for new in ("if changed:", "if False:")
        ),
    ),
    *plants(
        "api/oauth/services/client_secrets.py",
        "tests/api/oauth/test_app_services.py",
        (
            "application.secrets.count() >= MAX_SECRETS",
            "application.secrets.count() > MAX_SECRETS",
            "test_two_secrets_live_at_once_and_a_third_is_refused",
        ),
        ("if application.is_public:", "if False:", "test_a_public_app_has_no_secret_and_cannot_get_one"),
        (
            "refuse_used_form(application.secrets.all(), form_id)",
            "pass",
            "test_one_form_adds_one_secret_even_after_the_old_one_was_dropped",
        ),
        (
            "if ClientSecret.objects.filter(pk=secret.pk).delete()[0]:",
            "if ClientSecret.objects.filter(pk=secret.pk).delete():",
            "test_dropping_a_secret_twice_is_logged_once",
        ),
    ),
    *plants(
        "api/oauth/services/grants.py",
        "tests/api/oauth/test_consent_skipped.py",
        (
            "in_order({*grant.scopes, *scopes})",
            "in_order({*scopes})",
            "test_growth_marks_what_is_new_and_keeps_what_was_given",
        ),
        (
            "if (grant.scope, grant.hosts) == before:\n        return grant",
            "if False:\n        return grant",
            "test_the_same_consent_again_is_no_news",
        ),
        (
            "{*grant.hosts.split(), *host.split()}",
            "{*grant.hosts.split()}",
            "test_consent_is_skipped_only_for_the_same_confidential_app_that_asks_no_more",
        ),
    ),
    *plants(
        "api/oauth/services/grants.py",
        "tests/api/oauth/test_mails.py",
        (
            "is_new=event is Event.GRANT_CREATED",
            "is_new=True",
            "test_an_app_that_is_given_more_is_told",
        ),
    ),
    *plants(
        "api/oauth/services/grants.py",
        "tests/api/oauth/test_locks.py",
        (
            "if not was_asked and (grant is None or not grant.covers(scopes, host)):",
            "if False:",
            "test_nobody_who_was_not_asked_gets_what_is_being_revoked",
        ),
    ),
    *plants(
        "accounts/session_list.py",
        "tests/accounts/test_sessions.py",
        ("session.row.end()", "pass", "test_ending_one_signs_that_browser_out_and_no_other"),
        (
            "session.program, address=session.row.ip",
            "session.program",
            "test_ending_one_signs_that_browser_out_and_no_other",
        ),
        ("but_for=kept_key", "but_for=None", "test_ending_all_others_keeps_this_one"),
        ("sum(not session.is_current for", "sum(True for", "test_ending_all_others_keeps_this_one"),
    ),
]
