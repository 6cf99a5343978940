"""Serves Craft as ever, but for the recording of what keys are used for. For the bench alone."""

from craft import serve

serve.APPLICATION = "tests.bench.unrecorded:application"

if __name__ == "__main__":
    serve.main()
