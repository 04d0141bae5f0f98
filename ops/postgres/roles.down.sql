-- SPDX-License-Identifier: Apache-2.0
-- Takes back limits, time-outs and rights of roles.up.sql. The logins stay, without rights: their passwords are the
-- site's, and journals name them. DROP ROLE is a decision of its own.
\set ON_ERROR_STOP on
BEGIN;
SELECT format('ALTER ROLE %I RESET ALL', rolname), format('ALTER ROLE %I CONNECTION LIMIT -1', rolname)
  FROM pg_roles
 WHERE rolname IN ('daybook_ingest', 'daybook_finance', 'daybook_report', 'daybook_audit', 'daybook_monitor',
                   'daybook_maintain', 'daybook_admin', 'daybook_backup') \gexec
SELECT format('REVOKE %I FROM %I', m.roleid::regrole::text, m.member::regrole::text)
  FROM pg_auth_members m
 WHERE m.member::regrole::text IN ('daybook_ingest', 'daybook_finance', 'daybook_report', 'daybook_audit',
         'daybook_monitor', 'daybook_maintain', 'daybook_admin', 'daybook_backup')
   AND m.roleid::regrole::text IN ('app_write', 'app_finance', 'app_read', 'app_audit_read', 'app_maintain',
         'pg_monitor', 'pg_read_all_data') \gexec
COMMIT;
