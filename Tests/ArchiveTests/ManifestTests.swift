// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
import Files
import Foundation
import Testing

@testable import Archive

/// Manifests: what is written is read, and what others could write is not followed.
@Suite struct ManifestTests {
  private func with(_ body: (Manifest, String) throws -> Void) throws {
    try Sample.withDirectory { directory in
      try body(
        try Sample.archive(Sample.stream(rows: 50), in: directory),
        directory + "/p" + Manifest.manifestSuffix)
    }
  }

  @Test func textIsStable() throws {
    try with { manifest, path in
      let written = try Sample.read(path)
      #expect(Array(manifest.text.utf8) == written)
      #expect(try Manifest.read(path).text == manifest.text)
    }
  }

  @Test func unknownKeysAreIgnored() throws {
    try with { manifest, path in
      try Sample.write(
        manifest.rewritten("  \"tool\"", "  \"later\": {\"a\": [1]},\n  \"tool\""), path)
      #expect(try Manifest.read(path) == manifest)
    }
  }

  @Test(arguments: [
    ("\"name\": \"p.copy.zst\"", "\"name\": \"../p.copy.zst\""),
    ("\"name\": \"p.copy.zst\"", "\"name\": \"/etc/passwd\""),
    ("\"name\": \"p.copy.zst\"", "\"name\": \"q.copy.zst\""),
    ("\"name\": \"p.copy.zst\"", "\"name\": \"p.x.copy.zst\""),
    ("\"name\": \"p.copy.zst\"", "\"name\": \"p..copy.zst\""),
    ("\"name\": \"p.copy.zst\"", "\"name\": \"p2.copy.zst\""),
    ("\"format_version\": 1", "\"format_version\": 2"),
    ("\"tool\": \"daybook\"", "\"tool\": \"other\""),
    ("\"rows\": 50", "\"rows\": -1"), ("\"rows\": 50", "\"rows\": 1e3"),
    ("\"rows\": 50", "\"rows\": \"50\""), ("\"frames\": 1", "\"frames\": 9000000"),
    ("\"rows\": 50", "\"rows\": 9223372036854775807"),
    ("\"bytes\": ", "\"bytes\": 90000000000000"),
    ("\"database\"", "\"databases\""),
    ("\"groups\": [", "\"groups\": {},\n  \"others\": ["), ("\"columns\"", "\"colums\""),
    ("2026-06-01T00:00:00.000000Z", "yesterday"),
  ])
  func whatDoesNotFitIsRefused(old: String, new: String) throws {
    try with { manifest, path in
      #expect(manifest.text.contains(old))
      try Sample.write(manifest.rewritten(old, new), path)
      let error = #expect(throws: FileError.self) { try Manifest.read(path) }
      #expect(error?.kind == .damaged(nil))
    }
  }

  /// Of a month that has left before.
  @Test func aNumberBehindThePartitionIsAName() throws {
    try with { manifest, path in
      try Sample.write(manifest.rewritten("\"p.copy.zst\"", "\"p.12.copy.zst\""), path)
      #expect(try Manifest.read(path).manifestName == "p.12.manifest.json")
      #expect(manifest.manifestName == "p.manifest.json")
    }
  }

  @Test func hugeAndStrangeFilesAreRefused() throws {
    try with { _, path in
      try Sample.write([UInt8](repeating: 0x20, count: ManifestFile.bytesMax + 1), path)
      #expect(throws: FileError.self) { try Manifest.read(path) }
      #expect(throws: FileError.self) { try Manifest.read("/dev/zero") }
      #expect(throws: FileError.self) { try Manifest.read("/") }
      #expect(throws: FileError.self) { try Manifest.read(path + ".none") }
    }
  }

  @Test func sumsBeyondOneAmountAreRead() throws {
    try with { manifest, path in
      var large = manifest
      large.sums.totals = [
        ArchiveSums.Total(currency: "USD", rows: 1, cost: Amount(units: .max)),
        ArchiveSums.Total(currency: "EUR", rows: 1, cost: Amount(units: -5)),
      ]
      try Sample.write(Array(large.text.utf8), path)
      #expect(try Manifest.read(path) == large)
    }
  }
}

extension Manifest {
  /// Its file, with text replaced and the digest made right again.
  func rewritten(_ old: String, _ new: String) -> [UInt8] {
    let changed = text.replacing(old, with: new)
    let line = changed.range(of: "  \"\(Self.digestKey)\"")
    let body = Array(changed[..<(line?.lowerBound ?? changed.endIndex)].utf8)
    return body + Array("  \"\(Self.digestKey)\": \"\(SHA256.hex(of: body))\"\n}\n".utf8)
  }
}
