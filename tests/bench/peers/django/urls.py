"""Where each peer answers: /bare/…, /PEER/ for look-up alone, /PEER/all-on/."""

from django.urls import include, path

from tests.bench.peers.django import bare
from tests.bench.peers.django.projects import Projects
from tests.bench.peers.django.views import PEERS, LimitedMe, Me

urlpatterns = [
    path("bare/constant", bare.constant),
    path("bare/get/<int:pk>", bare.one_get),
    path("projects", Projects.as_view()),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    *(path(f"{name}/", Me.as_view(authentication_classes=[each])) for name, each in PEERS.items()),
    *(
        path(f"{name}/all-on/", LimitedMe.as_view(authentication_classes=[each]))
        for name, each in PEERS.items()
    ),
]
