// SPDX-License-Identifier: Apache-2.0
import JSON

/// Takes the value of a record apart into the items that a profile maps. One thread.
///
/// Everything is checked before the first item is given out, but for the lines of NDJSON: what
/// cannot be read is refused as a whole.
final class RecordSource {
  private let format: SourceFormat
  private let documents: DocumentSource
  private let otlp: OTLPSource
  private let walk: ItemWalk

  /// One item of the record.
  struct Item {
    let tape: JSONTape
    let root: Int
  }

  /// The number of the item that was asked for last, also of one that could not be read; -1 where
  /// the record itself is the item.
  var last: Int32 {
    switch format {
    case .json, .ndjson: documents.last
    case .otlp: otlp.last
    }
  }

  /// Memory of one record: a resource is told of in each of its items.
  private let scratch = Scratch()

  /// `walk` has gone over an item when that is given out.
  init(_ profile: Profile, parser: JSONParser, walk: ItemWalk) {
    self.walk = walk
    format = profile.format
    documents = DocumentSource(profile, parser: parser, scratch: scratch)
    otlp = OTLPSource(parser: parser, scratch: scratch, keys: KeyMemory(parser: parser, walk: walk))
  }

  /// `content` must stay where it is until the last item was read.
  func open(_ content: SchemaFrame.Content) throws(Rejection) {
    scratch.removeAll()
    switch format {
    case .json, .ndjson: try documents.open(content.bytes, content.schema)
    case .otlp: try otlp.open(content.bytes)
    }
  }

  /// The next item, borrowed until the one behind it is asked for; nil at the end.
  func next() throws(Rejection) -> Item? {
    switch format {
    case .json, .ndjson:
      guard let item = try documents.next() else { return nil }
      walk.walk(item.root, item.tape)
      return item
    case .otlp: return try otlp.next()
    }
  }

  /// Where a token of the last item stands in the content, in bytes; -1 when nobody knows.
  func offset(of token: Int) -> Int {
    switch format {
    case .json, .ndjson: documents.offset(of: token)
    case .otlp: otlp.offset(of: token)
    }
  }
}
