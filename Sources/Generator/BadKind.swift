// SPDX-License-Identifier: Apache-2.0

/// A way in which a record can be wrong, with the reason code that it must be refused for.
package enum BadKind: String, CaseIterable, Sendable {
  // The bytes are not one JSON object
  case notJSON, emptyPayload, truncated, byteOrderMark, twoDocuments, rawNUL, invalidUTF8
  case tombstone, notAnObject
  // JSON that PostgreSQL would refuse or that costs too much
  case escapedNUL, loneSurrogate, tooDeep, giantExponent, longString, manyKeys, duplicateKey
  // Money
  case costNaN, costText, costNegative, costDigits, costOverflow, currencyMissing, currencyWord
  // Time
  case timeInfinity, timeFarFuture, timeInFuture, timeTooOld, timeWithoutZone, timeLeapSecond
  // Fields
  case tenantMissing, tenantTooLong, tenantNotKey, idNotUUID, tokensAsText, tokensNegative
  case cacheAboveInput, statusUnknown, metadataTooLarge
  // Envelope
  case avroContentType, gzipEncoding, avroFraming, glueFraming

  /// The stable code of the refusal.
  package var reason: String {
    switch self {
    case .notJSON, .truncated, .costNaN: "not_json"
    case .emptyPayload: "empty_payload"
    case .byteOrderMark: "byte_order_mark"
    case .twoDocuments: "trailing_content"
    case .rawNUL, .escapedNUL: "nul_character"
    case .invalidUTF8: "invalid_utf8"
    case .tombstone: "null_value"
    case .notAnObject: "not_object"
    case .loneSurrogate: "lone_surrogate"
    case .tooDeep: "too_deep"
    case .giantExponent: "number_out_of_range"
    case .longString: "string_too_long"
    case .manyKeys: "too_many_keys"
    case .duplicateKey: "duplicate_key"
    case .costNegative: "cost_negative"
    case .costText: "bad_format"
    case .costDigits: "cost_precision"
    case .costOverflow, .tokensNegative: "out_of_range"
    case .currencyMissing: "currency_missing"
    case .currencyWord: "bad_currency"
    case .timeInfinity, .timeWithoutZone, .timeLeapSecond: "bad_time"
    case .timeFarFuture, .timeInFuture: "too_new"
    case .timeTooOld: "too_old"
    case .tenantMissing: "missing_field"
    case .tenantTooLong: "too_long"
    case .tenantNotKey: "tenant_key_mismatch"
    case .idNotUUID: "bad_uuid"
    case .tokensAsText: "wrong_type"
    case .cacheAboveInput: "usage_inconsistent"
    case .statusUnknown: "not_allowed"
    case .metadataTooLarge: "metadata_too_large"
    case .avroContentType: "unsupported_content_type"
    case .gzipEncoding: "unsupported_content_encoding"
    case .avroFraming, .glueFraming: "schema_registry_format"
    }
  }

  /// Whether it makes sense for invocations only.
  var needsInvocation: Bool {
    switch self {
    case .costNaN, .costText, .costNegative, .costDigits, .costOverflow, .currencyMissing,
      .currencyWord, .tokensAsText, .tokensNegative, .cacheAboveInput, .statusUnknown:
      true
    default: false
    }
  }

  /// Kinds of hundreds of kilobytes come seldom, so that a load keeps its size.
  var isLarge: Bool { self == .longString || self == .manyKeys || self == .metadataTooLarge }
}
