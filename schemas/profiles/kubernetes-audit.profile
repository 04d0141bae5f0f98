# Kubernetes: audit.k8s.io/v1 events.

[profile]
stream = audit_logs
format = ndjson
items  = items[] | [] | .
key    = ignore
about  = Audit events of the Kubernetes API server, single (log backend) or as an EventList (webhook backend).
source = https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/

[skip]
# The same request is reported again when it has ended.
request_received = stage = "RequestReceived"

[columns]
# A request has one auditID and an event for each stage.
event_id    = uuid5("kubernetes-audit", auditID, stage)
occurred_at = requestReceivedTimestamp | stageTimestamp
# No namespace has an underscore: _cluster is what belongs to none.
tenant_id   = objectRef.namespace | "_cluster"
action      = cut(join(".", objectRef.resource, objectRef.subresource, verb), 128)
category    = "api"
actor_id    = cut(user.username, 256)
# Where credentials were refused (401) nobody is known: the user is there, and has no name.
actor_type  = if(user.username = "system:anonymous" or (user and not user.username), "anonymous",
  if(starts(user.username, "system:serviceaccount:"), "service", if(starts(user.username, "system:"), "system",
  "user")))
target_type = cut(objectRef.resource, 128)
target_id   = cut(if(objectRef.resource, join("/", objectRef.namespace, objectRef.name), requestURI), 512)
target_name = cut(objectRef.name, 512)
outcome     = if(annotations."authorization.k8s.io/decision" = "forbid", "denied",
  if(responseStatus.code, if(starts(text(responseStatus.code), "4") or starts(text(responseStatus.code), "5"),
  "failure", "success"), "unknown"))
reason      = cut(join(": ", responseStatus.reason, responseStatus.message)
  | if(annotations."authorization.k8s.io/decision" = "forbid", annotations."authorization.k8s.io/reason"), 1024)
# Of several addresses only the last was seen by the API server itself.
source_ip   = ip(sourceIPs[-1])
user_agent  = userAgent
request_id  = auditID
service     = "kube-apiserver"
metadata.stage = stage
metadata.level = level
metadata.verb = verb
metadata.code = responseStatus.code
metadata.request_uri = cut(requestURI, 2048)
metadata.user_uid = user.uid
metadata.groups = user.groups
metadata.user_extra = user.extra
metadata.authentication = authenticationMetadata
metadata.impersonated_user = impersonatedUser
metadata.api_group = objectRef.apiGroup
metadata.api_version = objectRef.apiVersion
metadata.subresource = objectRef.subresource
metadata.object_uid = objectRef.uid
metadata.resource_version = objectRef.resourceVersion
metadata.source_ips = sourceIPs
metadata.annotations = annotations
metadata.stage_time = stageTimestamp

[known]
# The bodies may hold secrets.
names = requestObject, responseObject, responseStatus.status, kind, apiVersion
