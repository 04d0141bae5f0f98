-- SPDX-License-Identifier: Apache-2.0
-- How PgBouncer looks up passwords (auth_query), in each database that it serves. As a superuser; then \password
-- pgbouncer, and the same into userlist.txt. RDS lets nobody read pg_authid: there userlist.txt has all logins.
\set ON_ERROR_STOP on
BEGIN;
SELECT 'CREATE ROLE pgbouncer LOGIN CONNECTION LIMIT 20'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pgbouncer') \gexec
SET LOCAL client_min_messages = warning; -- not what is there already
CREATE SCHEMA IF NOT EXISTS pgbouncer;

-- Not superusers, not replication: who may do everything comes directly. Not a password that has expired: PgBouncer
-- leaves that to this query (CVE-2025-2291).
CREATE OR REPLACE FUNCTION pgbouncer.user_lookup(p_name text, OUT name text, OUT secret text) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.rolname, a.rolpassword FROM pg_authid a
   WHERE a.rolname = p_name AND a.rolcanlogin AND NOT a.rolsuper AND NOT a.rolreplication
     AND (a.rolvaliduntil IS NULL OR a.rolvaliduntil > now())
$$;
COMMENT ON FUNCTION pgbouncer.user_lookup IS 'auth_query of PgBouncer';
REVOKE ALL ON FUNCTION pgbouncer.user_lookup FROM PUBLIC;
GRANT USAGE ON SCHEMA pgbouncer TO pgbouncer;
GRANT EXECUTE ON FUNCTION pgbouncer.user_lookup TO pgbouncer;
COMMIT;
