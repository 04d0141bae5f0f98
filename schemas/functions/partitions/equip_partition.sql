-- What neither LIKE nor ATTACH gives to a partition.
CREATE OR REPLACE FUNCTION daybook_equip_partition(p_table text, p_partition text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  parent regclass := pg_catalog.quote_ident(p_table)::regclass;
  item record;
BEGIN
  FOR item IN
    SELECT a.privilege_type, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(r.rolname) END AS grantee
      FROM pg_class c, pg_catalog.aclexplode(c.relacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
     WHERE c.oid = parent AND a.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('GRANT %s ON %I TO %s', item.privilege_type, p_partition, item.grantee);
  END LOOP;
  -- Row triggers come with ATTACH; bit 5 of tgtype is TRUNCATE.
  FOR item IN
    SELECT tgname, tgfoid::regproc AS call, tgenabled FROM pg_trigger
     WHERE tgrelid = parent AND NOT tgisinternal AND tgtype & 32 <> 0
  LOOP
    EXECUTE pg_catalog.format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION %s()',
                   item.tgname, p_partition, item.call);
    IF item.tgenabled = 'A' THEN
      EXECUTE pg_catalog.format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', p_partition, item.tgname);
    END IF;
  END LOOP;
END $$;

COMMENT ON FUNCTION daybook_equip_partition IS 'Gives a table that becomes a partition the rights and the TRUNCATE triggers of its parent';
REVOKE ALL ON FUNCTION daybook_equip_partition FROM PUBLIC;
