"""The ways in and out: where django-allauth is told how Craft does it."""
