# SPDX-License-Identifier: Apache-2.0
"""map_real_data.py cloudtrail|trace <INPUT >OUTPUT: real records of others as records of our contract.

cloudtrail  AWS CloudTrail records, one JSON object a line, to security events. Tenant: the account that
            received the call. An address that is no IP address goes to metadata.source_host.
trace       the LLM inference trace (TIMESTAMP,ContextTokens,GeneratedTokens) to invocations. The trace
            names no tenant, model or price: invocation number n (from 0) belongs to tenant n modulo 20
            and to row (n / 20) modulo 5 of MODELS. Ids are UUIDs made of n.

Reads and writes line by line; the same input gives the same bytes.
"""
import csv
import decimal
import ipaddress
import json
import re
import sys
import uuid

TENANTS = 20
# provider, model, US dollars per million input tokens, per million output tokens
MODELS = [
    ("openai", "gpt-4o", "2.50", "10.00"),
    ("openai", "gpt-4o-mini", "0.15", "0.60"),
    ("anthropic", "claude-3-5-sonnet-20241022", "3.00", "15.00"),
    ("anthropic", "claude-3-haiku-20240307", "0.25", "1.25"),
    ("google", "gemini-1.5-flash", "0.075", "0.30"),
]
ACTOR_TYPES = {"IAMUser": "user", "FederatedUser": "user", "AssumedRole": "service"}
DENIED = {"AccessDenied", "Client.UnauthorizedOperation"}
METADATA = {
    "awsRegion": "aws_region",
    "eventType": "event_type",
    "readOnly": "read_only",
    "errorMessage": "error_message",
    "requestParameters": "request_parameters",
    "responseElements": "response_elements",
    "tlsDetails": "tls_details",
    "additionalEventData": "additional_event_data",
}


def main():
    mappings = {"cloudtrail": events, "trace": invocations}
    if sys.argv[1:] not in (["cloudtrail"], ["trace"]):
        sys.exit("usage: map_real_data.py cloudtrail|trace <INPUT >OUTPUT")
    for record in mappings[sys.argv[1]](sys.stdin):
        print(json.dumps(record, separators=(",", ":"), ensure_ascii=False))


def events(lines):
    for line in lines:
        source = json.loads(line)
        yield without_nulls(
            event_id=source["eventID"],
            occurred_at=source["eventTime"],
            tenant_id=source["recipientAccountId"],
            action=action(source),
            category=category(source),
            actor=actor(source["userIdentity"]),
            targets=targets(source),
            outcome=outcome(source),
            reason=source.get("errorCode"),
            severity="medium" if outcome(source) == "denied" else "informational",
            source_ip=address(source),
            user_agent=source.get("userAgent"),
            request_id=source.get("requestID"),
            service=source["eventSource"],
            service_version=source["eventVersion"],
            metadata=metadata(source),
        )


def without_nulls(**fields):
    return {name: value for name, value in fields.items() if value not in (None, [], {})}


def action(source):
    """ec2.amazonaws.com, GetPasswordData -> ec2.get_password_data"""
    service = source["eventSource"].removesuffix(".amazonaws.com").replace("-", "_")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", source["eventName"])
    return f"{service}.{words}".lower()


def category(source):
    if source["eventType"] == "AwsConsoleSignIn":
        return "authentication"
    return "iam" if source["eventSource"] in ("iam.amazonaws.com", "sts.amazonaws.com") else "api"


def actor(identity):
    return without_nulls(
        id=identity["arn"], type=ACTOR_TYPES[identity["type"]], name=identity.get("userName")
    )


def targets(source):
    return [
        without_nulls(type=resource.get("type"), id=resource.get("ARN"))
        for resource in source.get("resources", [])
    ]


def outcome(source):
    code = source.get("errorCode")
    if code is None:
        return "success"
    return "denied" if code in DENIED else "failure"


def address(source):
    """The address if it is one: CloudTrail also has host names, and these files leading zeros."""
    try:
        return str(ipaddress.ip_address(source["sourceIPAddress"]))
    except ValueError:
        return None


def metadata(source):
    result = {ours: source[theirs] for theirs, ours in METADATA.items() if source.get(theirs) is not None}
    if address(source) is None:
        result["source_host"] = source["sourceIPAddress"]
    return result


def invocations(lines):
    for number, row in enumerate(csv.DictReader(lines)):
        provider, model, input_price, output_price = MODELS[number // TENANTS % len(MODELS)]
        tokens = int(row["ContextTokens"]), int(row["GeneratedTokens"])
        cost = tokens[0] * decimal.Decimal(input_price) + tokens[1] * decimal.Decimal(output_price)
        yield {
            "invocation_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"llm-inference-trace/{number}")),
            "occurred_at": row["TIMESTAMP"].replace(" ", "T") + "Z",
            "tenant_id": f"tenant-{number % TENANTS:02}",
            "provider": provider,
            "operation": "chat",
            "request_model": model,
            "input_tokens": tokens[0],
            "output_tokens": tokens[1],
            "cost": f"{cost.scaleb(-6):f}",
            "currency": "USD",
            "status": "success",
        }


main()
