# Okta: System Log.

[profile]
stream = audit_logs
format = ndjson
items  = data.events[] | detail | [] | .
key    = ignore
about  = Events of the Okta System Log: from log streaming (EventBridge), event hooks or the System Log API.
source = https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/

[columns]
event_id    = uuid(uuid)
occurred_at = published
# An event does not name its org: the pipeline adds it as header okta-org or as member okta_org; or a site says it.
tenant_id   = header("okta-org") | okta_org
action      = cut(eventType, 128)
category    = if(starts(eventType, "user.authentication") or starts(eventType, "user.session") or starts(eventType,
  "user.mfa") or starts(eventType, "app.oauth2"), "authentication", if(starts(eventType, "user.") or
  starts(eventType, "group."), "iam", "configuration"))
actor_id    = cut(actor.id | actor.alternateId, 256)
actor_type  = map(actor.type, "User": "user", "AppUser": "user", "SystemPrincipal": "system", else: "service")
actor_name  = cut(actor.alternateId | actor.displayName, 256)
target_type = cut(target[0].type, 128)
target_id   = cut(target[0].id, 512)
target_name = cut(target[0].displayName | target[0].alternateId, 512)
outcome     = map(outcome.result | "UNKNOWN", "SUCCESS": "success", "ALLOW": "success", "FAILURE": "failure",
  "DENY": "denied", "RATE_LIMIT": "failure", else: "unknown")
reason      = cut(outcome.reason, 1024)
severity    = map(severity, "DEBUG": "informational", "INFO": "informational", "WARN": "medium", "ERROR": "high")
source_ip   = ip(client.ipAddress)
user_agent  = client.userAgent.rawUserAgent
session_id  = if(authenticationContext.externalSessionId != "unknown", cut(authenticationContext.externalSessionId,
  256))
request_id  = cut(transaction.id, 256)
service     = "okta"
service_version = cut(version, 64)
metadata.display_message = displayMessage
metadata.outcome = outcome.result
metadata.actor_type = actor.type
metadata.actor_display_name = actor.displayName
metadata.severity = severity
metadata.transaction_type = transaction.type
metadata.root_session_id = authenticationContext.rootSessionId
metadata.source_host = if(not ip(client.ipAddress), client.ipAddress)
metadata.device = client.device
metadata.zone = client.zone
metadata.geo = client.geographicalContext
metadata.security_context = securityContext
metadata.authentication = authenticationContext
metadata.targets = target
metadata.request = request
metadata.debug = debugContext.debugData

[known]
names = legacyEventType, debugContext
