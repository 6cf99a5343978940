"""Mails: written in one template, kept encrypted in the outbox, sent by a thread of each serving process.

No request waits for a mail server, and none fails for it. `outbox.queue` is all that the rest of Craft calls.
"""
