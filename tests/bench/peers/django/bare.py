"""Django alone: a constant, and the view one would write without a second thought."""

from django.contrib.auth.models import User
from django.http import JsonResponse

from tests.bench.peers.django.answer import about

ANSWER = {"success": True, "data": {"id": "user_00000001", "email": "u1@example.com", "name": "Bench User"}}


def constant(request):
    return JsonResponse(ANSWER)


def one_get(request, pk):
    return JsonResponse(about(User.objects.get(pk=pk)))
