// SPDX-License-Identifier: Apache-2.0
import Glibc

/// C strings behind an array of pointers, as libpq takes names and values; freed with it.
@safe struct CStringArray: ~Copyable {
  private let copies: [UnsafeMutablePointer<CChar>?]

  /// Nil stays nil.
  init(_ strings: [String?]) {
    unsafe copies = strings.map { unsafe $0.flatMap { unsafe strdup($0) } }
  }

  deinit {
    for index in unsafe copies.indices { unsafe free(copies[index]) }
  }

  /// The array is valid during the call, and ends with a nil that `strings` does not have.
  func withPointers<Result>(
    _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
  ) -> Result {
    let pointers = unsafe copies.map { unsafe UnsafePointer($0) } + [nil]
    return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
  }
}
