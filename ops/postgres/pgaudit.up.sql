-- SPDX-License-Identifier: Apache-2.0
-- pgAudit for a database of Daybook, after `daybook migrate up` and roles.up.sql; it may be run again.
--   psql -d daybook -f pgaudit.up.sql [-v schema=public]
-- As a superuser; on RDS as the master user. The server loads pgaudit and has pgaudit.log = 'ddl,role' and
-- pgaudit.role = rds_pgaudit already (common.conf).
\set ON_ERROR_STOP on
\if :{?schema} \else \set schema public \endif

BEGIN;
SET LOCAL client_min_messages = warning; -- not what is there already
CREATE EXTENSION IF NOT EXISTS pgaudit; -- its event triggers name the objects of DDL

-- Nobody is a member and nobody logs in: what this role may do to a table is what is logged of it.
SELECT 'CREATE ROLE rds_pgaudit NOLOGIN NOINHERIT'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_pgaudit') \gexec

-- Reads of records, and changes of them, which nobody is allowed.
GRANT SELECT, UPDATE, DELETE ON :"schema".audit_logs, :"schema".invocations, :"schema".rejected_records TO rds_pgaudit;
-- Changes of what only functions of Daybook write.
GRANT UPDATE, DELETE ON :"schema".ingest_batches, :"schema".offset_changes, :"schema".partition_journal,
  :"schema".billing_journal, :"schema".statements, :"schema".statement_lines, :"schema".cost_adjustments TO rds_pgaudit;

-- Ingest may read nothing but the identities of records, and does so for each batch with possible duplicates. A server
-- that lets nobody change this for a role writes one to three lines for such a batch, never one for a record.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'daybook_ingest') THEN
    ALTER ROLE daybook_ingest SET pgaudit.role = '';
  END IF;
EXCEPTION WHEN insufficient_privilege OR invalid_parameter_value THEN
  RAISE WARNING 'pgaudit.role of daybook_ingest stays as it is: %', SQLERRM;
END $$;

-- Who may become the owner reads partitions by their own names, on which the audit role has no rights: everything that
-- a person does there is logged. The jobs of daybook maintain are told by their DDL.
SELECT 'ALTER ROLE daybook_admin SET pgaudit.log = ''ddl,role,read,write'''
 WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = 'daybook_admin') \gexec
COMMIT;
