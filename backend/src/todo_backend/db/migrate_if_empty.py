"""What a serving process does about a database that was replaced by an empty one while it ran."""

import asyncio
import logging

from todo_backend.core.secret import Secret

logger = logging.getLogger(__name__)

_SECONDS = 30


async def migrate_if_empty(url: Secret) -> None:
    """Make the tables, as the init container `migrate` does."""
    logger.warning("the database has no tables: making them")
    logger.info("migrate: %s", await asyncio.to_thread(_migrate, url.read()))


def _migrate(url: str) -> str:
    from todo_backend.db.migrate import migrate_once  # SQLAlchemy takes half a second that serving does not need

    return migrate_once(url, _SECONDS)
