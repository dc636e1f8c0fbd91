"""What a serving process does about a database that was replaced by an empty one while it ran."""

import asyncio
import logging

from todo_backend.db.migrate import migrate_once
from todo_backend.secret import Secret

logger = logging.getLogger(__name__)

_SECONDS = 30


async def heal_empty(url: Secret) -> None:
    """Make the tables, as the init container `migrate` does."""
    logger.warning("the database has no tables: making them")
    logger.info("migrate: %s", await asyncio.to_thread(migrate_once, url.read(), _SECONDS))
