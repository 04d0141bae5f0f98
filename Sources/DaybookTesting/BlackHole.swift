// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A port of 127.0.0.1 at which packets vanish: connecting gets no answer, not even a refusal.
package final class BlackHole {
  private var server: SilentServer?
  private var fillers: [Int32] = []

  /// Takes the port; it must be free.
  package init(port: UInt16) {
    server = SilentServer(port: port, backlog: 0)
    // Once the queue of connections is full, the kernel drops every further request.
    for _ in 0..<Self.fillerCount {
      let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK, 0)
      _ = LoopbackAddress(port: port).connect(filler)
      fillers.append(filler)
    }
  }

  deinit { end() }

  /// Gives the port back.
  package func end() {
    server = nil
    for filler in fillers { close(filler) }
    fillers = []
  }

  private static let fillerCount = 4
}
