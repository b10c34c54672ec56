"""What sensitive topic a path or a symbol speaks of, by its words."""

# ruff: noqa: E501

from __future__ import annotations

import re

_TOPICS = {
    "payments": "payment payout refund ledger charge chargeback invoice settlement wallet stripe paypal adyen braintree "
    "money withdrawal deposit",
    "billing": "billing subscription dunning proration",
    "permissions": "permission auth authn authz authorization authorisation authentication authenticate authorize authorise "
    "authenticator authorizer oauth oauth2 login logout signin signup role acl rbac credential password entitlement "
    "jwt sso saml oidc mfa totp impersonate impersonation sudo superuser privilege",
    "migrations": "migration migrate alembic",
    "personal data": "gdpr pii erasure anonymize anonymise",
}  # fmt: skip
WORDS = {word: topic for topic, words in _TOPICS.items() for word in words.split()}
_WORD = re.compile(r"[A-Z]?[a-z]+\d?|[A-Z]+(?![a-z])")


def topic_of(path: str, function: str) -> str:
    """By whole words, in the singular or plural; "" for none. `author` is no `auth`."""
    for text in (path.rsplit(".", 1)[0], function):
        for word in _WORD.findall(text):
            low = word.lower()
            for form in (low, low.removesuffix("s"), low.rstrip("0123456789")):
                if form in WORDS:
                    return WORDS[form]
    return ""
