// SPDX-License-Identifier: Apache-2.0
package import Records
import Synchronization

/// The schemas of a registry for a command that reads a file: it waits for the answer, and ends
/// where there is none.
package final class AskedSchemas: SchemaSource, @unchecked Sendable {
  // Sendable: the client is used under the lock.
  private let client: RegistryClient
  private let state = Mutex(State())

  private struct State {
    var cache = SchemaCache()
    var fault: RegistryFault?
  }

  package init(_ settings: RegistrySettings) throws(RegistryFault) {
    client = try RegistryClient(settings)
  }

  /// Why an answer did not come; what was read by it says nothing.
  package var fault: RegistryFault? { state.withLock { $0.fault } }

  package func schema(of id: UInt32) -> SchemaAnswer {
    state.withLock { state in
      let now = ContinuousClock.now
      if let known = state.cache.answer(to: id, at: now) { return known }
      do throws(RegistryFault) {
        let answer = try client.schema(of: id)
        state.cache.keep(answer, for: id, at: now)
        return answer
      } catch {
        state.fault = error
        return .awaited
      }
    }
  }
}
