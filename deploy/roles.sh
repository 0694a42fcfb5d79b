#!/bin/sh
# Runs once, on an empty database: the owner role migrates, the lesser role of the application only reads and writes rows.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    -v owner_password="$OWNER_PASSWORD" -v application_password="$APPLICATION_PASSWORD" <<'SQL'
CREATE ROLE allclear_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE allclear_app LOGIN PASSWORD :'application_password';
CREATE DATABASE allclear OWNER allclear_owner;
\connect allclear
REVOKE ALL ON DATABASE allclear FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE allclear TO allclear_app;
GRANT USAGE ON SCHEMA public TO allclear_app;
ALTER DEFAULT PRIVILEGES FOR ROLE allclear_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO allclear_app;
ALTER DEFAULT PRIVILEGES FOR ROLE allclear_owner GRANT USAGE, SELECT ON SEQUENCES TO allclear_app;
SQL
