// SPDX-License-Identifier: Apache-2.0

/// Where a COPY BINARY stream is not what it should be.
struct CopyError: Error, Equatable {
  let contentOffset: Int64
  /// Counted from 1; nil outside of the rows.
  let row: Int64?
  let reason: String
}
