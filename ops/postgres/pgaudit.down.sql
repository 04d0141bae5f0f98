-- SPDX-License-Identifier: Apache-2.0
-- Takes pgAudit out of a database of Daybook. Then take pgaudit.log, pgaudit.role and the library out of the server's
-- parameters: until then definitions and rights are still logged, without the names of the objects.
\set ON_ERROR_STOP on

BEGIN;
SELECT format('ALTER ROLE %I RESET %s', rolname, name)
  FROM pg_roles JOIN (VALUES ('daybook_admin', 'pgaudit.log'), ('daybook_ingest', 'pgaudit.role'))
         AS changed(rolname, name) USING (rolname) \gexec
SELECT 'DROP OWNED BY rds_pgaudit' -- its rights in this database; it owns nothing
 WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_pgaudit') \gexec
DROP EXTENSION IF EXISTS pgaudit;
COMMIT;

-- It stays while it has rights in another database.
SELECT 'DROP ROLE rds_pgaudit'
 WHERE EXISTS (SELECT FROM pg_roles r WHERE r.rolname = 'rds_pgaudit'
         AND NOT EXISTS (SELECT FROM pg_shdepend d WHERE d.refobjid = r.oid)) \gexec
