#!/bin/sh
# Runs once, on an empty database: the owner role migrates; the lesser role of the application may with each table what
# `manage.py grants_apply` grants after every migration, and with a table that nobody named there, nothing. The second
# database stands empty for `restore_rehearsal`.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    -v owner_password="$OWNER_PASSWORD" -v application_password="$APPLICATION_PASSWORD" <<'SQL'
CREATE ROLE allclear_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE allclear_app LOGIN PASSWORD :'application_password';
CREATE DATABASE allclear OWNER allclear_owner;
CREATE DATABASE allclear_rehearsal OWNER allclear_owner;
REVOKE ALL ON DATABASE allclear_rehearsal FROM PUBLIC;
\connect allclear
REVOKE ALL ON DATABASE allclear FROM PUBLIC;
GRANT CONNECT ON DATABASE allclear TO allclear_app;
GRANT USAGE ON SCHEMA public TO allclear_app;
SQL
