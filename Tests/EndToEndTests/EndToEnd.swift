// SPDX-License-Identifier: Apache-2.0
import Testing

/// The real program against real servers, with faults; after each the four sums are exact.
///
/// The servers are shared and some tests restart them: nothing else may run meanwhile. `ops/test`
/// names those that leave them alone, and runs these beside others.
@Suite(
  .serialized,
  .enabled(if: Stack.isComplete, "no servers: run the tests by ops/test"))
enum EndToEnd {}
