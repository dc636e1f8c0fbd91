"""PostgreSQL: the pool of connections, the migrations that own every table, and the Idempotency-Keys."""
