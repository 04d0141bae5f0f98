// SPDX-License-Identifier: Apache-2.0

/// The messages of OTLP in Protobuf, as far as they are read, and their field numbers.
///
/// opentelemetry/proto/{trace,logs,common,resource}/v1
enum OTLPMessage {
  enum Request {
    static let resources: UInt64 = 1
  }

  /// `ResourceSpans` and `ResourceLogs`.
  enum Resources {
    static let resource: UInt64 = 1
    static let scopes: UInt64 = 2
    /// `instrumentation_library_spans` and `instrumentation_library_logs` of OTLP 0.15 to 0.18.
    /// Before that they had the number that scopes have now.
    static let libraries: UInt64 = 1000
  }

  enum Scopes {
    static let scope: UInt64 = 1
    static let items: UInt64 = 2
  }

  enum Resource {
    static let attributes: UInt64 = 1
  }

  enum Scope {
    static let name: UInt64 = 1
    static let version: UInt64 = 2
    static let attributes: UInt64 = 3
  }

  enum Span {
    static let traceID: UInt64 = 1
    static let spanID: UInt64 = 2
    static let parentSpanID: UInt64 = 4
    static let name: UInt64 = 5
    static let kind: UInt64 = 6
    static let start: UInt64 = 7
    static let end: UInt64 = 8
    static let attributes: UInt64 = 9
    static let status: UInt64 = 15
  }

  enum Status {
    static let message: UInt64 = 2
    static let code: UInt64 = 3
  }

  enum LogRecord {
    static let time: UInt64 = 1
    static let severityNumber: UInt64 = 2
    static let severityText: UInt64 = 3
    static let body: UInt64 = 5
    static let attributes: UInt64 = 6
    static let traceID: UInt64 = 9
    static let spanID: UInt64 = 10
    static let observed: UInt64 = 11
    static let eventName: UInt64 = 12
  }

  enum KeyValue {
    static let key: UInt64 = 1
    static let value: UInt64 = 2
  }

  enum AnyValue {
    static let string: UInt64 = 1
    static let bool: UInt64 = 2
    static let int: UInt64 = 3
    static let double: UInt64 = 4
    static let array: UInt64 = 5
    static let list: UInt64 = 6
    static let bytes: UInt64 = 7
  }

  /// `ArrayValue` and `KeyValueList`.
  enum Values {
    static let values: UInt64 = 1
  }
}
