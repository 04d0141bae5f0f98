// SPDX-License-Identifier: Apache-2.0
import Telemetry
import Testing

@Suite struct LogLimiterTests {
  private func line(partition: Int, attempt: Int = 1) -> LogLine {
    LogLine(
      time: "t", level: .error, message: "commit failed",
      fields: [("topic", "a"), ("partition", LogValue(partition)), ("attempt", LogValue(attempt))])
  }

  @Test func repeatedLinesAreHeldBackAndCounted() {
    var limiter = LogLimiter()
    let admitted = (1...100).filter {
      limiter.admits(line(partition: 0, attempt: $0), nowSeconds: 5)
    }
    #expect(admitted.count == LogLimiter.linesPerWindowMax)
    let early = limiter.closeWindows(nowSeconds: 5)
    #expect(early.isEmpty)
    let repeated = limiter.closeWindows(nowSeconds: 5 + LogLimiter.windowSeconds)
    #expect(repeated.map(\.count) == [100 - LogLimiter.linesPerWindowMax])
    let isAdmittedAgain = limiter.admits(line(partition: 0), nowSeconds: 20)
    #expect(isAdmittedAgain)
  }

  @Test func anotherPlaceIsAnotherKind() {
    var limiter = LogLimiter()
    for _ in 0..<50 { _ = limiter.admits(line(partition: 0), nowSeconds: 5) }
    let isAdmitted = limiter.admits(line(partition: 1), nowSeconds: 5)
    #expect(isAdmitted)
  }

  @Test func memoryIsBounded() {
    var limiter = LogLimiter()
    for partition in 0..<(LogLimiter.kindCountMax * 3) {
      let isAdmitted = limiter.admits(line(partition: partition), nowSeconds: 5)
      #expect(isAdmitted)
    }
  }
}
