"""The languages of examples, in the order of their tabs."""

CURL, JAVASCRIPT, PYTHON, JAVASCRIPT_SDK, PYTHON_SDK = (
    "curl",
    "JavaScript",
    "Python",
    "@craft/sdk",
    "craft-sdk",
)
TABS = (CURL, JAVASCRIPT, PYTHON, JAVASCRIPT_SDK, PYTHON_SDK)
# The word after the fence of their blocks in Markdown.
FENCES = {CURL: "sh", JAVASCRIPT: "js", PYTHON: "python", JAVASCRIPT_SDK: "js", PYTHON_SDK: "python"}
# What a block without a title of its own is called.
NAMES = {
    "sh": "Shell",
    "js": JAVASCRIPT,
    "python": PYTHON,
    "json": "Answer",
    "http": "Header",
    "env": ".env",
    "text": "Text",
}
