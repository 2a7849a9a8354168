"""`codingahead settings`: every setting, its default and its meaning."""

from cli.output import AsJson, emit
from services.gateway.settings import GatewaySettings
from services.lookup.settings import LookupSettings
from services.quota.settings import QuotaSettings
from services.runtime.settings import table


def settings(as_json: AsJson = False) -> None:
    """List every setting: environment variable, default, meaning."""
    rows = table(LookupSettings, QuotaSettings, GatewaySettings)
    emit([{"variable": row.variable, "default": row.default, "description": row.description} for row in rows], as_json)
