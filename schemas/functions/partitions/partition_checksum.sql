-- Whatever the order of the rows: a change of any value changes the sum.
CREATE OR REPLACE FUNCTION daybook_partition_checksum(p_partition text) RETURNS numeric
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET intervalstyle = 'iso_8601'
SET bytea_output = 'hex' SET extra_float_digits = 1 SET row_security = off AS $$
DECLARE
  result numeric;
BEGIN
  EXECUTE pg_catalog.format('SELECT coalesce(pg_catalog.sum(pg_catalog.hashtextextended(r::text, 0)::numeric), 0)'
    ' FROM ONLY %I AS r', p_partition)
    INTO result;
  RETURN result;
END $$;

COMMENT ON FUNCTION daybook_partition_checksum IS 'Sum of a 64-bit hash of every row, to notice changes of a partition that stands alone; no protection against a forger';
REVOKE ALL ON FUNCTION daybook_partition_checksum FROM PUBLIC;
