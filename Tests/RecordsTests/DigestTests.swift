// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
import Records
import Testing

@Suite struct DigestTests {
  /// FIPS 180-4 examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func sha256(text: String, digest: String) {
    #expect(SHA256.hex(of: Array(text.utf8)) == digest)
  }

  @Test func sha1() {
    var digest = [UInt8](repeating: 0, count: SHA1.byteCount)
    digest.withUnsafeMutableBytes { output in
      Array("abc".utf8).withUnsafeBytes { SHA1.digest($0, into: output) }
    }
    #expect(digest.prefix(4) == [0xa9, 0x99, 0x3e, 0x36])
  }

  /// The digest of a row is that of its content fields, as they are copied; of a column that a
  /// later release added only where the record has it.
  @Test func rowsCarryTheDigestOfTheirContent() throws {
    let decoder = RecordDecoder(stream: .invocations)
    let fixture = try #require(Fixture.accepted(.invocations).first)
    let row = try fixture.sample.row(with: decoder)
    var content: [UInt8] = []
    for column in decoder.stream.columns {
      let field = row.fields[column.name]
      if column.added != nil, field == nil { continue }
      let length = Int32(field?.count ?? -1)
      content += withUnsafeBytes(of: length.bigEndian) { Array($0) } + (field ?? [])
    }
    let digest = row.fields["content_sha256"] ?? []
    let hex = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hex == SHA256.hex(of: content))
  }
}
