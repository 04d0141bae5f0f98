-- SPDX-License-Identifier: Apache-2.0
-- For the rotation of passwords, after ops/postgres/roles.up.sql, as the master user; it may be run again.
--   psql -d postgres -f ops/terraform/rotation.sql
--
-- The function of AWS logs in as the login and changes its password. One with default_transaction_read_only could not:
-- in database postgres, which holds nothing of Daybook, it may. A setting for a role in a database goes before its own.
\set ON_ERROR_STOP on
SELECT format('ALTER ROLE %I IN DATABASE postgres SET default_transaction_read_only = off', rolname)
  FROM pg_roles
 WHERE rolname IN ('daybook_report', 'daybook_audit', 'daybook_monitor', 'daybook_backup') \gexec
