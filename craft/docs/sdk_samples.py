"""The example call of an operation with the two SDKs. tests/sdk/test_docs.py runs each of them."""

import json
import re
from datetime import datetime
from typing import Any

from craft.docs.languages import JAVASCRIPT_SDK, PYTHON_SDK

Sample = tuple[str, str]  # language, code
MOST = 50  # characters of arguments on one line
THEIR_HOST = "https://api.craft.fast"  # what the SDKs call unless told
# Operation → its method in JavaScript, in Python the same in snake case, and a name for what comes back.
METHODS = {
    "getMe": ("me.get", "me"),
    "updateMe": ("me.update", "me"),
    "getAuth": ("auth.get", "credential"),
    "deleteAuth": ("auth.delete", ""),
    "listProjects": ("projects.list", "projects"),
    "createProject": ("projects.create", "project"),
    "getProject": ("projects.get", "project"),
    "updateProject": ("projects.update", "project"),
    "deleteProject": ("projects.delete", ""),
    "listFiles": ("files.list", "files"),
    "createFile": ("files.create", "file"),
    "getFile": ("files.get", "file"),
    "putFile": ("files.update", "file"),
    "deleteFile": ("files.delete", ""),
    "listDeployments": ("deployments.list", "deployments"),
    "createDeployment": ("deployments.create", "deployment"),
    "getDeployment": ("deployments.get", "deployment"),
    "deleteDeployment": ("deployments.delete", ""),
    "listAPIKeys": ("apiKeys.list", "keys"),
    "createAPIKey": ("apiKeys.create", "created"),
    "getAPIKey": ("apiKeys.get", "key"),
    "updateAPIKey": ("apiKeys.update", "key"),
    "deleteAPIKey": ("apiKeys.delete", ""),
    "rotateAPIKey": ("apiKeys.rotate", "rotated"),
    "finishAPIKeyRotation": ("apiKeys.finishRotation", "key"),
    "cancelAPIKeyRotation": ("apiKeys.cancelRotation", "key"),
    "disableAPIKey": ("apiKeys.disable", "key"),
    "enableAPIKey": ("apiKeys.enable", "key"),
    "restoreAPIKey": ("apiKeys.restore", "key"),
    "getAPIKeyUsage": ("apiKeys.usage", "usage"),
    "listConnectedApps": ("connectedApps.list", "apps"),
    "deleteConnectedApp": ("connectedApps.delete", ""),
    "listActivity": ("activity.list", "events"),
}
BY_THEMSELVES = ("grace",)  # a body's only field that is an argument without a name
RENAMED = {"for": "forSeconds"}  # a word that a language keeps for itself


def sdk_samples(
    name: str, places: list[str], fields: dict[str, Any], api_url: str, credential: str
) -> list[Sample]:
    """The call in both; [] where they have none. `places`: path parameters; `fields`: query and body."""
    if name not in METHODS:
        return []
    method, result = METHODS[name]
    fields = {RENAMED.get(field, field): value for field, value in fields.items()}
    is_app = credential.endswith("TOKEN")
    return [
        (JAVASCRIPT_SDK, _javascript(method, result, places, fields, api_url, is_app=is_app)),
        (PYTHON_SDK, _python(method, result, places, fields, api_url, is_app=is_app)),
    ]


def _javascript(
    method: str, result: str, places: list[str], fields: dict[str, Any], api_url: str, *, is_app: bool
) -> str:
    options = [
        "accessToken: process.env.CRAFT_ACCESS_TOKEN" if is_app else "apiKey: process.env.CRAFT_API_KEY"
    ]
    options += [f'baseUrl: "{api_url}"'] if api_url != THEIR_HOST else []
    arguments = [json.dumps(place) for place in places]
    if fields.keys() & {*BY_THEMSELVES}:
        arguments += map(json.dumps, fields.values())
    elif fields:
        inside = [f"{name}: {json.dumps(value)}" for name, value in fields.items()]
        line = ", ".join(inside)
        arguments.append(
            f"{{ {line} }}" if len(line) < MOST else f"{{{_over_lines(inside, '').replace('    ', '  ')}}}"
        )
    call = f"await craft.{method}({', '.join(arguments)});"
    made = "".join(f"  {option},\n" for option in options)
    return (
        'import { CraftClient } from "@craft/sdk";\n\n'
        f"const craft = new CraftClient({{\n{made}}});\n"
        f"{f'const {result} = ' if result else ''}{call}"
    )


def _python(
    method: str, result: str, places: list[str], fields: dict[str, Any], api_url: str, *, is_app: bool
) -> str:
    options = ['access_token=os.environ["CRAFT_ACCESS_TOKEN"]'] if is_app else []
    options += [f'base_url="{api_url}"'] if api_url != THEIR_HOST else []
    arguments = [json.dumps(place) for place in places]
    values = {_snake(name): _value(name, value) for name, value in fields.items()}
    arguments += [value if name in BY_THEMSELVES else f"{name}={value}" for name, value in values.items()]
    imports = ["import os"] if is_app else []
    imports += (
        ["from datetime import datetime"] if any("datetime" in value for value in values.values()) else []
    )
    call = f"craft.{_snake(method)}({_over_lines(arguments, '    ')})"
    return (
        "".join(f"{each}\n" for each in imports)
        + ("\n" if imports else "")
        + "from craft_sdk import CraftClient\n\n"
        + f"with CraftClient({_over_lines(options, '')}) as craft:\n"
        + f"    {f'{result} = ' if result else ''}{call}"
    )


def _over_lines(arguments: list[str], indent: str) -> str:
    """Arguments on one line, or one on each when that is too long to be read."""
    line = ", ".join(arguments)
    if len(line) < MOST:
        return line
    return "\n" + "".join(f"{indent}    {each},\n" for each in arguments) + indent


def _snake(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).lower()


def _value(name: str, value: Any) -> str:
    if name.endswith("At"):
        return f'datetime.fromisoformat("{datetime.fromisoformat(value):%Y-%m-%dT%H:%M:%S+00:00}")'
    return json.dumps(value) if isinstance(value, str) else repr(value)
