"""What every peer answers: the JSON of Craft's /v1/me."""


def about(user):
    """The answer about a user; uid, e-mail address and name are Django's own fields."""
    return {"success": True, "data": {"id": user.username, "email": user.email, "name": user.first_name}}
