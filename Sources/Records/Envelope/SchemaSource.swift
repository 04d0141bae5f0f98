// SPDX-License-Identifier: Apache-2.0

/// Where the schemas of framed records come from. Many threads ask.
package protocol SchemaSource: AnyObject, Sendable {
  /// What is known of an id; never waits for a server.
  func schema(of id: UInt32) -> SchemaAnswer
}

package enum SchemaAnswer: Sendable {
  case avro(AvroSchema)
  /// The frame stands before JSON.
  case json
  /// Nothing with this schema can be read.
  case refused(Reason)
  /// There is no such schema, as far as the source knows now.
  case unknown
  /// It has to be asked for first, which was begun.
  case awaited

  /// Whether it holds for good.
  var isFinal: Bool {
    switch self {
    case .avro, .json, .refused: true
    case .unknown, .awaited: false
    }
  }
}

/// The schemas as one thread sees them: that of the record before is mostly that of the next.
package final class SchemaView {
  private let source: any SchemaSource
  private var lastID: UInt32 = 0
  private var last: SchemaAnswer?

  package init(_ source: any SchemaSource) {
    self.source = source
  }

  /// The schema that a record has to wait for; nil when it can be read, or refused. What is found
  /// here is what the record is then read by.
  func awaitedID(of payload: UnsafeRawBufferPointer?) -> UInt32? {
    guard let id = payload.flatMap(SchemaFrame.id) else { return nil }
    if id == lastID, last?.isFinal == true { return nil }
    return isAwaited(id) ? id : nil
  }

  package func isAwaited(_ id: UInt32) -> Bool {
    if case .awaited = ask(id) { true } else { false }
  }

  func answer(to id: UInt32) -> SchemaAnswer {
    if id == lastID, let last { return last }
    return ask(id)
  }

  private func ask(_ id: UInt32) -> SchemaAnswer {
    let answer = source.schema(of: id)
    (lastID, last) = (id, answer)
    return answer
  }
}
