"""Serves Craft as ever, but for what signals switch off and on (switched.py). For the bench alone."""

from craft import serve

serve.APPLICATION = "tests.bench.switched:application"

if __name__ == "__main__":
    serve.main()
