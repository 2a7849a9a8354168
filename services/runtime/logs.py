"""Structured logs: JSON lines off a terminal, readable ones on it."""

import logging
import sys
from typing import Any

import orjson
import structlog

from services.runtime import context

Logger = structlog.typing.FilteringBoundLogger


def configure(service: str, level: str, as_json: bool | None) -> None:
    """Send structlog and the standard library's loggers to standard error."""
    as_json = not sys.stderr.isatty() if as_json is None else as_json
    shared: list[structlog.typing.Processor] = [
        _add_trace,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(orjson.dumps)]
        if as_json
        else [*shared, structlog.dev.ConsoleRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer)
        if as_json
        else structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = _Forward(structlog.get_logger(service=service))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.contextvars.clear_contextvars()


def get(service: str) -> Logger:
    """Return the logger of a service."""
    logger: Logger = structlog.get_logger(service=service)
    return logger


def _add_trace(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Name the trace of the call that a line is about."""
    if call := context.current():
        event["trace_id"] = call.trace_id
    return event


class _Forward(logging.Handler):
    """Hands the records of libraries to structlog, so that every line has one form."""

    def __init__(self, logger: Logger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"logger": record.name}
        if record.exc_info:
            fields["exc_info"] = record.exc_info
        self._logger.log(record.levelno, record.getMessage(), **fields)
