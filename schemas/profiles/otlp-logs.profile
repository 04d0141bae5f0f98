# OpenTelemetry: log records of generative AI, for sites that do not read the spans.

[profile]
stream  = invocations
extends = otlp
about   = Calls of models in OTLP log records (gen_ai.client.inference.operation.details), where no spans are read.

[skip]
log_of_span = signal = "span"

[columns]
occurred_at = epoch_ns(timeUnixNano | observedTimeUnixNano)
