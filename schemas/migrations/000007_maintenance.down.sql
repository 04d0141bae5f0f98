-- Archives and held tables stay as they are; the journal and the holds go. Not so the receipts of months that have left:
-- without them their money would be a difference that reconcile takes away, and no audit would add up again.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DO $$
BEGIN
  IF EXISTS (SELECT FROM legal_holds WHERE released_at IS NULL) THEN
    RAISE EXCEPTION 'there are active legal holds' USING HINT = 'Release them first: daybook hold list.';
  END IF;
  IF EXISTS (SELECT FROM partition_retirements) THEN
    RAISE EXCEPTION 'months have left, or are on their way out, and their receipts stand here' USING HINT =
      'Audit and reconcile count with them: keep this release, or restore a backup from before the first month left.';
  END IF;
END $$;

DROP TRIGGER IF EXISTS journal_change ON partition_policies;
REVOKE SELECT (rejected_at, table_name, reason) ON rejected_records FROM app_read;
DROP INDEX sessions_revocation;
DROP TABLE legal_holds;
-- Tables of held rows outlive this migration with a trigger that refuses every change.
DO $$
DECLARE
  held record;
BEGIN
  FOR held IN SELECT tgrelid::regclass AS name FROM pg_trigger
               WHERE tgfoid = to_regproc('daybook_held_table_refuse') LOOP
    EXECUTE format('DROP TRIGGER refuse_change ON %s', held.name);
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s FOR EACH ROW'
                   ' EXECUTE FUNCTION daybook_refuse_change()', held.name);
  END LOOP;
END $$;
DROP TABLE maintenance_runs;
DROP TABLE partition_retirements;
DROP TABLE partition_journal;
DROP FUNCTION IF EXISTS daybook_journal_policy(), daybook_stamp_hold(), daybook_journal_hold(),
  daybook_held_table_refuse(),
  daybook_stamp_journal();
ALTER TABLE partition_policies
  DROP COLUMN archive, DROP COLUMN no_archive_reason, DROP COLUMN archive_directory, DROP COLUMN held_rows,
  DROP COLUMN close_after_days, DROP COLUMN closed_indexes, DROP COLUMN is_managed;
COMMENT ON TABLE partition_policies IS 'Window of months for which a partitioned table takes rows';

-- A body may name what is made after it.
SET LOCAL check_function_bodies = off;
DO $$
DECLARE
  former record;
BEGIN
  FOR former IN SELECT statement FROM daybook_former_objects ORDER BY position LOOP
    EXECUTE former.statement;
  END LOOP;
END $$;
DROP TABLE daybook_former_objects, daybook_objects;
