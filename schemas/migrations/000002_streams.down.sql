-- Drops the records themselves: `daybook migrate down` asks for --force when there are any.
SET LOCAL ROLE app_owner;

DROP TABLE invocations;
DROP TABLE audit_logs;
DROP FUNCTION daybook_refuse_change();
