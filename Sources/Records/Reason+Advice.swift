// SPDX-License-Identifier: Apache-2.0

extension Reason {
  /// One sentence that a producer can act on.
  package var advice: String {
    switch self {
    case .nullValue: "the record has no value (a tombstone); send the record itself"
    case .emptyPayload: "the value is empty; send one JSON object"
    case .payloadTooLarge: "the value is larger than 1 MiB; move large content elsewhere"
    case .byteOrderMark: "the value begins with a byte order mark; send UTF-8 without one"
    case .invalidUTF8: "the value is not valid UTF-8; encode it as UTF-8"
    case .nulCharacter: "a NUL character cannot be stored; remove it"
    case .loneSurrogate:
      "a \\u escape is one half of a surrogate pair; send both halves or plain UTF-8"
    case .notJSON: "the value is not valid JSON; send one complete JSON object (RFC 8259)"
    case .trailingContent: "something follows the JSON object; send one object in each record"
    case .duplicateKey: "an object has the same key twice; send each key once"
    case .tooDeep: "objects or arrays are nested too deeply; flatten them"
    case .tooManyKeys: "the record has more than 1000 keys; send fewer"
    case .stringTooLong: "a string is longer than 256 KiB; shorten it"
    case .numberOutOfRange:
      "a number has more than 40 characters or an exponent beyond 324; send it as a string"
    case .notObject: "the value is JSON but not an object; send one JSON object in each record"
    case .gzipPayload:
      "the value is compressed with gzip by the producer; let Kafka compress (compression.type)"
    case .zstdPayload:
      "the value is compressed with zstd by the producer; let Kafka compress (compression.type)"
    case .utf16Payload: "the value is UTF-16; send UTF-8"
    case .avroPayload: "the value is an Avro file; send JSON, one record each"
    case .protobufPayload: "the value is Protobuf; send JSON, one record each"
    case .otlpPayload:
      "the value is a request of OTLP with spans; read the topic with the profile otlp "
        + "(TOPIC=invocations:otlp), or send one JSON record for each call"
    case .otlpLogsPayload:
      "the value is a request of OTLP with log records; read the topic with the profile otlp "
        + "(TOPIC=invocations:otlp), or send one JSON record for each event"
    case .otlpMetricsPayload:
      "the value is a request of OTLP with metrics, which are sums; send one JSON record for each call"
    case .cloudEventsBatch:
      "the value is a batch of CloudEvents, which the profile of the topic does not read; read the "
        + "topic without one"
    case .malformedProtobuf:
      "the value is not a complete request of OTLP in Protobuf; send it as the exporter made it"
    case .notOTLP:
      "the value is no request of OTLP: resourceSpans or resourceLogs with lists inside; read the "
        + "topic with the profile of what it holds"
    case .malformedAvro:
      "the value is not one complete record of the schema that its frame names; send it as the "
        + "serializer of the registry made it"
    case .tooManyValues: "the record holds more than 524288 values and keys; send fewer"
    case .unsupportedContentType: "the content type is not supported; send JSON, one record each"
    case .unsupportedContentEncoding:
      "the value is compressed by the producer; let Kafka compress (compression.type) instead"
    case .badEnvelope:
      "the CloudEvents envelope is incomplete or has names in capitals; send specversion 1.0, id, "
        + "source, type and an object as data"
    case .schemaRegistryFormat:
      "the value has a schema registry frame that is not JSON with a 4-byte schema id; send JSON, or "
        + "read Avro by a profile, with --schema-registry or --schema-dir"
    case .unknownSchema:
      "the schema that the frame names is not in the registry, or not in --schema-dir; register it "
        + "there and replay the record"
    case .unusableSchema:
      "the schema that the frame names cannot be read, or is larger than what is read; correct it, "
        + "or send JSON"
    case .protobufSchema:
      "the schema that the frame names is Protobuf, which is not read; send Avro or JSON"
    case .missingField: "the field is required; send it"
    case .ambiguousField:
      "the field is there in two spellings with different values; send one of them"
    case .unknownField:
      "a field that looks like usage, cost or outcome is not read, and --strict refuses that; send "
        + "it by a name of the schema"
    case .wrongType: "the field has another JSON type than expected; change its type"
    case .empty: "the field is empty; fill it or leave it out"
    case .tooLong: "the field is too long; shorten it"
    case .badFormat: "the field has characters or a form that it must not have; correct it"
    case .badUUID: "the field is not a UUID in the 36-character form; send one, version 7 at best"
    case .badAddress:
      "the field is not an IP address without port and zone; put host names in "
        + "metadata.source_host"
    case .outOfRange: "the number is outside of the range; correct it"
    case .notAllowed: "the value is none of those that are allowed; use one of them"
    case .tooManyItems: "the field has too many items; send fewer"
    case .metadataTooLarge: "the field has too many bytes; keep what identifies, drop the rest"
    case .badTime: "the time is not RFC 3339 with an offset, such as 2026-08-21T09:15:02.123Z"
    case .badEpoch:
      "the time is no number since 1970 in the unit that the profile reads (epoch_ms: milliseconds), "
        + "and not RFC 3339 with an offset; send one of them"
    case .tooOld: "the time lies before the earliest that is kept; send current records only"
    case .tooNew: "the time lies in the future; check the producer's clock and unit"
    case .tenantKeyMismatch: "tenant_id differs from the record's key; use the tenant as key"
    case .usageInconsistent:
      "the counts contradict each other; a total must include its cached, reasoning and audio parts"
    case .notBillable:
      "usage and cost belong to the model calls inside this operation; send 0 here"
    case .costNegative: "the cost is below 0; corrections are not sent as invocations"
    case .costPrecision:
      "the cost has more digits than are exact; send a decimal string with at most 12 behind the "
        + "point"
    case .badCurrency: "the currency is not a three-letter code of ISO 4217; send one such as USD"
    case .currencyMissing: "a cost needs a currency; send one such as USD"
    case .conflictingDuplicate:
      "another record with the same tenant, time and id has other content; give each its own id"
    case .databaseRefused: "the database refused the values; report this with the record's offset"
    }
  }
}
