// SPDX-License-Identifier: Apache-2.0
import CCrypto

/// One digest algorithm of libcrypto, fetched once, with one context that is used again and again.
///
/// `EVP_sha256()` would look the implementation up for every digest (crypto(7), "Implicit
/// fetching"). Used by one thread at a time.
final class EVPDigest {
  private let algorithm: OpaquePointer
  private let context: OpaquePointer

  init(_ name: String) {
    // A missing algorithm is a broken installation, not input.
    guard let algorithm = EVP_MD_fetch(nil, name, nil), let context = EVP_MD_CTX_new() else {
      preconditionFailure("libcrypto has no \(name)")
    }
    self.algorithm = algorithm
    self.context = context
  }

  deinit {
    EVP_MD_CTX_free(context)
    EVP_MD_free(algorithm)
  }

  /// Writes `byteCount` bytes, the digest of all the parts in order.
  func digest(
    _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer? = nil,
    into output: UnsafeMutableRawBufferPointer, byteCount: Int
  ) {
    precondition(output.count >= byteCount, "a digest needs \(byteCount) bytes")
    var done = EVP_DigestInit_ex2(context, algorithm, nil) == 1
    done = EVP_DigestUpdate(context, first.baseAddress, first.count) == 1 && done
    if let second {
      done = EVP_DigestUpdate(context, second.baseAddress, second.count) == 1 && done
    }
    let bytes = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    done = EVP_DigestFinal_ex(context, bytes, nil) == 1 && done
    precondition(done, "libcrypto computes a digest of memory")
  }
}
