"""What is known of the configured MCP servers: each is started or reached, and lists its tools; none is called."""

from __future__ import annotations

from collections.abc import Mapping

from rootcase.core.commands.doctor_report import Check
from rootcase.core.config.load import Loaded


async def server_checks(loaded: Loaded, environment: Mapping[str, str]) -> list[Check]:
    """A line for each server that answers, and for whatever of it cannot be offered."""
    configured = loaded.settings.mcp.servers
    if not configured:
        return []
    from rootcase.core.agent.mcp_servers.servers import McpServers
    from rootcase.core.config.tokens import own_secrets
    from rootcase.core.safety.redact import Redactor

    redactor = Redactor.of_environment(environment, own_secrets(loaded.settings, environment))
    checks: list[Check] = []
    for server in configured:
        servers = McpServers(
            (server,), environment, redactor, folder=loaded.folders.state, logs=loaded.folders.logs
        )
        try:
            tools = await servers.tools()
        finally:
            await servers.close()
        faults = servers.take_faults()
        if tools:
            names = ", ".join(tool.name for tool in tools)
            checks.append(Check("mcp", server.name, "ok", f"offers {names}"))
        checks += [
            Check(
                "mcp", server.name, "warn" if tools else "fail", f"{f.title}. {f.detail}".rstrip(". "), f.hint
            )
            for f in faults
        ]
    return checks
