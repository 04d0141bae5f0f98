-- SPDX-License-Identifier: Apache-2.0
-- Takes auth.up.sql out of a database. The login stays: it may be used by other databases, and is dropped by hand.
\set ON_ERROR_STOP on
BEGIN;
DROP FUNCTION IF EXISTS pgbouncer.user_lookup;
DROP SCHEMA IF EXISTS pgbouncer;
COMMIT;
