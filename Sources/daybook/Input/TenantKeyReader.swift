// SPDX-License-Identifier: Apache-2.0
import JSON

/// Finds the Kafka key of an NDJSON record: its tenant.
final class TenantKeyReader {
  private let parser = JSONParser()
  private static let name = Array("tenant_id".utf8)

  /// Nil for what is no object with a `tenant_id` text: it is sent without a key, and refused later
  /// for its reason.
  func key(of line: ArraySlice<UInt8>) -> [UInt8]? {
    unsafe line.withUnsafeBytes { bytes in
      guard let tape = try? unsafe parser.parse(bytes), tape.count > 0, tape[0].kind == .object
      else {
        return nil
      }
      var index = 1
      while index < tape[0].next {
        let key = tape[index]
        let value = tape[index + 1]
        if unsafe key.bytes.elementsEqual(Self.name), value.kind == .string {
          return unsafe Array(value.bytes)
        }
        index = key.next
      }
      return nil
    }
  }
}
