"""The examples of the public page about authentication, word for word, and a few beside them."""

from django.conf import settings

from craft.docs.code_samples import Sample

# As on the page, with the addresses that its readers have: name → (language, code).
AUTHENTICATION = {
    "header": (
        "curl",
        """curl -X GET "https://api.craft.fast/v1/projects" \\
  -H "Authorization: Bearer YOUR_API_KEY" \\
  -H "Content-Type: application/json\"""",
    ),
    "javascript": (
        "JavaScript",
        """const response = await fetch("https://api.craft.fast/v1/projects", {
  headers: {
    Authorization: `Bearer ${process.env.CRAFT_API_KEY}`,
    "Content-Type": "application/json",
  },
});""",
    ),
    "sdk": (
        "JavaScript",
        """import { CraftClient } from "@craft/sdk";

const craft = new CraftClient({
  apiKey: process.env.CRAFT_API_KEY,
});

// The SDK handles authentication automatically
const projects = await craft.projects.list();""",
    ),
    "authorize": (
        "Address",
        """https://craft.fast/oauth/authorize?
  client_id=YOUR_CLIENT_ID
  &redirect_uri=https://yourapp.com/callback
  &response_type=code
  &scope=read write""",
    ),
    "callback": (
        "JavaScript",
        """// GET /callback?code=AUTH_CODE

const code = searchParams.get("code");

const response = await fetch("https://api.craft.fast/v1/oauth/token", {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    grant_type: "authorization_code",
    code: code,
    client_id: process.env.CLIENT_ID,
    client_secret: process.env.CLIENT_SECRET,
    redirect_uri: "https://yourapp.com/callback",
  }),
});

const { access_token, refresh_token, expires_in } = await response.json();""",
    ),
    "access": (
        "JavaScript",
        """const response = await fetch("https://api.craft.fast/v1/projects", {
  headers: {
    Authorization: `Bearer ${access_token}`,
  },
});""",
    ),
    "refresh": (
        "JavaScript",
        """const response = await fetch("https://api.craft.fast/v1/oauth/token", {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    grant_type: "refresh_token",
    refresh_token: refresh_token,
    client_id: process.env.CLIENT_ID,
    client_secret: process.env.CLIENT_SECRET,
  }),
});""",
    ),
    "pkce": (
        "JavaScript",
        """const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const code_verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
const code_challenge = base64url(
  await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code_verifier)),
);""",
    ),
    "session": (
        "JavaScript",
        """// Browser fetch with credentials
const response = await fetch("https://api.craft.fast/v1/me", {
  credentials: "include",
});""",
    ),
    "session_change": (
        "JavaScript",
        """const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)[1];

const response = await fetch("https://api.craft.fast/v1/projects", {
  method: "POST",
  credentials: "include",
  headers: {
    "Content-Type": "application/json",
    "X-CSRFToken": token,
  },
  body: JSON.stringify({ name: "Spring catalogue" }),
});""",
    ),
    "environment": (".env.local", "CRAFT_API_KEY=your_api_key_here"),
    "from_environment": ("JavaScript", "const apiKey = process.env.CRAFT_API_KEY;"),
    "verify": (
        "curl",
        """curl -X GET "https://api.craft.fast/v1/me" \\
  -H "Authorization: Bearer YOUR_API_KEY\"""",
    ),
}


def samples() -> dict[str, Sample]:
    """The examples with this installation's own addresses."""
    return {name: (language, _here(code)) for name, (language, code) in AUTHENTICATION.items()}


def _here(code: str) -> str:
    return code.replace("https://api.craft.fast", settings.API_URL).replace(
        "https://craft.fast", settings.WEB_URL
    )
