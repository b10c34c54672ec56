"""Names that say their value is a secret: variables, headers, form fields, environment variables."""

from __future__ import annotations

import re

_PARTS = (
    "passw", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "accesskey", "privatekey", "secretkey",
    "signingkey", "encryptionkey", "credential", "authorization", "authheader", "cookie", "sessionid", "session",
    "csrf", "xsrf", "jwt", "bearer", "otp", "pincode", "cardnumber", "creditcard", "cvv", "cvc", "ssn", "iban",
)  # fmt: skip
_EXACT = frozenset({"auth", "pin", "sid", "dsn", "key", "pass"})
_COUNTS = re.compile(
    r"(tokens|count|length|size|limit|ttl|expiry|expires|env|name|type|class|factory|maker|kind)$"
)

_ENVIRONMENT = re.compile(
    r"(TOKEN|SECRET|PASSW|PASSPHRASE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL|_KEY$|_PAT$|DSN|DATABASE_URL"
    r"|CONNECTION_STRING|AUTH(?!OR))",
    re.IGNORECASE,
)
_NOT_A_VALUE = re.compile(
    r"(_SOCK|_FILE|_PATH|_DIR|_HELPER|_ENV|_NAME|_TYPE|_METHOD|_MODE|_ASKPASS|_URI_BASE)$", re.IGNORECASE
)


def is_secret_name(name: str) -> bool:
    """Whether a variable, header or field of that name should never be shown with its value."""
    squeezed = re.sub(r"[^a-z0-9]", "", name[:200].lower())
    if squeezed in _EXACT:
        return True
    return any(part in squeezed for part in _PARTS) and not _COUNTS.search(squeezed)


def is_secret_variable(name: str) -> bool:
    """Whether an environment variable of that name holds a secret by the usual conventions."""
    return bool(_ENVIRONMENT.search(name)) and not _NOT_A_VALUE.search(name)
