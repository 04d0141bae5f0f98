# AWS CloudTrail: log files, Lake and EventBridge events.

[profile]
stream = audit_logs
format = json
items  = Records[] | detail | .
key    = ignore
about  = Events of AWS CloudTrail (management, data, network activity and Insights), single, in log files or through EventBridge.
source = https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html

[columns]
event_id    = uuid(eventID)
occurred_at = eventTime
# The account that the event was delivered to. The caller's account (userIdentity.accountId) is another one when
# access
# crosses accounts, so it never stands for the tenant.
tenant_id   = recipientAccountId
action      = cut(join(":", split(eventSource | insightDetails.eventSource, ".", 1),
  eventName | join(".", "Insight", insightDetails.eventName)), 128)
category    = if(lower(eventType) = "awsconsolesignin", "authentication", lower(eventCategory))
actor_id    = cut(userIdentity.arn | userIdentity.onBehalfOf.userId | userIdentity.principalId
  | userIdentity.userName | userIdentity.invokedBy | userIdentity.accountId, 256)
actor_type  = if(userIdentity.accountId = "ANONYMOUS_PRINCIPAL" or userIdentity.principalId = "Anonymous",
  "anonymous", if(userIdentity.type = "AWSService", "service", if(eventType in ("AwsServiceEvent",
  "AwsCloudTrailInsight") and not userIdentity.type, "system", "user")))
actor_name  = cut(userIdentity.userName | userIdentity.sessionContext.sessionIssuer.userName, 256)
target_type = cut(resources[0].type, 128)
target_id   = cut(resources[0].ARN | resources[0].ARNPrefix, 512)
# An event of the sign-in says what became of it in a member with its own name, and is no success because it does not.
outcome     = if(errorCode or errorMessage or serviceEventDetails.UserAuthentication = "Failure" or
  serviceEventDetails.CredentialVerification = "Failure" or serviceEventDetails.CredentialChallenge = "Failure",
  "failure", map(lower(responseElements.ConsoleLogin | responseElements.SwitchRole | responseElements.ExitRole
  | responseElements.RenewRole | responseElements.CheckMfa | responseElements.GetSigninToken
  | responseElements.PasswordRecoveryRequested | responseElements.PasswordRecoveryCompleted
  | responseElements.PasswordUpdated | responseElements.EmailUpdated), "success": "success", "failure": "failure")
  | if(lower(eventType) = "awsconsolesignin", "unknown", "success"))
reason      = cut(join(": ", errorCode, errorMessage), 1024)
source_ip   = ip(sourceIPAddress)
user_agent  = userAgent
# The id of temporary credentials names the session; it is not a secret.
session_id  = if(starts(userIdentity.accessKeyId, "ASIA"), userIdentity.accessKeyId)
request_id  = cut(requestID, 256)
service     = cut(eventSource | insightDetails.eventSource, 128)
service_version = cut(apiVersion, 64)
# A service of AWS (cloudtrail.amazonaws.com, AWS Internal), or an address that is none.
metadata.source_host = if(not ip(sourceIPAddress), sourceIPAddress)
metadata.region = awsRegion
metadata.event_type = eventType
metadata.event_version = eventVersion
metadata.event_category = eventCategory
metadata.read_only = readOnly
metadata.management_event = managementEvent
metadata.identity_type = userIdentity.type
metadata.identity_account = userIdentity.accountId
metadata.principal_id = userIdentity.principalId
metadata.access_key_id = userIdentity.accessKeyId
metadata.credential_id = userIdentity.credentialId
metadata.invoked_by = userIdentity.invokedBy
metadata.identity_provider = userIdentity.identityProvider
metadata.identity_store = userIdentity.onBehalfOf.identityStoreArn
metadata.session_issuer = userIdentity.sessionContext.sessionIssuer.arn
metadata.source_identity = userIdentity.sessionContext.sourceIdentity
metadata.session_created = userIdentity.sessionContext.attributes.creationDate
metadata.mfa = userIdentity.sessionContext.attributes.mfaAuthenticated | additionalEventData.MFAUsed
metadata.vpc_endpoint = vpcEndpointId
metadata.vpc_endpoint_account = vpcEndpointAccountId
metadata.shared_event_id = sharedEventID
metadata.from_console = sessionCredentialFromConsole
metadata.error_code = errorCode
metadata.resources = resources
metadata.tls = tlsDetails
metadata.addendum = addendum
metadata.service_event = serviceEventDetails
metadata.insight = insightDetails
metadata.additional = additionalEventData
metadata.request = requestParameters
metadata.response = responseElements

[known]
names = userIdentity, userIdentity.sessionContext.sessionIssuer.principalId, edgeDeviceDetails, eventContext, annotation
