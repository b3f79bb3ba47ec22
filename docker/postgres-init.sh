#!/bin/sh
# Run once by the image of Postgres, on an empty volume: two databases, each with an owner that may log in and nothing more.
set -eu

for name in ievq airflow; do
    if [ "$name" = ievq ]; then password=$PASSWORD_OF_IEVQ; else password=$PASSWORD_OF_AIRFLOW; fi
    psql --quiet --no-psqlrc --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
        --set name="$name" --set password="$password" <<'SQL'
CREATE ROLE :"name" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
