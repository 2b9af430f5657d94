"""The Agent's own logging."""

import logging
import logging.handlers

from lab_agent.paths import Paths
from lab_agent.scrub import scrub
from lab_agent.settings import Settings

log = logging.getLogger('lab_agent')


class _Scrubbing(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


def start_logging(paths: Paths, settings: Settings, file: str, name: str | None) -> None:
    """Sends the records of logger NAME (None: all) to FILE in the log folder and to the journal, scrubbed."""
    level = logging.DEBUG if settings.log_level.lower() in ('debug', 'trace') else logging.INFO
    form = _Scrubbing('%(asctime)s | CORE | %(levelname)s | (%(name)s) | %(message)s')
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    try:
        handlers.append(
            logging.handlers.RotatingFileHandler(paths.logs / file, maxBytes=10 << 20, backupCount=1, delay=False)
        )
    except OSError as error:
        log.warning('no log file: %s', error)
    logger = logging.getLogger(name)
    logger.handlers = handlers
    logger.setLevel(level)
    for handler in handlers:
        handler.setFormatter(form)
