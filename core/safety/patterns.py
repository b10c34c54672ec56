"""The shapes of secrets and personal data that a redactor knows, each matched in linear time.

Every quantifier is bounded or possessive, and every pattern starts at a literal or behind a look-behind,
so no input makes matching quadratic. Shapes are those the services publish for secret scanning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """kind: as shown in `[redacted:kind]`. needs: a literal without which nothing can match, for speed.

    group: which group of the match is taken out. check: a last word on a match, such as a checksum.
    """

    kind: str
    pattern: re.Pattern[str]
    needs: tuple[str, ...] = ()
    group: int = 0
    check: Callable[[re.Match[str]], bool] | None = None


_TOKENS = (
    r"gh[opusr]_[A-Za-z0-9]{20,255}+",
    r"github_pat_[A-Za-z0-9_]{20,255}+",
    r"gl(?:pat|dt|rt|ptt|cbt|soat)-[A-Za-z0-9_.-]{16,255}+",
    r"xox[abeoprsc]-[A-Za-z0-9-]{8,255}+",
    r"xapp-[A-Za-z0-9-]{8,255}+",
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])",
    r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,255}+",
    r"whsec_[A-Za-z0-9+/=]{16,255}+",
    r"sntry[su]_[A-Za-z0-9+/=_-]{20,2000}+",
    r"sk-(?=[A-Za-z_-]{0,40}[0-9])[A-Za-z0-9_-]{20,255}+",
    r"AIza[A-Za-z0-9_-]{35}",
    r"ya29\.[A-Za-z0-9_-]{20,2000}+",
    r"npm_[A-Za-z0-9]{36}",
    r"pypi-[A-Za-z0-9_-]{16,2000}+",
    r"hf_[A-Za-z0-9]{30,64}+",
    r"dt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}",
    r"lin_(?:api|oauth)_[A-Za-z0-9]{20,255}+",
    r"SG\.[A-Za-z0-9_-]{16,64}+\.[A-Za-z0-9_-]{16,128}+",
    r"do[opr]_v1_[a-f0-9]{64}",
    r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
    r"(?:dop|pul|rubygems|doo)_[a-zA-Z0-9]{32,128}+",
    r"(?<![_.-])eyJ[A-Za-z0-9_-]{8,8000}+\.eyJ[A-Za-z0-9_-]{4,8000}+(?:\.[A-Za-z0-9_-]{0,4000}+)?",
)
_HINTS = (
    "gh", "git", "gl", "xox", "xapp-", "AKIA", "ASIA", "ABIA", "ACCA", "_live_", "_test_", "whsec_", "sntry", "sk-",
    "AIza", "ya29.", "npm_", "pypi-", "hf_", "dt0", "lin_", "SG.", "_v1_", "shp", "dop_", "pul_", "rubygems_",
    "doo_", "eyJ",
)  # fmt: skip


def luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# Issuer prefixes with their lengths; without them every tenth 16-digit number would be a card.
_ISSUER = re.compile(
    r"(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|35\d{14}|62\d{14,17})"
)


def _card(match: re.Match[str]) -> bool:
    digits = re.sub(r"[ -]", "", match.group())
    return bool(_ISSUER.fullmatch(digits)) and luhn(digits)


def _iban(match: re.Match[str]) -> bool:
    """The check digits of ISO 13616, modulo 97."""
    text = match.group().replace(" ", "")
    if not 15 <= len(text) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def _mail(match: re.Match[str]) -> bool:
    return match.group().partition("@")[0] != "git"


SHAPES: tuple[Shape, ...] = (
    Shape(
        "private-key",
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
            r"(?:(?!-----END )[\s\S])*+(?:-----END [A-Z0-9 ]{0,60}-----)?"
        ),
        ("PRIVATE KEY",),
    ),
    Shape("token", re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_TOKENS)})"), _HINTS),
    Shape("token", re.compile(r"https://hooks\.slack\.com/services/([A-Za-z0-9/_-]{8,200}+)"), ("hooks.slack",), 1),
    Shape("password", re.compile(r"://[^\s/:@\"'<>]{0,256}+:([^\s/@\"'<>]{1,256}+)@"), ("://",), 1),
    Shape("key", re.compile(r"https?://([0-9a-f]{32})(?::[0-9a-f]{32})?@"), ("://",), 1),
    Shape(
        "token",
        re.compile(
            r"(?i)(?<![A-Za-z])(?:bearer|basic|genie-?key|api-token|token\s{0,3}token)[ \t=]{1,3}"
            r"(?-i:(?=[A-Za-z0-9._~+/-]{0,200}[0-9A-Z=]))([A-Za-z0-9._~+/-]{12,4000}+={0,2})"
        ),
        ("earer", "asic", "EARER", "ASIC", "enie", "ENIE", "pi-", "PI-", "oken", "OKEN"),
        1,
    ),
    Shape(
        "token",
        re.compile(
            r"(?i)(?<![A-Za-z])(?:proxy-)?authorization(?:\\?[\"'])?[ \t]{0,3}[:=,][ \t]{0,3}(?:\\?[\"'])?"
            r"((?:[A-Za-z-]{2,20} )?[A-Za-z0-9._~+/=:-]{8,4000}+)"
        ),
        ("uthorization", "UTHORIZATION"),
        1,
    ),
    Shape(
        "cookie",
        re.compile(
            r"(?im)(?<![A-Za-z-])(?:set-)?cookie(?:\\?[\"'])?[ \t]{0,3}:[ \t]{0,3}(?:\\?[\"'])?"
            r"([A-Za-z0-9_.-]{1,200}+=[^\n\"']{1,8000}+)"
        ),
        ("ookie", "OOKIE"),
        1,
    ),
    Shape(
        "mail",
        re.compile(
            r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}+@"
            r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}+(?![A-Za-z0-9])"
        ),
        ("@",),
        0,
        _mail,
    ),
    Shape(
        "iban",
        re.compile(
            r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
        ),
        (),
        0,
        _iban,
    ),
    Shape("card", re.compile(r"(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w-])"), (), 0, _card),
)  # fmt: skip
