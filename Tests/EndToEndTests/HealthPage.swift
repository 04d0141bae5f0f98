// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Glibc

/// What a process answers at `--metrics-listen :0`.
struct HealthPage {
  let status: Int
  let body: String

  /// Nil as long as there is no answer.
  init?(_ path: String, of child: Child) {
    guard let port = Self.port(of: child), let text = Self.get(path, port) else { return nil }
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
    guard parts.count == 2, let status = parts[0].split(separator: " ").dropFirst().first,
      let number = Int(status)
    else { return nil }
    self.status = number
    body = String(parts[1])
  }

  /// The sum of the lag that the process knows of, in records.
  static func lag(of child: Child) -> Int {
    Int(samples("daybook_consumer_lag_records{", of: child).reduce(0, +))
  }

  /// The values of the series that begin like this.
  static func samples(_ prefix: String, of child: Child) -> [Double] {
    let lines = HealthPage("/metrics", of: child)?.body.split(separator: "\n") ?? []
    return lines.filter { $0.hasPrefix(prefix) }
      .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
  }

  /// As the log tells it.
  private static func port(of child: Child) -> UInt16? {
    let line = child.output.split(separator: "\n").first { $0.contains("metrics are served") }
    return line?.firstRange(of: "127.0.0.1:").flatMap { found in
      UInt16(line?[found.upperBound...].prefix { $0.isNumber } ?? "")
    }
  }

  private static func get(_ path: String, _ port: UInt16) -> String? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 2, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    guard LoopbackAddress(port: port).connect(descriptor) else { return nil }
    let request = Array("GET \(path) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".utf8)
    guard send(descriptor, request, request.count, Int32(truncatingIfNeeded: MSG_NOSIGNAL)) > 0
    else { return nil }
    var answer: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else { break }
      answer += piece[..<count]
    }
    return String(decoding: answer, as: UTF8.self)
  }
}
