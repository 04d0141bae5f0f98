-- SPDX-License-Identifier: Apache-2.0
-- Logins for the group roles that the migrations make, with limits and time-outs; run it again after a change.
-- A limit counts the connections of a login: group roles have none of their own.
--   psql -d daybook -f roles.up.sql [-v application=500 -v readonly=200 -v admin=50 -v backup=10]
-- As a superuser; on RDS as the master user. Then set passwords with \password, which sends no clear text.
\set ON_ERROR_STOP on
\if :{?application} \else \set application 500 \endif
\if :{?readonly} \else \set readonly 200 \endif
\if :{?admin} \else \set admin 50 \endif
\if :{?backup} \else \set backup 10 \endif

BEGIN;
SET LOCAL client_min_messages = warning; -- not what is there already
-- What is missing: a login of yours stays as it is.
SELECT format('CREATE ROLE %I LOGIN', name)
  FROM unnest(ARRAY['daybook_ingest', 'daybook_finance', 'daybook_report', 'daybook_audit', 'daybook_monitor',
                    'daybook_maintain', 'daybook_admin', 'daybook_backup']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

GRANT app_write TO daybook_ingest;
GRANT app_finance TO daybook_finance;
GRANT app_read TO daybook_report;
GRANT app_read, app_audit_read TO daybook_audit;
GRANT app_maintain TO daybook_maintain, daybook_admin;
GRANT pg_monitor TO daybook_monitor, daybook_admin; -- runbooks ask who runs what
GRANT pg_read_all_data TO daybook_backup;

-- Shares of a limit, at least one connection.
SELECT greatest(1, :application * 9 / 10) AS ingest, greatest(1, :application / 10) AS finance,
       greatest(1, :readonly * 8 / 10) AS report, greatest(1, :readonly / 10) AS audit,
       greatest(1, :admin * 8 / 10) AS humans, greatest(1, :admin / 5) AS maintain \gset
ALTER ROLE daybook_ingest CONNECTION LIMIT :ingest;
ALTER ROLE daybook_finance CONNECTION LIMIT :finance;
ALTER ROLE daybook_report CONNECTION LIMIT :report;
ALTER ROLE daybook_audit CONNECTION LIMIT :audit;
ALTER ROLE daybook_monitor CONNECTION LIMIT :audit;
ALTER ROLE daybook_maintain CONNECTION LIMIT :maintain;
ALTER ROLE daybook_admin CONNECTION LIMIT :humans;
ALTER ROLE daybook_backup CONNECTION LIMIT :backup;

-- A batch sets shorter ones itself (25 s, 30 s): these are for whatever else the login does.
ALTER ROLE daybook_ingest SET statement_timeout = '30s';
ALTER ROLE daybook_ingest SET idle_in_transaction_session_timeout = '60s';

-- As long as a reconciliation of everything may take.
ALTER ROLE daybook_finance SET statement_timeout = '2h';
ALTER ROLE daybook_finance SET idle_in_transaction_session_timeout = '5min';

-- Dashboards and people: nobody waits longer for an answer, and no question holds back vacuum.
ALTER ROLE daybook_report SET statement_timeout = '60s';
ALTER ROLE daybook_report SET lock_timeout = '5s';
ALTER ROLE daybook_report SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE daybook_report SET default_transaction_read_only = on;

-- As long as one question of daybook audit may take.
ALTER ROLE daybook_audit SET statement_timeout = '30min';
ALTER ROLE daybook_audit SET lock_timeout = '30s';
ALTER ROLE daybook_audit SET default_transaction_read_only = on;

-- An exporter that hangs must not pile up connections.
ALTER ROLE daybook_monitor SET statement_timeout = '10s';
ALTER ROLE daybook_monitor SET lock_timeout = '1s';
ALTER ROLE daybook_monitor SET default_transaction_read_only = on;

-- Jobs set their own time-outs: an archive of a month may take hours, the lock for a detach may not.
ALTER ROLE daybook_maintain SET statement_timeout = 0;
ALTER ROLE daybook_maintain SET lock_timeout = '30s';

-- Behind an ALTER TABLE that waits for its lock, every batch waits too.
ALTER ROLE daybook_admin SET lock_timeout = '5s';
ALTER ROLE daybook_admin SET idle_in_transaction_session_timeout = '5min';

-- pg_dump sets statement_timeout and idle_in_transaction_session_timeout to 0 itself.
ALTER ROLE daybook_backup SET lock_timeout = '1min';
ALTER ROLE daybook_backup SET default_transaction_read_only = on;
COMMIT;
