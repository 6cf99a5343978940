"""What PATCH /v1/me takes."""

from api.body import BodySerializer, StringField


class MeSerializer(BodySerializer):
    """The caller's own profile; the rules about names are in accounts.names."""

    name = StringField(required=False, allow_blank=True)
