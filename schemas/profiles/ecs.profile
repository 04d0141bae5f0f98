# Elastic Common Schema: events with a user, nested or with dotted names.

[profile]
stream = audit_logs
format = ndjson
items  = [] | .
key    = ignore
about  = Security events in the Elastic Common Schema (8 and 9), as Beats, Elastic Agent and ECS loggers write them.
source = https://www.elastic.co/docs/reference/ecs

[skip]
not_an_event = one(event.kind | ."event.kind") in ("metric", "state", "asset", "enrichment", "pipeline_error")

[columns]
# Elasticsearch knows no arrays: each field may have several values, and one may stand in an array. Where a column takes
# one of them it is the first; metadata keeps all.
event_id    = uuid(one(event.id | ."event.id"))
  | uuid5("ecs", one(event.dataset | ."event.dataset") | "-", one(event.id | ."event.id"))
occurred_at = @timestamp
tenant_id   = text(one(organization.id | ."organization.id" | cloud.account.id | ."cloud.account.id"))
action      = cut(one(event.action | ."event.action"), 128)
category    = cut(one(event.category | ."event.category"), 64)
actor_id    = cut(one(user.id | ."user.id" | user.name | ."user.name" | user.email | ."user.email"
  | client.user.id | ."client.user.id" | source.user.id | ."source.user.id"), 256)
actor_type  = if(one(user.id | ."user.id" | user.name | ."user.name" | user.email | ."user.email"
  | client.user.id | ."client.user.id" | source.user.id | ."source.user.id"), "user",
  if(one(event.category | ."event.category") = "authentication", "anonymous", "system"))
actor_name  = cut(one(user.full_name | ."user.full_name" | user.name | ."user.name" | user.email | ."user.email"), 256)
target_type = if(user.target.id or ."user.target.id" or user.target.name or ."user.target.name", "user",
  if(file.path or ."file.path", "file", if(group.id or ."group.id", "group")))
target_id   = cut(one(user.target.id | ."user.target.id" | user.target.name | ."user.target.name" | file.path |
  ."file.path" | group.id | ."group.id"), 512)
target_name = cut(one(user.target.name | ."user.target.name" | file.name | ."file.name" | group.name | ."group.name"),
  512)
outcome     = map(lower(one(event.outcome | ."event.outcome")), "success": "success", "failure": "failure", else:
  "unknown") | "unknown"
reason      = cut(one(event.reason | ."event.reason" | error.message | ."error.message"), 1024)
source_ip   = ip(one(source.ip | ."source.ip" | client.ip | ."client.ip"))
user_agent  = one(user_agent.original | ."user_agent.original")
session_id  = cut(one(session.id | ."session.id"), 256)
request_id  = cut(one(http.request.id | ."http.request.id"), 256)
trace_id    = one(trace.id | ."trace.id")
span_id     = one(span.id | ."span.id")
service     = cut(one(service.name | ."service.name" | event.module | ."event.module" | event.provider |
  ."event.provider"), 128)
service_version = cut(one(service.version | ."service.version"), 64)
metadata.message = cut(message, 1024)
metadata.event_kind = event.kind | ."event.kind"
metadata.event_category = event.category | ."event.category"
metadata.event_type = event.type | ."event.type"
metadata.event_code = event.code | ."event.code"
metadata.event_dataset = event.dataset | ."event.dataset"
metadata.event_severity = event.severity | ."event.severity"
metadata.log_level = log.level | ."log.level"
metadata.ecs_version = ecs.version | ."ecs.version"
metadata.source_address = source.address | ."source.address"
metadata.source_port = source.port | ."source.port"
metadata.host = host.name | ."host.name" | host.hostname
metadata.user_domain = user.domain | ."user.domain"
metadata.user_roles = user.roles | ."user.roles"
metadata.user_effective = user.effective | ."user.effective.id"
metadata.user_changes = user.changes
metadata.user_target = user.target
metadata.organization = organization.name | ."organization.name"
metadata.region = cloud.region | ."cloud.region"
metadata.url = url.path | ."url.path"
metadata.http_method = http.request.method | ."http.request.method"
metadata.http_status = http.response.status_code | ."http.response.status_code"
metadata.rule = rule.name | ."rule.name"
metadata.tags = tags
metadata.labels = labels

[known]
names = error, ."error.type", ."error.stack_trace", event.original, ."event.original"
