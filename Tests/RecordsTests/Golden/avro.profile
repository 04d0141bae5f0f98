# What the samples of Avro are read with: whatever they have goes somewhere.
[profile]
stream = invocations
items = f0[] | f1[] | .
[columns]
invocation_id = "0190b7c2-7000-7000-8000-000000000001"
occurred_at = epoch_us(f9) | "2026-08-21T09:15:02Z"
tenant_id = f0 | f1.f0 | "acme"
provider = "openai"
request_model = f2 | f1[0] | "gpt-5"
input_tokens = f3 | 1
output_tokens = 1
cost = f4
currency = if(f4, "USD")
metadata.parent = parent
metadata.all = f1
