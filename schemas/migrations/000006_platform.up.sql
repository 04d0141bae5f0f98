-- Users and sessions of the platform. Daybook's own roles have no rights here.
SET LOCAL ROLE app_owner;

CREATE TABLE users (
  user_id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id           text COLLATE "C" NOT NULL,
  email               text NOT NULL,
  display_name        text,
  password_hash       text CHECK (password_hash LIKE '$%'),
  password_changed_at timestamptz,
  role                text NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'auditor')),
  mfa_status          text NOT NULL DEFAULT 'disabled' CHECK (mfa_status IN ('disabled', 'pending', 'enabled')),
  mfa_enrolled_at     timestamptz,
  failed_sign_ins     integer NOT NULL DEFAULT 0 CHECK (failed_sign_ins >= 0),
  locked_until        timestamptz,
  last_sign_in_at     timestamptz,
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  deleted_at          timestamptz,
  CHECK (mfa_status <> 'enabled' OR mfa_enrolled_at IS NOT NULL)
);
CREATE UNIQUE INDEX users_email ON users (tenant_id, lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX users_deleted ON users (deleted_at) WHERE deleted_at IS NOT NULL;

COMMENT ON TABLE users IS 'People who sign in to the platform; a deleted user keeps the row, so that audit records stay readable';
COMMENT ON COLUMN users.user_id IS 'Id, as in audit_logs.actor_id';
COMMENT ON COLUMN users.tenant_id IS 'Tenant of the user';
COMMENT ON COLUMN users.email IS 'Address to sign in with, unique in the tenant among users who are not deleted; personal data';
COMMENT ON COLUMN users.display_name IS 'Name for display; personal data';
COMMENT ON COLUMN users.password_hash IS 'Password hash in PHC format ($argon2id$…), never a password; null with single sign-on';
COMMENT ON COLUMN users.password_changed_at IS 'When the password was set last, UTC';
COMMENT ON COLUMN users.role IS 'owner, admin, member, viewer or auditor';
COMMENT ON COLUMN users.mfa_status IS 'Second factor: disabled, pending or enabled';
COMMENT ON COLUMN users.mfa_enrolled_at IS 'When the second factor was enabled, UTC';
COMMENT ON COLUMN users.failed_sign_ins IS 'Failed attempts since the last success';
COMMENT ON COLUMN users.locked_until IS 'No sign-in before this time, UTC';
COMMENT ON COLUMN users.last_sign_in_at IS 'Last successful sign-in, UTC';
COMMENT ON COLUMN users.created_at IS 'When the row was made, UTC';
COMMENT ON COLUMN users.updated_at IS 'When the row was changed last, UTC';
COMMENT ON COLUMN users.deleted_at IS 'When the user was deleted, UTC; null for a living one';

CREATE TABLE sessions (
  session_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id        uuid NOT NULL REFERENCES users (user_id),
  token_sha256   bytea NOT NULL UNIQUE CHECK (octet_length(token_sha256) = 32),
  issued_at      timestamptz NOT NULL DEFAULT now(),
  expires_at     timestamptz NOT NULL,
  last_seen_at   timestamptz,
  mfa_passed_at  timestamptz,
  revoked_at     timestamptz,
  revoked_reason text,
  source_ip      inet,
  user_agent     text,
  CHECK (expires_at > issued_at),
  CHECK (revoked_reason IS NULL OR revoked_at IS NOT NULL)
);
CREATE INDEX sessions_live ON sessions (user_id, expires_at) WHERE revoked_at IS NULL;
CREATE INDEX sessions_expiry ON sessions (expires_at) WHERE revoked_at IS NULL;

COMMENT ON TABLE sessions IS 'Sign-in sessions: what is known of a token, never the token';
COMMENT ON COLUMN sessions.session_id IS 'Id, as in audit_logs.session_id';
COMMENT ON COLUMN sessions.user_id IS 'User who signed in';
COMMENT ON COLUMN sessions.token_sha256 IS 'SHA-256 (32 bytes) of the bearer token';
COMMENT ON COLUMN sessions.issued_at IS 'When the token was issued, UTC';
COMMENT ON COLUMN sessions.expires_at IS 'When it ceases to be valid, UTC';
COMMENT ON COLUMN sessions.last_seen_at IS 'Last request with it, UTC';
COMMENT ON COLUMN sessions.mfa_passed_at IS 'When the second factor was given, UTC; null if it was not';
COMMENT ON COLUMN sessions.revoked_at IS 'When it was revoked, UTC; null for a live one';
COMMENT ON COLUMN sessions.revoked_reason IS 'Why it was revoked, such as signed_out';
COMMENT ON COLUMN sessions.source_ip IS 'Address at sign-in';
COMMENT ON COLUMN sessions.user_agent IS 'As sent by the client at sign-in; not trustworthy';
