"""The stock list: a ModelSerializer, the owner's rows, a page with its count."""

from rest_framework.authentication import TokenAuthentication
from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.serializers import ModelSerializer

from tests.bench.peers.django.models import Project


class Page(PageNumberPagination):
    page_size = 20


class ProjectSerializer(ModelSerializer):
    class Meta:
        model = Project
        exclude = ("id", "owner")


class Projects(ListAPIView):
    authentication_classes = [TokenAuthentication]
    pagination_class = Page
    serializer_class = ProjectSerializer

    def get_queryset(self):
        return Project.objects.filter(owner=self.request.user).order_by("-created_at")
