// SPDX-License-Identifier: Apache-2.0
import CCrypto
import Glibc

/// When X.509 certificates end.
package enum CertificateExpiry {
  /// The end of each certificate in PEM text, in seconds since 1970 and in their order; keys and
  /// whatever else stands between them are passed over.
  ///
  /// What is damaged ends the list.
  package static func ends(inPEM bytes: [UInt8]) -> [Int64] {
    guard let input = unsafe BIO_new_mem_buf(bytes, Int32(clamping: bytes.count)) else { return [] }
    defer {
      unsafe BIO_free(input)
      ERR_clear_error()
    }
    var ends: [Int64] = []
    // With a password, even an empty one, OpenSSL never asks for one at the terminal.
    var password: CChar = 0
    while let certificate = unsafe PEM_read_bio_X509(input, nil, nil, &password) {
      defer { unsafe X509_free(certificate) }
      var end = unsafe tm()
      guard unsafe ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1 else { continue }
      ends.append(unsafe Int64(timegm(&end)))
    }
    return ends
  }
}
