"""PostgreSQL: the pool of connections and the migrations that own every table."""
