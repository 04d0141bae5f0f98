// SPDX-License-Identifier: Apache-2.0
import CPrefetch

/// Asks for memory that will be read soon, while something else is done. Any address is allowed.
@inline(__always)
func prefetch(_ memory: UnsafeRawPointer, count: Int) {
  for offset in stride(from: 0, to: count, by: IngestLimits.cacheLineBytes) {
    daybook_prefetch(memory + offset)
  }
}
