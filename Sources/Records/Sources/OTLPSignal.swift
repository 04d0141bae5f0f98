// SPDX-License-Identifier: Apache-2.0

/// What a request of OTLP is about, and what its lists are called in JSON.
enum OTLPSignal {
  case spans, logs

  /// The name of a list, and the one that it had before OTLP 0.15.
  typealias Names = (now: StaticString, before: StaticString)

  var scopes: Names {
    switch self {
    case .spans: ("scopeSpans", "instrumentationLibrarySpans")
    case .logs: ("scopeLogs", "instrumentationLibraryLogs")
    }
  }

  var items: Names {
    switch self {
    case .spans: ("spans", "spans")
    case .logs: ("logRecords", "logs")
    }
  }
}
