"""DRF's views of the same answer: by each library's own authentication, as look-up alone and with all on."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone
from knox.auth import TokenAuthentication as Knox
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework.authentication import BaseAuthentication, TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView
from rest_framework_api_key.permissions import KeyParser

from tests.bench.peers.django.answer import about
from tests.bench.peers.django.models import UserKey

ONCE_A = timedelta(minutes=1)


class KeyAuthentication(BaseAuthentication):
    """djangorestframework-api-key has a permission; whose key it is, its docs have the view look up again.

    This does both in one look-up.
    """

    def authenticate(self, request):
        try:
            key = UserKey.objects.get_from_key(KeyParser().get(request) or "")
        except UserKey.DoesNotExist:
            raise AuthenticationFailed from None
        if key.has_expired:
            raise AuthenticationFailed
        return key.user, key


class Me(APIView):
    """Look-up alone."""

    def get(self, request):
        return Response(about(request.user))


class LimitedMe(Me):
    """All on: calls a minute counted by DRF's throttle in Valkey, the last use written once a minute."""

    throttle_classes = [UserRateThrottle]

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        user, now = request.user, timezone.now()
        if user.last_login is None or user.last_login < now - ONCE_A:
            User.objects.filter(pk=user.pk).update(last_login=now)


PEERS = {
    "drf-token": TokenAuthentication,
    "drf-api-key": KeyAuthentication,
    "knox": Knox,
    "dot": OAuth2Authentication,
}
