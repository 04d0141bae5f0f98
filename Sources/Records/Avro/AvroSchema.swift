// SPDX-License-Identifier: Apache-2.0

/// A schema of Avro as flat tables, which a record is read by.
///
/// Compiled once from what libavro has parsed. libavro's own reader of records is not used: it
/// allocates what a length in the bytes declares, and recurses as deep as they say.
package final class AvroSchema: @unchecked Sendable {
  // Sendable: nothing changes once it is made.
  let places: UnsafeBufferPointer<AvroPlace>
  let fields: UnsafeBufferPointer<AvroPlace.Field>
  /// The places of the branches of unions.
  let branches: UnsafeBufferPointer<Int32>
  let symbols: UnsafeBufferPointer<UnsafeRawBufferPointer>
  let root: Int
  private let arena = Arena()

  /// The text is that of one schema, or an array of schemas of which the last one is meant and the
  /// others are what it refers to.
  package init(_ text: [UInt8], isLastOfMany: Bool = false) throws(AvroSchemaFault) {
    var compiler = AvroCompiler(arena: arena)
    root = try compiler.compile(text, isLastOfMany: isLastOfMany)
    places = arena.copy(compiler.places)
    fields = arena.copy(compiler.fields)
    branches = arena.copy(compiler.branches)
    symbols = arena.copy(compiler.symbols)
  }
}

/// Why a schema cannot be used. Names of the schema may stand in it, values of records never.
package struct AvroSchemaFault: Error, CustomStringConvertible, Sendable {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
