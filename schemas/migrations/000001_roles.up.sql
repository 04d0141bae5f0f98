-- Group roles: no login, no password. Login roles are the site's own and become members of these.
-- Roles belong to the cluster: another database may have made them, or may be making them right now.
DO $$
DECLARE
  role_name text;
  -- Since PostgreSQL 16 a role may be a member without being allowed to SET ROLE.
  needed text := CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['app_owner', 'app_write', 'app_read', 'app_maintain', 'app_audit_read'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        -- NOINHERIT: maintenance has the owner's rights only while it says so (SET ROLE app_owner).
        EXECUTE format('CREATE ROLE %I NOLOGIN %s', role_name,
                       CASE role_name WHEN 'app_maintain' THEN 'NOINHERIT' ELSE 'INHERIT' END);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
      END;
    END IF;
  END LOOP;

  -- Whoever migrates hands its tables to app_owner; a superuser needs no membership for that.
  IF NOT pg_has_role('app_owner', needed) THEN
    BEGIN
      EXECUTE format('GRANT app_owner TO %I', current_user);
    EXCEPTION WHEN unique_violation THEN
      NULL;
    END;
  END IF;

  IF NOT EXISTS (SELECT FROM pg_auth_members
                  WHERE roleid = 'app_owner'::regrole AND member = 'app_maintain'::regrole) THEN
    BEGIN
      GRANT app_owner TO app_maintain;
    EXCEPTION WHEN unique_violation THEN
      NULL;
    END;
  END IF;

  EXECUTE format('GRANT CONNECT ON DATABASE %I TO app_write, app_read, app_maintain, app_audit_read',
                 current_database());
  -- Batches are staged in temporary tables.
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO app_write, app_owner', current_database());
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO app_owner', current_schema());
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO app_write, app_read, app_maintain, app_audit_read',
                 current_schema());
END $$;
