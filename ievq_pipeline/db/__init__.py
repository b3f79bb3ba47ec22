"""The database: tables, sessions, and one module of named queries per noun."""
