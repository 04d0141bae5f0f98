-- SPDX-License-Identifier: Apache-2.0
-- The login roles of the demo: members of the group roles that the migrations make. A site makes its
-- own in the same way. Passwords come from the environment, so that no command line shows them.
\getenv ingest_password DAYBOOK_INGEST_PASSWORD
\getenv report_password DAYBOOK_REPORT_PASSWORD
\getenv finance_password DAYBOOK_FINANCE_PASSWORD

CREATE ROLE daybook_ingest LOGIN PASSWORD :'ingest_password' CONNECTION LIMIT 20 IN ROLE app_write;
ALTER ROLE daybook_ingest SET statement_timeout = '30s';
ALTER ROLE daybook_ingest SET idle_in_transaction_session_timeout = '60s';

CREATE ROLE daybook_report LOGIN PASSWORD :'report_password' CONNECTION LIMIT 10
  IN ROLE app_read, app_audit_read;
ALTER ROLE daybook_report SET statement_timeout = '60s';
ALTER ROLE daybook_report SET default_transaction_read_only = on;

CREATE ROLE daybook_finance LOGIN PASSWORD :'finance_password' CONNECTION LIMIT 10 IN ROLE app_finance;
ALTER ROLE daybook_finance SET idle_in_transaction_session_timeout = '5min';
