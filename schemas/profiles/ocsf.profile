# OCSF 1.1 to 1.9: identity and access management, and API activity.

[profile]
stream = audit_logs
format = ndjson
items  = [] | .
key    = ignore
about  = OCSF events of the classes API Activity, Authentication, Account Change, User Management and the others of category 3.
source = https://schema.ocsf.io/

[skip]
# Findings, network, system and discovery events are no one's action on something.
other_class = class_uid and class_uid != "6003" and not starts(class_uid, "300")

[columns]
event_id    = uuid(metadata.uid) | uuid5("ocsf", metadata.product.vendor_name | "-", metadata.product.name | "-",
  metadata.uid)
occurred_at = epoch_ms(time) | time_dt
tenant_id   = text(metadata.tenant_uid | cloud.account.uid)
action      = cut(if(class_uid = "6003", join(":", api.service.name, api.operation | activity_name), join(".",
  lower(class_name) | map(class_uid, "3001": "account change", "3002": "authentication", "3003":
  "authorize session", "3004": "entity management", "3005": "user access", "3006": "group management", "3007":
  "user management", "3008": "role management"), lower(activity_name) | text(activity_id))) | text(type_uid), 128)
category    = if(class_uid = "3002", "authentication", map(category_uid, "3": "iam", "6": "api"))
# The one who signs in is the user of the event; actor, if there, is who lets them. OCSF only recommends an actor in
# category 3, or does not have one there; the user of the other classes is whom it happened to, and never stands for it.
actor_id    = cut(actor.user.uid | actor.user.name | actor.user.email_addr
  | if(class_uid in ("3002", "3003"), user.uid | user.name | user.email_addr)
  | actor.app_uid | actor.app_name | actor.invoked_by | actor.process.name, 256)
actor_type  = if(actor.user.uid or actor.user.name or actor.user.email_addr,
  map(actor.user.type_id, "3": "system", "4": "service", else: "user"),
  if(class_uid in ("3002", "3003") and (user.uid or user.name or user.email_addr),
  map(user.type_id, "3": "system", "4": "service", else: "user"),
  if(actor.app_uid or actor.app_name or actor.invoked_by or actor.process.name, "service",
  if(class_uid in ("3002", "3003"), "anonymous", if(starts(class_uid, "300"), "system")))))
actor_name  = cut(actor.user.name | actor.user.email_addr | if(class_uid in ("3002", "3003"), user.name |
  user.email_addr), 256)
target_type = cut(if(class_uid in ("3001", "3005", "3007"), "user", resources[0].type | resource.type | if(class_uid
  = "3006", if(group.uid, "group")) | if(class_uid = "3004", entity.type) | if(class_uid = "3002", if(service.uid,
  "service", if(service.name, "service")))), 128)
target_id   = cut(if(class_uid in ("3001", "3005", "3007"), user.uid | user.name,
  resources[0].uid | resource.uid | if(class_uid = "3006", group.uid) | if(class_uid = "3004", entity.uid)
  | if(class_uid = "3002", service.uid | service.name)), 512)
target_name = cut(if(class_uid in ("3001", "3005", "3007"), user.name | user.email_addr,
  resources[0].name | resource.name | if(class_uid = "3006", group.name) | if(class_uid = "3004", entity.name)
  | if(class_uid = "3002", service.name)), 512)
# Never a success that nobody said.
outcome     = map(status_id, "1": "success", "2": "failure", else: "unknown")
  | map(lower(status), "success": "success", "failure": "failure", else: "unknown") | "unknown"
reason      = cut(status_detail | status_code | api.response.error_message | api.response.error, 1024)
severity    = map(severity_id, "1": "informational", "2": "low", "3": "medium", "4": "high", "5": "critical", "6":
  "fatal")
source_ip   = ip(src_endpoint.ip)
user_agent  = http_request.user_agent
session_id  = cut(actor.session.uid | session.uid, 256)
request_id  = cut(http_request.uid | api.request.uid | metadata.correlation_uid, 256)
trace_id    = trace.uid
span_id     = trace.span.uid
service     = cut(metadata.product.name, 128)
service_version = cut(metadata.product.version, 64)
metadata.class_uid = class_uid
metadata.class_name = class_name
metadata.activity = activity_name
metadata.activity_id = activity_id
metadata.type_uid = type_uid
metadata.ocsf_version = metadata.version
metadata.profiles = metadata.profiles
metadata.event_code = metadata.event_code
metadata.source_host = if(not ip(src_endpoint.ip), src_endpoint.ip | src_endpoint.hostname | src_endpoint.svc_name)
metadata.region = cloud.region
metadata.cloud = cloud.provider
metadata.account = cloud.account.uid
metadata.message = cut(message, 1024)
metadata.mfa = is_mfa
metadata.remote = is_remote
metadata.logon_type = logon_type
metadata.auth_protocol = auth_protocol
metadata.status_code = status_code
metadata.api = api
metadata.dst_endpoint = dst_endpoint
metadata.user = user
metadata.user_result = user_result
metadata.privileges = privileges
metadata.group = group
metadata.entity = entity
metadata.entity_result = entity_result
metadata.resources = resources
metadata.resource = resource
metadata.ai_model = ai_model
metadata.message_context = message_context
metadata.unmapped = unmapped

[known]
names = raw_data, enrichments, observables, actor.idp, attestation_list
