"""Serves Craft as ever, but for a switch of the recording of what keys are used for. For the bench alone."""

from craft import serve

serve.APPLICATION = "tests.bench.switched:application"

if __name__ == "__main__":
    serve.main()
