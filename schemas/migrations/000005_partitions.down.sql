-- The partitions stay: they hold records and go with their tables.
SET LOCAL ROLE app_owner;

DROP FUNCTION daybook_ensure_runway();
DROP FUNCTION daybook_ensure_partition(text, date);
DROP FUNCTION daybook_create_partition(text, date);
DROP FUNCTION daybook_partition_of(text, date);
DROP TABLE partition_policies;
