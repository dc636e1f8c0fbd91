"""The time zone of an account: its browser's at sign-up, or what its owner chose since; none: that of the browser."""

from alembic import op

revision = "0006"
down_revision = "0005"

UPGRADE = """
ALTER TABLE "user" ADD COLUMN "timeZone" text;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute('ALTER TABLE "user" DROP COLUMN "timeZone"')
