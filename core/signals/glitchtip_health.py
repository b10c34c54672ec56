"""What a look at GlitchTip with the real token tells, for `doctor`."""

from __future__ import annotations

from rootcase.core.model.errors import AccessDenied
from rootcase.core.signals.client import Client
from rootcase.core.signals.faults import Forbidden, NotFound
from rootcase.core.signals.loose import first_text, items, table, text
from rootcase.core.signals.protocol import Health
from rootcase.core.signals.terms import Terms

# Any one scope of a row opens what stands beside it (has_permission of GlitchTip's routes).
NEEDS = (
    (("event:read", "event:write", "event:admin"), "issues and events cannot be read"),
    (("project:releases", "project:read", "project:write", "project:admin"), "releases cannot be read"),
    (("event:write", "event:admin"), "comments, resolve, reopen and snooze are refused"),
)


async def health_of(client: Client, name: str, organization: str, terms: Terms) -> Health:
    """AccessDenied where the token is unknown, NotFound where it does not see the organization."""
    root = table((await client.get("api/0/", object)).value)
    user, auth = table(root.get("user")), table(root.get("auth"))
    if not user:
        raise AccessDenied(
            f"GlitchTip ({name}) does not know the token",
            "It answers, but names no user.",
            "Make a token under Profile, Auth Tokens, and put it where this source looks for it.",
        )
    try:
        await client.get(f"{organization}/", object)
    except NotFound as error:
        raise NotFound(
            f"GlitchTip ({name}): no organization {organization.rpartition('/')[2]!r}",
            error.detail,
            "Check `organization`: it is the slug in GlitchTip's addresses.",
        ) from None
    except Forbidden:
        pass  # a token may read events without reading the organization
    scopes = tuple(text(each) for each in items(auth.get("scopes")))
    lacking = [(needs[0], without) for needs, without in NEEDS if not set(needs) & set(scopes)]
    said, version = terms.said("GlitchTip"), first_text(root, "version")
    return Health(
        account=first_text(user, "email", "username", "id"),
        scopes=scopes,
        missing=tuple(scope for scope, _ in lacking),
        without=tuple(without for _, without in lacking),
        skew_s=client.pulse.skew_s,
        rate_left=client.pulse.rate_left,
        version="" if version == "0" else version,  # a build without a version says 0
        notes=(said,) if said else (),
    )
