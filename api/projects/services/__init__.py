"""The rules about projects, their files and their deployments."""
