"""Everything outside but the database: files, tables, checks, webhooks, the embedded Postgres."""
