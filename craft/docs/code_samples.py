"""The example call of an operation in curl, and with what JavaScript and Python have for any API."""

import json
import re
from dataclasses import dataclass
from typing import Any

Sample = tuple[str, str]  # language, code


@dataclass(frozen=True)
class Call:
    """What is called, and how. `credential` is the variable that holds the token, "" for none."""

    method: str
    url: str
    body: Any
    credential: str
    has_envelope: bool

    def samples(self) -> list[Sample]:
        """The call in curl, JavaScript and Python."""
        return [("curl", self.curl()), ("JavaScript", self.javascript()), ("Python", self.python())]

    def curl(self) -> str:
        """The call for a shell, the credential in a variable."""
        lines = [f"curl -X {self.method}", f'"{self.url}"']
        if self.credential:
            lines.append(f'-H "Authorization: Bearer ${self.credential}"')
        if self.body is not None:
            quoted = _json(self.body).replace("'", "'\\''").replace("\n", "\n  ")
            lines += ['-H "Content-Type: application/json"', f"-d '{quoted}'"]
        return " \\\n  ".join(lines)

    def javascript(self) -> str:
        """For Node.js or any bundler: `fetch` and nothing else."""
        options = [] if self.method == "GET" else [f'method: "{self.method}",']
        headers = []
        if self.credential:
            headers.append(f"Authorization: `Bearer ${{process.env.{self.credential}}}`,")
        if self.body is not None:
            headers.append('"Content-Type": "application/json",')
        if headers:
            options += ["headers: {", *(f"  {header}" for header in headers), "},"]
        if self.body is not None:
            bare_names = re.sub(r'^(\s*)"([A-Za-z_]\w*)":', r"\1\2:", _json(self.body), flags=re.MULTILINE)
            options += f"body: JSON.stringify({bare_names}),".splitlines()
        arguments = [f'"{self.url}",', *(["{", *(f"  {line}" for line in options), "},"] if options else [])]
        inside = "\n".join(f"  {line}" for line in arguments)
        target = "{ data }" if self.has_envelope else "answer"
        return f"const response = await fetch(\n{inside}\n);\nconst {target} = await response.json();"

    def python(self) -> str:
        """With requests, which most have."""
        lines = ["import os", "", "import requests", ""] if self.credential else ["import requests", ""]
        arguments = [f'"{self.url}",']
        if self.credential:
            name = "key" if self.credential.endswith("KEY") else "token"
            lines.append(f'{name} = os.environ["{self.credential}"]')
            arguments.append(f'headers={{"Authorization": f"Bearer {{{name}}}"}},')
        if self.body is not None:
            arguments += f"json={_python(self.body)},".splitlines()
        lines += [f"response = requests.{self.method.lower()}(", *(f"    {line}" for line in arguments), ")"]
        lines.append('data = response.json()["data"]' if self.has_envelope else "answer = response.json()")
        return "\n".join(lines)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _python(value: Any) -> str:
    """A JSON value as Python writes it, an object with a line a name."""
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    lines = [f'"{name}": {_python(inner)},' for name, inner in value.items()]
    inside = "\n".join(f"    {line}" for line in "\n".join(lines).splitlines())
    return f"{{\n{inside}\n}}" if lines else "{}"
