// SPDX-License-Identifier: Apache-2.0
import CPostgres

/// Owns the array in which libpq hands out options of a connection.
@safe struct ConnectionOptions: ~Copyable {
  private let raw: UnsafeMutablePointer<PQconninfoOption>

  /// What the string itself sets; nil when libpq cannot read it. Why is dropped: that may quote a
  /// secret.
  init?(_ conninfo: String) {
    var message: UnsafeMutablePointer<CChar>?
    defer { unsafe PQfreemem(message) }
    guard let raw = unsafe PQconninfoParse(conninfo, &message) else { return nil }
    unsafe self.raw = raw
  }

  init(consuming raw: UnsafeMutablePointer<PQconninfoOption>) { unsafe self.raw = raw }

  deinit { unsafe PQconninfoFree(raw) }

  /// What is set, by keyword; may hold secrets.
  var values: [String: String] {
    var values: [String: String] = [:]
    var option = unsafe raw
    while let keyword = unsafe option.pointee.keyword {
      if let value = unsafe option.pointee.val {
        unsafe values[String(cString: keyword)] = String(cString: value)
      }
      unsafe option += 1
    }
    return values
  }
}
