// SPDX-License-Identifier: Apache-2.0
import Foundation
import Records

/// Records of Avro that another implementation has written, each with its schema under an id of its
/// own.
final class GoldenAvro: SchemaSource {
  let profile: Profile
  let records: [[UInt8]]
  private let schemas: [UInt32: AvroSchema]

  private struct Sample: Decodable {
    let schema: String
    /// `Data` is decoded from base64.
    let base64: Data
  }

  init(_ directory: URL) throws {
    let text = try String(contentsOf: directory.appending(path: "avro.profile"), encoding: .utf8)
    profile = try ProfileShelf(own: ["avro": text]).profile("avro")
    let samples = try String(
      contentsOf: directory.appending(path: "avro.ndjson"), encoding: .utf8)
    var (records, schemas): ([[UInt8]], [UInt32: AvroSchema]) = ([], [:])
    for (index, line) in samples.split(separator: "\n").enumerated() {
      let sample = try JSONDecoder().decode(Sample.self, from: Data(line.utf8))
      let id = UInt32(index)
      schemas[id] = try AvroSchema(Array(sample.schema.utf8))
      records.append([0] + withUnsafeBytes(of: id.bigEndian) { Array($0) } + sample.base64)
    }
    (self.records, self.schemas) = (records, schemas)
  }

  func schema(of id: UInt32) -> SchemaAnswer { schemas[id].map { .avro($0) } ?? .unknown }
}
