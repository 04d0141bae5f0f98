// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// A TCP relay on 127.0.0.1 that loses connections at a chosen point of the conversation.
///
/// Works on plain text only. Every connection has a thread; all of them end with `close`.
package final class TCPProxy: @unchecked Sendable {
  // Sendable: `mode`, `cuts` and `isClosed` are read and written under `lock`; the rest is
  // constant.
  package enum Mode: Equatable, Sendable {
    case pass
    /// Once: what the client sends up to and with `pattern` is delivered, the answer is not.
    case loseAnswer(to: String)
    /// Once: the piece that contains `pattern` is not delivered.
    case loseRequest(String)
    /// Once: another text of the same length is delivered instead.
    case alterRequest(String, to: String)
    /// Nothing gets through in either direction, and no connection ends.
    case blackhole
  }

  package let port: Int
  private let listener: Int32
  private let target: UInt16
  private let lock = NSLock()
  private var mode = Mode.pass
  private var cuts = 0
  private var isClosed = false

  package init(to target: Int) throws {
    self.target = UInt16(target)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = LoopbackAddress(port: 0)
    guard address.listen(listener, backlog: 64) else { throw POSIXError(.EADDRNOTAVAIL) }
    port = address.port
    Thread.detachNewThread { [self] in accept() }
  }

  package func set(_ mode: Mode) {
    lock.withLock { self.mode = mode }
  }

  /// How often a mode that strikes once has done so.
  package var cutCount: Int { lock.withLock { cuts } }

  /// Ends the relay and its connections.
  package func close() {
    lock.withLock { isClosed = true }
  }

  private var state: (mode: Mode, isClosed: Bool) { lock.withLock { (mode, isClosed) } }

  private func accept() {
    while !state.isClosed {
      guard Self.isReadable(listener) else { continue }
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { continue }
      let server = connect()
      Thread.detachNewThread { [self] in
        relay(client, server)
        for descriptor in [client, server] where descriptor >= 0 { Glibc.close(descriptor) }
      }
    }
    Glibc.close(listener)
  }

  private func relay(_ client: Int32, _ server: Int32) {
    while server >= 0, !state.isClosed {
      if state.mode == .blackhole {
        pause(.milliseconds(Self.waitMilliseconds), because: "a black hole tells nobody anything")
        continue
      }
      var waiting = [pollfd(fd: client, events: Int16(POLLIN), revents: 0)]
      waiting.append(pollfd(fd: server, events: Int16(POLLIN), revents: 0))
      guard unsafe poll(&waiting, 2, Self.waitMilliseconds) > 0 else { continue }
      if waiting[1].revents != 0 {
        guard let answer = Self.read(server), Self.write(answer, to: client) else { return }
      }
      guard waiting[0].revents != 0 else { continue }
      guard var request = Self.read(client) else { return }
      let mode = strike(request)
      if case .loseRequest = mode { return }
      if case .alterRequest(let old, let new) = mode {
        request.replace(Array(old.utf8), with: Array(new.utf8))
      }
      guard Self.write(request, to: server) else { return }
      if case .loseAnswer = mode {
        shutdown(client, Int32(SHUT_RDWR))
        while !state.isClosed, !Self.isReadable(server) {}
        return
      }
    }
  }

  /// The mode, if its pattern is in this piece; it then passes to `pass`.
  private func strike(_ piece: [UInt8]) -> Mode {
    lock.withLock {
      let struck = mode
      switch mode {
      case .loseAnswer(let pattern), .loseRequest(let pattern), .alterRequest(let pattern, _):
        guard Data(piece).range(of: Data(pattern.utf8)) != nil else { return .pass }
        cuts += 1
        mode = .pass
        return struck
      case .pass, .blackhole: return .pass
      }
    }
  }

  private func connect() -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if LoopbackAddress(port: target).connect(descriptor) { return descriptor }
    Glibc.close(descriptor)
    return -1
  }

  private static func isReadable(_ descriptor: Int32) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&waiting, 1, waitMilliseconds) > 0
  }

  /// Nil at the end of the connection.
  private static func read(_ descriptor: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
    return count > 0 ? Array(bytes[..<count]) : nil
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes { rest in
        unsafe send(
          descriptor, rest.baseAddress, rest.count, Int32(truncatingIfNeeded: MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private static let waitMilliseconds: Int32 = 20
}
