-- p_changes: any of display_name, time_zone, payer, currency; what is not named stays, null takes away.
CREATE OR REPLACE FUNCTION daybook_set_tenant(p_tenant text, p_changes jsonb, p_reason text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  before tenants;
  changed tenants;
  zone_in_force text;
  zone_of_closed text;
  open_from date;
  unknown text;
BEGIN
  IF p_changes IS NULL THEN
    RAISE EXCEPTION 'the changes are missing' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  SELECT pg_catalog.string_agg(key, ', ') INTO unknown FROM pg_catalog.jsonb_object_keys(p_changes) AS key
   WHERE key NOT IN ('display_name', 'time_zone', 'payer', 'currency');
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'a tenant has no %', unknown USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- Another zone moves days between months: only then nobody may add to them meanwhile.
  IF p_changes ? 'time_zone' THEN
    PERFORM daybook_lock_books();
  ELSE
    PERFORM daybook_require_read_committed();
  END IF;
  INSERT INTO tenants (tenant_id) VALUES (p_tenant) ON CONFLICT DO NOTHING;
  SELECT * INTO before FROM tenants WHERE tenant_id = p_tenant FOR UPDATE;
  changed := before;
  IF p_changes ? 'display_name' THEN changed.display_name := p_changes->>'display_name'; END IF;
  IF p_changes ? 'payer' THEN changed.payer := p_changes->>'payer'; END IF;
  IF p_changes ? 'currency' THEN changed.currency := p_changes->>'currency'; END IF;
  IF p_changes ? 'time_zone' THEN changed.time_zone := coalesce(p_changes->>'time_zone', 'UTC'); END IF;
  -- localtime is what the host says, and a replica may be another host; the rest are no places.
  IF changed.time_zone <> before.time_zone AND (changed.time_zone ~ '^(localtime|posixrules|Factory|posix/.*|right/.*)$'
     OR NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = changed.time_zone)) THEN
    RAISE EXCEPTION 'there is no time zone %', changed.time_zone USING ERRCODE = 'invalid_parameter_value',
      HINT = 'Use a name of the IANA database, such as Europe/Berlin.';
  END IF;
  IF changed IS DISTINCT FROM before THEN
    UPDATE tenants SET display_name = changed.display_name, payer = changed.payer, currency = changed.currency,
      time_zone = changed.time_zone, updated_at = pg_catalog.clock_timestamp(), updated_by = session_user
     WHERE tenant_id = p_tenant;
  END IF;
  IF (changed.display_name, changed.payer, changed.currency) IS DISTINCT
    FROM (before.display_name, before.payer, before.currency) THEN
    INSERT INTO billing_journal (action, tenant_id, reason, detail)
    VALUES ('tenant', p_tenant, p_reason, pg_catalog.jsonb_build_object(
      'before', pg_catalog.to_jsonb(before) - '{tenant_id,time_zone,updated_at,updated_by}'::text[],
      'after', pg_catalog.to_jsonb(changed) - '{tenant_id,time_zone,updated_at,updated_by}'::text[]));
  END IF;
  IF NOT p_changes ? 'time_zone' THEN
    RETURN false;
  END IF;

  -- A month that was reopened may still have the zone that it was closed with.
  open_from := daybook_first_open_month();
  zone_in_force := coalesce((SELECT time_zone FROM tenant_time_zones WHERE tenant_id = p_tenant
    AND first_month <= open_from
                              ORDER BY first_month DESC LIMIT 1), 'UTC');
  IF zone_in_force = changed.time_zone AND NOT EXISTS (
    SELECT FROM tenant_time_zones WHERE tenant_id = p_tenant AND first_month > open_from) THEN
    RETURN false;
  END IF;
  SELECT time_zone INTO zone_of_closed FROM tenant_time_zones
   WHERE tenant_id = p_tenant AND first_month < open_from ORDER BY first_month DESC LIMIT 1;
  DELETE FROM tenant_time_zones WHERE tenant_id = p_tenant AND first_month >= open_from;
  INSERT INTO tenant_time_zones (tenant_id, first_month, starts_at, time_zone)
  VALUES (p_tenant, open_from, CASE WHEN open_from = '-infinity' THEN '-infinity'::timestamptz
          ELSE open_from::timestamp AT TIME ZONE coalesce(zone_of_closed, 'UTC') END, changed.time_zone);
  PERFORM daybook_rebuild_tenant(p_tenant);
  INSERT INTO billing_journal (action, tenant_id, reason, detail)
  VALUES ('time_zone', p_tenant, p_reason,
          pg_catalog.jsonb_build_object('before', zone_in_force, 'after', changed.time_zone, 'first_month', open_from));
  RETURN true;
END $$;

COMMENT ON FUNCTION daybook_set_tenant IS 'Changes what finance knows of a tenant, and journals it; another time zone rebuilds its open months. True when it did';
REVOKE ALL ON FUNCTION daybook_set_tenant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_set_tenant TO app_finance;
