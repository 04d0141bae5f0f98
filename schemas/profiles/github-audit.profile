# GitHub Enterprise Cloud: streamed audit log.

[profile]
stream = audit_logs
format = ndjson
items  = [] | .
key    = ignore
about  = Events of the audit log of GitHub Enterprise, as audit log streaming or the REST API give them.
source = https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/streaming-the-audit-log-for-your-enterprise

[columns]
event_id    = uuid(_document_id) | uuid5("github-audit", _document_id)
occurred_at = epoch_ms(@timestamp | created_at)
tenant_id   = text(business_id) | text(org_id)
action      = cut(action, 128)
category    = if(action in ("user.login", "user.failed_login", "user.logout", "org.sso_response",
  "business.sso_response"), "authentication", split(action, ".", 1))
actor_id    = cut(text(actor_id) | actor | deploy_key_fingerprint, 256)
actor_type  = if(actor_is_bot = "true" or starts(programmatic_access_type, "GitHub App") or (deploy_key_fingerprint
  and not actor), "service", if(actor or actor_id, "user", "system"))
actor_name  = cut(actor, 256)
target_type = if(repo, "repository", if(team, "team", if(user, "user", if(org, "organization"))))
target_id   = cut(if(repo, text(repo_id) | repo, if(team, team, if(user, text(user_id) | user, text(org_id) |
  org))), 512)
target_name = cut(if(repo, repo, if(team, team, user | text(org))), 512)
# An API request says its HTTP status. Other events are of what was done; the names of attempts that failed say so.
outcome     = if(starts(text(status_code), "4") or starts(text(status_code), "5") or split(action, "_", -1) in
  ("failure", "failed") or action in ("user.failed_login", "protected_branch.rejected_ref_update"), "failure",
  "success")
reason      = cut(reason | message, 1024)
source_ip   = ip(actor_ip)
user_agent  = user_agent
request_id  = cut(request_id, 256)
service     = "github"
metadata.business = business
metadata.org = org
metadata.org_id = org_id
metadata.repo = repo
metadata.visibility = visibility
metadata.user = user
metadata.team = team
metadata.operation_type = operation_type
metadata.country = actor_location.country_code
metadata.external_identity = external_identity_nameid
metadata.access_type = programmatic_access_type
metadata.token_id = token_id
metadata.token_scopes = token_scopes
metadata.hashed_token = hashed_token
metadata.oauth_application_id = oauth_application_id
metadata.integration = integration
metadata.transport = transport_protocol_name
metadata.name = name
metadata.permission = permission
metadata.old_permission = old_permission
metadata.event = event
metadata.status_code = status_code
metadata.workflow_run_id = workflow_run_id
metadata.head_branch = head_branch
metadata.data = data
metadata.config = config
metadata.config_was = config_was

[known]
names = created_at, transport_protocol, actor_location, public_repo
