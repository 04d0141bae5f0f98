// SPDX-License-Identifier: Apache-2.0

/// From a request to an answer, without any socket.
final class HealthResponder: Sendable {
  struct Answer: Equatable {
    let status: UInt32
    let body: String
    var headers: [(String, String)] = [("Content-Type", "text/plain; charset=utf-8")]

    static func == (left: Answer, right: Answer) -> Bool {
      left.status == right.status && left.body == right.body
    }
  }

  private let health: Health

  init(health: Health) { self.health = health }

  func answer(method: String, path: String, isVerbose: Bool) -> Answer {
    guard method == "GET" || method == "HEAD" else {
      return Answer(
        status: 405, body: "only GET and HEAD are answered\n",
        headers: [("Content-Type", "text/plain; charset=utf-8"), ("Allow", "GET, HEAD")])
    }
    switch path {
    case "/metrics":
      return Answer(
        status: 200, body: Metrics.exposition(),
        headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")])
    case "/livez":
      return check(health.isAlive, "alive", details: "")
    case "/readyz", "/healthz":
      return check(health.isReady, "ready", details: health.report(all: isVerbose))
    default:
      return Answer(status: 404, body: "see /metrics, /livez, /readyz\n")
    }
  }

  private func check(_ isGood: Bool, _ word: String, details: String) -> Answer {
    Answer(status: isGood ? 200 : 503, body: details + (isGood ? word : "not " + word) + "\n")
  }
}
