# Auth0: tenant logs.

[profile]
stream = audit_logs
format = ndjson
items  = [] | detail | .
key    = ignore
about  = Tenant log events of Auth0, from a log stream (webhook, EventBridge) or the Management API.
source = https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes

[columns]
event_id    = uuid5("auth0", data.log_id | log_id | _id)
occurred_at = data.date | date
# The API does not say the tenant of its events; a log stream does.
tenant_id   = data.tenant_name | tenant_name
action      = cut(data.type | type, 128)
category    = if((data.type | type) in ("sapi", "fapi", "mgmt_api_read"), "configuration", "authentication")
actor_id    = cut(data.user_id | user_id | data.user_name | user_name | data.client_id | client_id, 256)
actor_type  = if(data.user_id or user_id or data.user_name or user_name, "user", if(data.client_id or client_id,
  "service", "system"))
actor_name  = cut(data.user_name | user_name | data.client_name | client_name, 256)
target_type = if(data.client_id or client_id, "client")
target_id   = cut(data.client_id | client_id, 512)
target_name = cut(data.client_name | client_name, 512)
# Codes begin with s for success and f for failure; those that do not follow this are named. mfar says that a second
# factor was asked for, not what became of it.
outcome     = if((data.type | type) = "flows_execution_completed"
  or split(data.type | type, "_", -1) in ("succeeded", "success"), "success",
  if((data.type | type) in ("signup_pwd_leak", "reset_pwd_leak", "pwd_leak", "gd_auth_failed", "gd_auth_rejected",
  "gd_otp_rate_limit_exceed", "gd_recovery_failed", "gd_recovery_rate_limit_exceed", "gd_module_switch_failed",
  "gd_user_delete_failed", "gd_webauthn_enrollment_failed", "api_limit", "refresh_token_reuse_detected",
  "ublkdu_failed") or split(data.type | type, "_", -1) in ("failed", "failure")
  or starts(data.type | type, "f") or starts(data.type | type, "limit_"), "failure",
  if(starts(data.type | type, "sys_") or (data.type | type) = "ss_sso_info", "unknown",
  if(starts(data.type | type, "s") or (data.type | type) in
  ("gd_auth_succeed", "gd_enrollment_complete", "gd_recovery_succeed", "gd_tenant_update",
  "gd_update_device_account", "gd_user_delete", "gd_unenroll", "mgmt_api_read"), "success", "unknown"))))
reason      = cut(if(starts(data.type | type, "f") or split(data.type | type, "_", -1) in ("failed", "failure"),
  data.description | data.details.error.message | description
  | details.error.message), 1024)
source_ip   = ip(data.ip | ip)
user_agent  = data.user_agent | user_agent
session_id  = cut(data.session_id | session_id | data.details.session_id | details.session_id, 256)
service     = "auth0"
metadata.log_id = data.log_id | log_id | _id
metadata.description = cut(data.description | description, 1024)
metadata.environment = data.environment_name | environment_name
metadata.connection = data.connection | connection
metadata.connection_id = data.connection_id | connection_id
metadata.strategy = data.strategy | strategy
metadata.client_id = data.client_id | client_id
metadata.hostname = data.hostname | hostname
metadata.audience = data.audience | audience
metadata.scope = data.scope | scope
metadata.organization_id = data.organization_id | organization_id
metadata.country = data.location_info.country_code | location_info.country_code
metadata.security_context = data.security_context | security_context
metadata.references = data.references | references

[known]
# The details hold requests and responses of the Management API, with personal data.
names = data.details, details, data.isMobile, isMobile, data.auth0_client
