"""Opens the client of the forge or tracker that a destination names."""

from __future__ import annotations

from rootcase.core.config.settings import TOKEN_VARIABLES
from rootcase.core.deliver.destination import NAMES, Destination
from rootcase.core.deliver.forge import Forge
from rootcase.core.deliver.merging import Merger
from rootcase.core.deliver.tracker import Tracker
from rootcase.core.model.errors import ConfigError


def open_forge(place: Destination, token: str) -> Forge:
    """The forge that changes go to. ConfigError where its token is missing."""
    if place.forge == "gitlab":
        from rootcase.core.deliver.gitlab import open_gitlab

        return open_gitlab(place, token)
    from rootcase.core.deliver.github import open_github

    return open_github(place, token)


def open_merger(place: Destination, token: str) -> Merger:
    """The forge's own auto-merge, with the token that the forge itself was opened with."""
    if place.forge == "gitlab":
        from rootcase.core.deliver.gitlab import gitlab_client
        from rootcase.core.deliver.gitlab_merge import open_gitlab_merge

        return open_gitlab_merge(place, gitlab_client(place.api, token))
    from rootcase.core.deliver.github import github_client
    from rootcase.core.deliver.github_merge import open_github_merge

    return open_github_merge(place, github_client(place.api, token))


def issues_of(place: Destination, token: str) -> Forge | None:
    """The forge whose issues are the tracker, None for a tracker that is no forge."""
    if place.tracker == "github":
        from rootcase.core.deliver.github import github_at

        return github_at(place.tracker_api, place.tracker_project, _given(place, token))
    if place.tracker == "gitlab":
        from rootcase.core.deliver.gitlab import gitlab_at

        return gitlab_at(place.tracker_api, place.tracker_project, _given(place, token))
    return None


def open_tracker(place: Destination, token: str) -> Tracker:
    """The tracker that tickets go to. ConfigError where its token or login is missing."""
    if place.tracker == "jira":
        from rootcase.core.deliver.jira import open_jira

        return open_jira(place, _given(place, token))
    if place.tracker == "linear":
        from rootcase.core.deliver.linear import open_linear

        return open_linear(place, _given(place, token))
    from rootcase.core.deliver.forge_tracker import ForgeTracker

    forge = issues_of(place, token)
    if forge is None:
        raise ConfigError("No tracker is configured", "", "Set tracker for this repository in config.yaml.")
    return ForgeTracker(forge)


def _given(place: Destination, token: str) -> str:
    if token:
        return token
    variable = f"tracker_token_env names ({TOKEN_VARIABLES[place.tracker]})"
    raise ConfigError(
        f"No token for {NAMES[place.tracker]}", f"Tickets go to {place.tracker_shown}.",
        f"Set the variable that {variable}, in the shell that starts Rootcase.",
    )  # fmt: skip
