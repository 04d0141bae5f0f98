// SPDX-License-Identifier: Apache-2.0

/// The limits of an archive; a file or a table beyond them is refused with words.
package enum ArchiveLimits {
  /// Content of one frame that is written: the unit of seeking, and of memory.
  package static let frameContentBytes = 2 << 20
  /// Content of one frame that is read; nothing larger is allocated, whatever a file declares.
  package static let frameContentBytesMax = 8 << 20
  /// At 2 MiB each 2 TiB of content; their seek table has 8 MiB.
  package static let framesMax = 1 << 20
  static let contentBytesMax = Int64(framesMax) * Int64(frameContentBytesMax)
  /// A manifest is one JSON document of at most 1000 keys, three of them for each column.
  package static let columnsMax = 300
  /// Sums are kept per tenant and currency up to so many pairs; with more, per currency only.
  package static let groupsMax = 4096
  /// Of a tenant that is summed up by.
  package static let tenantBytesMax = 512
  /// Of a currency code that is summed up by.
  package static let currencyBytesMax = 16
  /// Of one amount in binary form: 8 bytes and 2 for each 4 digits.
  static let amountBytesMax = 256
}
