# LiteLLM: StandardAuditLogPayload.

[profile]
stream = audit_logs
format = ndjson
items  = [] | .
key    = ignore
about  = Changes of keys, teams, users, models and settings of a LiteLLM proxy, as its audit callbacks report them.
source = https://docs.litellm.ai/docs/proxy/multiple_admins

[columns]
event_id    = uuid(id) | uuid5("litellm-audit", id)
occurred_at = updated_at
# The payload does not say whose object was changed: the proxy is one tenant. A site names its own.
tenant_id   = header("tenant-id") | litellm_proxy
action      = cut(join(".", "litellm", map(table_name, "LiteLLM_TeamTable": "team", "LiteLLM_UserTable": "user",
  "LiteLLM_VerificationToken": "key", "LiteLLM_ProxyModelTable": "model", "LiteLLM_ManagedFileTable": "file",
  "LiteLLM_ToolTable": "tool", "LiteLLM_CacheConfig": "cache_config", "LiteLLM_ConfigOverrides": "config_override",
  "LiteLLM_Config": "config", "LiteLLM_SSOConfig": "sso_config", "LiteLLM_UISettings": "ui_settings",
  "LiteLLM_AgentsTable": "agent") | table_name, action), 128)
category    = "configuration"
actor_id    = cut(changed_by | changed_by_api_key, 256)
actor_type  = if(changed_by, "user", if(changed_by_api_key, "api_key", "system"))
target_type = cut(table_name, 128)
target_id   = cut(object_id, 512)
service     = "litellm"
metadata.changed_by_api_key = changed_by_api_key
# Texts of JSON; LiteLLM masks the keys in them.
metadata.before_value = before_value
metadata.updated_values = updated_values
