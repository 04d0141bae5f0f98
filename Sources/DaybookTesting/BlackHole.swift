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
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      let length = socklen_t(MemoryLayout<sockaddr_in>.size)
      _ = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(filler, $0, length) }
      }
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
