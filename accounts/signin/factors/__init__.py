"""Second factors: django-allauth's, with Craft's rules, pages and words."""
