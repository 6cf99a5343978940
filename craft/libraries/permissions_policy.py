"""django-permissions-policy: what the browser offers to no page of ours, and passkeys to all."""

PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "camera",
        "geolocation",
        "microphone",
        "payment",
        "usb",
        "accelerometer",
        "gyroscope",
        "magnetometer",
        "display-capture",
    )
} | {name: ["self"] for name in ("publickey-credentials-get", "publickey-credentials-create")}
