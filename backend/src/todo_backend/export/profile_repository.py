"""SQL that reads what is known of a person."""

from todo_backend.auth.principal import Principal
from todo_backend.core.errors import MISSING_USER_DETAIL, Unauthorized
from todo_backend.db.pool import Connection


async def get(connection: Connection, principal: Principal) -> str:
    """The JSON of a `Profile`; raises Unauthorized when there is no such account any more."""
    cursor = await connection.execute(
        """
        SELECT row_to_json(profile)::text FROM (
            SELECT id, name, email, "emailVerified" AS email_verified, image, "timeZone" AS time_zone,
                   "createdAt" AS created_at, "updatedAt" AS updated_at
            FROM "user" WHERE id = %(user_id)s
        ) AS profile
        """,
        {"user_id": principal.user_id},
    )
    row = await cursor.fetchone()
    if row is None:
        raise Unauthorized(MISSING_USER_DETAIL)
    return str(row[0])
