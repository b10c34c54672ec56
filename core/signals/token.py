"""Finds a source's token: in a variable, printed by a command, in the system's keyring, or in a private file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import AccessDenied, ConfigError

Learn = Callable[[str], None]
_WAYS = ("token_env", "token_command", "token_keyring", "token_file")


class Variables(Mapping[str, str]):
    """The variables that tokens are looked up in; tokens that came from elsewhere are told to `learn`.

    A redactor knows the values of variables by itself; what a command printed it has to be told.
    """

    def __init__(self, variables: Mapping[str, str], learn: Learn) -> None:
        self._variables = dict(variables)
        self.learn = learn

    def __getitem__(self, name: str) -> str:
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


async def token_of(settings: SourceSettings, environment: Mapping[str, str], default_env: str) -> str:
    """The token. AccessDenied, which never quotes it, where there is none; ConfigError for two ways at once."""
    ways = [way for way in _WAYS if getattr(settings, way)]
    if len(ways) > 1:
        raise ConfigError(
            f"Source {settings.label}: the token is in two places",
            f"{' and '.join(ways)} are both set.",
            "Keep one of them.",
        )
    token, origin = await _found(settings, environment, default_env)
    if isinstance(environment, Variables):
        environment.learn(token)
    return _plausible(token, settings.label, origin)


def token_origin(settings: SourceSettings, default_env: str = "") -> str:
    """Where the token is looked for, in words without secrets, for `doctor`."""
    if settings.token_command:
        return f"token from {settings.token_command[0]}"
    if settings.token_keyring:
        return f"token from the keyring, {settings.token_keyring}"
    if settings.token_file:
        return f"token from {settings.token_file}"
    name = settings.token_env or default_env
    return f"token from {name}" if name else ""


async def _found(
    settings: SourceSettings, environment: Mapping[str, str], default_env: str
) -> tuple[str, str]:
    """The token and where it came from."""
    if settings.token_command:
        from rootcase.core.signals.token_command import printed

        return await printed(settings.token_command, settings.label, environment), settings.token_command[0]
    if settings.token_keyring:
        from rootcase.core.signals.token_keyring import kept

        return await kept(settings.token_keyring, settings.label, environment), "the keyring"
    if settings.token_file:
        from rootcase.core.signals.token_file import held

        return held(settings.token_file, settings.label), settings.token_file
    name = settings.token_env or default_env
    token = environment.get(name, "").strip()
    if not token:
        raise AccessDenied(
            f"No token for {settings.label}",
            f"The variable {name} is {'empty' if name in environment else 'not set'}.",
            f"export {name}=… before starting, or set token_env, token_command or token_keyring for this source.",
        )
    return token, f"the variable {name}"


def _plausible(token: str, label: str, origin: str) -> str:
    """A token goes into a header: one line of printable ASCII (RFC 9110), or it is something else."""
    if not token.isascii() or not token.isprintable() or " " in token:
        raise AccessDenied(
            f"The token for {label} is no token",
            f"What {origin} holds has blanks, line breaks or special characters.",
            "Store the token alone.",
        )
    return token
