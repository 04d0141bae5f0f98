// SPDX-License-Identifier: Apache-2.0

/// Where the names of models are sought, the first first; negative: there is none.
struct PriceScopes: BitwiseCopyable {
  /// Prices of the region itself, and of every region that is named.
  var region: Int32 = -1
  var namedRegion: Int32 = -1
  var provider: Int32

  /// The number of `name` in the first of them that knows it; negative: none does.
  @inline(__always) func number(_ name: UnsafeRawBufferPointer, in table: NameTable) -> Int32 {
    if region >= 0 {
      let found = table.number(name, scope: region)
      if found >= 0 { return found }
    }
    if namedRegion >= 0 {
      let found = table.number(name, scope: namedRegion)
      if found >= 0 { return found }
    }
    return table.number(name, scope: provider)
  }
}
