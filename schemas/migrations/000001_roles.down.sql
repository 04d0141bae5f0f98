-- A role that another database still needs, or that has members of the site's own, stays.
DO $$
DECLARE
  role_name text;
BEGIN
  EXECUTE format('REVOKE ALL ON SCHEMA %I FROM app_owner, app_write, app_read, app_maintain, app_audit_read',
                 current_schema());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM app_owner, app_write, app_read, app_maintain, app_audit_read',
                 current_database());
  FOREACH role_name IN ARRAY ARRAY['app_audit_read', 'app_maintain', 'app_read', 'app_write', 'app_owner'] LOOP
    CONTINUE WHEN EXISTS (
      SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
       WHERE m.roleid = role_name::regrole AND r.rolname NOT IN (current_user, 'app_maintain'));
    BEGIN
      EXECUTE format('DROP ROLE %I', role_name);
    EXCEPTION WHEN dependent_objects_still_exist OR undefined_object OR insufficient_privilege THEN
      RAISE NOTICE 'role % stays: %', role_name, SQLERRM;
    END;
  END LOOP;
END $$;
