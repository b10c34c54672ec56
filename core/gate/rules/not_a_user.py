"""What bots and scanners provoke is theirs, unless they found a fault of ours."""

# Patterns are tables; breaking their lines hides them.

from __future__ import annotations

import re

from rootcase.core.gate.facts import Facts
from rootcase.core.model.verdicts import RuleResult

RULE = "not_a_user"
_AGENT = re.compile(
    r"sqlmap|nikto|nuclei|zgrab|masscan|nmap|acunetix|nessus|qualys|openvas|wpscan|dirbuster|gobuster|ffuf|burp"
    r"|censys|shodan|expanse|internet-measurement|leakix|netsparker|detectify"
    r"|googlebot|bingbot|ahrefsbot|semrushbot|yandexbot|baiduspider|petalbot|mj12bot|dotbot|gptbot|bytespider|ccbot"
    r"|\b[\w-]*(?:bot|spider|crawler|scanner)\b",
    re.IGNORECASE,
)
_PROBED = re.compile(
    r"/(?:\.env|\.git/|\.aws/|\.ssh/|wp-(?:login|admin|content|includes|json)|xmlrpc\.php|phpmyadmin|pma/|cgi-bin/|vendor/phpunit"
    r"|actuator(?:/|\b)|server-status|solr/|boaform|hnap1|manager/html|owa/|autodiscover|\.well-known/security"
    r"|etc/passwd|eval-stdin|setup\.php|config\.php|admin\.php|shell\.php|login\.aspx|jenkins/|console/)|\.\./\.\./|%2e%2e%2f",
    re.IGNORECASE,
)
# Our own code refused the request, as it should.
_REFUSALS = re.compile(
    r"(?:NotFound|Http404|ResourceNotFound|NoHandlerFound|RouteNotFound|NotFoundHttp|RoutingError|MethodNotAllowed|BadRequest|Disallowed(?:Host|Redirect)|"
    r"SuspiciousOperation|SuspiciousFileOperation|InvalidCSRF\w*|CSRF\w*|InvalidHostHeader|RequestDataTooBig|TooManyFields\w*|"
    r"InvalidAuthenticityToken|BadHttpRequest\w*|InvalidHeader|InvalidURI|UnsupportedMediaType|"
    r"PermissionDenied|Forbidden|Unauthorized|NotAuthenticated|MalformedRequest\w*|InvalidRequestLine|LocalProtocolError)(?:Error|Exception)?$"
)
_EXTENSIONS = re.compile(r"(?:chrome|moz|safari(?:-web)?|ms-browser)-extension://")
_BROWSER_NOISE = re.compile(
    r"^(?:Error: )?(?:ResizeObserver loop|Script error\.?$|Non-Error promise rejection captured)",
    re.MULTILINE,
)


def check(facts: Facts) -> RuleResult:
    if noise := _not_our_page(facts):
        return RuleResult(RULE, "ignore", noise, "no code of ours ran there", facts.cites, kind="browser")
    refused = _refused(facts)
    who = _who(facts) or ("a request that nothing serves" if refused and _by_itself(facts) else "")
    if not who:
        return RuleResult(RULE, None, "no bot or scanner asked for it")
    if not refused:
        saw = f"{who} asked for it, and found a fault of ours"
        return RuleResult(RULE, None, saw, "what a scanner can break, a user can")
    if facts.case.users > 10:
        return RuleResult(RULE, None, f"{who} asked for it, and so did {facts.case.users} users")
    return RuleResult(
        RULE,
        "ignore",
        f"{who}: {refused}",
        "it was refused, as it should be",
        facts.cites,
        kind="bot or scanner",
    )


def _who(facts: Facts) -> str:
    for event in facts.events[:3]:
        headers = dict(event.request.headers) if event.request else {}
        agent = next((value for name, value in headers.items() if name.lower() == "user-agent"), "")
        agent = agent or next(
            (
                v
                for n, v in event.tags
                if n.lower() in ("user_agent", "user-agent", "browser", "browser.name")
            ),
            "",
        )
        if found := _AGENT.search(agent):
            return f"a bot or scanner ({found.group(0)[:30]})"
        url = event.request.url if event.request else event.transaction
        if found := _PROBED.search(url):
            return f"somebody who probes {found.group(0)[:30]}"
    return ""


def _by_itself(facts: Facts) -> bool:
    """Whether the server turned it away before any code of ours ran, and not more of them by the hour."""
    return facts.failing is None and not facts.rising


def _refused(facts: Facts) -> str:
    """How our code turned it away, "" where it broke instead."""
    kind = next((kind for kind in reversed(facts.types) if _REFUSALS.search(kind)), "")
    if kind:
        return f"{kind} is the answer it got"
    if re.search(r"\b(?:400|401|403|404|405|410|413|414|421|422)\b", facts.text) and facts.failing is None:
        return "it got an answer of 4xx"
    if (
        re.search(
            r"invalid (?:http_host header|http request|method)|unsupported method|not found",
            facts.text,
            re.IGNORECASE,
        )
        and facts.failing is None
    ):
        return "it was turned away"
    return ""


def _not_our_page(facts: Facts) -> str:
    """A browser's extension, or an error of which a page says nothing."""
    event = facts.events[0] if facts.events else None
    frames = [f for each in event.exceptions for f in each.frames] if event else []
    if frames and _EXTENSIONS.search(frames[-1].abs_path or frames[-1].filename):
        return "it was thrown inside a browser extension"
    if (
        event is not None
        and _BROWSER_NOISE.search(facts.text.replace(": ", ": ", 1))
        and facts.failing is None
    ):
        return f"browser noise: {facts.text.splitlines()[0][:60]}"
    return ""
