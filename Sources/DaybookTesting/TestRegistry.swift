// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Synchronization

/// A schema registry of a test: HTTP on 127.0.0.1, one connection at a time.
package final class TestRegistry: Sendable {
  package struct Answer: Sendable {
    package var status: Int
    package var body: String

    package init(_ status: Int, _ body: String) {
      (self.status, self.body) = (status, body)
    }

    /// As Confluent's says it.
    package static func schema(_ text: String, _ more: String = "") -> Answer {
      let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return Answer(200, "{\"schema\":\"\(quoted)\"\(more)}")
    }

    package static let unknown = Answer(404, #"{"error_code":40403,"message":"Schema not found"}"#)
  }

  private struct State {
    var answers: [String: Answer] = [:]
    /// For the next requests, whatever they ask for.
    var faults: [Answer] = []
    var login: String?
    var requests: [String] = []
  }

  private let state = Mutex(State())
  private let descriptor: Int32
  package let port: Int

  /// `port` 0 takes a free one.
  package init(port: UInt16 = 0) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = LoopbackAddress(port: port)
    var isReused: Int32 = 1
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
    precondition(address.listen(descriptor, backlog: 8), "no socket on 127.0.0.1")
    self.port = address.port
    Thread.detachNewThread { [weak self, descriptor] in
      while true {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        self?.serve(connection)
        close(connection)
      }
    }
  }

  deinit {
    // Wakes the thread.
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  package var url: String { "http://127.0.0.1:\(port)" }

  /// What was asked for, in order.
  package var requests: [String] { state.withLock { $0.requests } }

  package func answer(_ path: String, _ answer: Answer) {
    state.withLock { $0.answers[path] = answer }
  }

  package func answerNext(_ faults: [Answer]) {
    state.withLock { $0.faults = faults }
  }

  /// `USER:PASSWORD`, without which everything is refused.
  package func require(_ login: String) {
    state.withLock { $0.login = Data(login.utf8).base64EncodedString() }
  }

  private func serve(_ connection: Int32) {
    var request: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while !String(decoding: request, as: UTF8.self).contains("\r\n\r\n") {
      let count = unsafe read(connection, &chunk, chunk.count)
      guard count > 0 else { return }
      request += chunk.prefix(count)
    }
    let answer = answer(to: String(decoding: request, as: UTF8.self))
    let text =
      "HTTP/1.1 \(answer.status) Answer\r\nConnection: close\r\n"
      + "Content-Length: \(answer.body.utf8.count)\r\n\r\n\(answer.body)"
    let bytes = Array(text.utf8)
    unsafe _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  private func answer(to request: String) -> Answer {
    let path = request.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    return state.withLock { state in
      state.requests.append(path)
      if let login = state.login, !request.contains("Authorization: Basic \(login)\r\n") {
        return Answer(401, #"{"error_code":401,"message":"Unauthorized"}"#)
      }
      guard state.faults.isEmpty else { return state.faults.removeFirst() }
      return state.answers[path] ?? .unknown
    }
  }
}
