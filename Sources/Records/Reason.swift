// SPDX-License-Identifier: Apache-2.0
import JSON

/// Why a record is refused.
///
/// Producers, dashboards and `rejected_records` know a reason by its code: codes are never renamed.
package enum Reason: UInt8, BitwiseCopyable, Error, CaseIterable, Sendable {
  // The payload.
  case nullValue, emptyPayload, payloadTooLarge, byteOrderMark, invalidUTF8, nulCharacter
  case loneSurrogate, notJSON, trailingContent, duplicateKey, tooDeep, tooManyKeys
  case stringTooLong, numberOutOfRange, notObject
  case gzipPayload, zstdPayload, utf16Payload, avroPayload, protobufPayload, otlpPayload
  case otlpLogsPayload, otlpMetricsPayload
  case cloudEventsBatch, malformedProtobuf, notOTLP, malformedAvro, tooManyValues
  // The envelope.
  case unsupportedContentType, unsupportedContentEncoding, badEnvelope, schemaRegistryFormat
  case unknownSchema, unusableSchema, protobufSchema
  // A field.
  case missingField, ambiguousField, unknownField, wrongType, empty, tooLong, badFormat, badUUID,
    badAddress
  case outOfRange, notAllowed, tooManyItems, metadataTooLarge
  // Time.
  case badTime, badEpoch, tooOld, tooNew
  // What fields say about each other, and about the record's key.
  case tenantKeyMismatch, usageInconsistent, notBillable
  // Money.
  case costNegative, costPrecision, badCurrency, currencyMissing
  // Found when storing, not by the decoder.
  case conflictingDuplicate, databaseRefused

  init(_ error: JSONError) {
    self =
      switch error {
      case .emptyPayload: .emptyPayload
      case .payloadTooLarge: .payloadTooLarge
      case .byteOrderMark: .byteOrderMark
      case .invalidUTF8: .invalidUTF8
      case .nulCharacter: .nulCharacter
      case .loneSurrogate: .loneSurrogate
      case .notJSON: .notJSON
      case .trailingContent: .trailingContent
      case .duplicateKey: .duplicateKey
      case .tooDeep: .tooDeep
      case .tooManyKeys: .tooManyKeys
      case .stringTooLong: .stringTooLong
      case .numberOutOfRange: .numberOutOfRange
      }
  }

  package init?(code: some StringProtocol) {
    guard let reason = Self.allCases.first(where: { $0.code == code }) else { return nil }
    self = reason
  }

  /// The stable name.
  package var code: String {
    switch self {
    case .nullValue: "null_value"
    case .emptyPayload: "empty_payload"
    case .payloadTooLarge: "payload_too_large"
    case .byteOrderMark: "byte_order_mark"
    case .invalidUTF8: "invalid_utf8"
    case .nulCharacter: "nul_character"
    case .loneSurrogate: "lone_surrogate"
    case .notJSON: "not_json"
    case .trailingContent: "trailing_content"
    case .duplicateKey: "duplicate_key"
    case .tooDeep: "too_deep"
    case .tooManyKeys: "too_many_keys"
    case .stringTooLong: "string_too_long"
    case .numberOutOfRange: "number_out_of_range"
    case .notObject: "not_object"
    case .gzipPayload: "gzip_payload"
    case .zstdPayload: "zstd_payload"
    case .utf16Payload: "utf16_payload"
    case .avroPayload: "avro_payload"
    case .protobufPayload: "protobuf_payload"
    case .otlpPayload: "otlp_payload"
    case .otlpLogsPayload: "otlp_logs_payload"
    case .otlpMetricsPayload: "otlp_metrics_payload"
    case .cloudEventsBatch: "cloudevents_batch"
    case .malformedProtobuf: "malformed_protobuf"
    case .notOTLP: "not_otlp"
    case .malformedAvro: "malformed_avro"
    case .tooManyValues: "too_many_values"
    case .unsupportedContentType: "unsupported_content_type"
    case .unsupportedContentEncoding: "unsupported_content_encoding"
    case .badEnvelope: "bad_envelope"
    case .schemaRegistryFormat: "schema_registry_format"
    case .unknownSchema: "unknown_schema"
    case .unusableSchema: "unusable_schema"
    case .protobufSchema: "protobuf_schema"
    case .missingField: "missing_field"
    case .ambiguousField: "ambiguous_field"
    case .unknownField: "unknown_field"
    case .wrongType: "wrong_type"
    case .empty: "empty"
    case .tooLong: "too_long"
    case .badFormat: "bad_format"
    case .badUUID: "bad_uuid"
    case .badAddress: "bad_address"
    case .outOfRange: "out_of_range"
    case .notAllowed: "not_allowed"
    case .tooManyItems: "too_many_items"
    case .metadataTooLarge: "metadata_too_large"
    case .badTime: "bad_time"
    case .badEpoch: "bad_epoch"
    case .tooOld: "too_old"
    case .tooNew: "too_new"
    case .tenantKeyMismatch: "tenant_key_mismatch"
    case .usageInconsistent: "usage_inconsistent"
    case .notBillable: "not_billable"
    case .costNegative: "cost_negative"
    case .costPrecision: "cost_precision"
    case .badCurrency: "bad_currency"
    case .currencyMissing: "currency_missing"
    case .conflictingDuplicate: "conflicting_duplicate"
    case .databaseRefused: "database_refused"
    }
  }
}
