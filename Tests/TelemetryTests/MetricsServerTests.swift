// SPDX-License-Identifier: Apache-2.0
import Glibc
import Telemetry
import Testing

@Suite struct MetricsServerTests {
  @Test func answersWhatOperatorsAsk() throws {
    let health = Health()
    let server = try MetricsServer(address: #require(ListenAddress("127.0.0.1:0")), health: health)
    #expect(server.address.port != 0)

    #expect(try get("/livez", server).hasPrefix("HTTP/1.1 200"))
    #expect(try get("/readyz", server).hasPrefix("HTTP/1.1 503"))
    #expect(try get("/readyz", server).contains("[-]running failed: starting"))
    health.set("postgres", failure: nil)
    #expect(try get("/readyz", server).hasPrefix("HTTP/1.1 200"))
    #expect(try get("/healthz", server).hasPrefix("HTTP/1.1 200"))
    health.set("kafka", failure: "broker kafka-1 refused sasl.password=open-sesame")
    #expect(try get("/readyz", server).contains("[-]kafka failed: broker kafka-1 refused"))
    #expect(try !get("/readyz", server).contains("postgres"))
    let verbose = try get("/readyz?verbose", server)
    #expect(verbose.hasPrefix("HTTP/1.1 503"))
    #expect(verbose.contains("[+]postgres ok"))
    #expect(!verbose.contains("open-sesame"))

    let metrics = try get("/metrics", server)
    #expect(metrics.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8"))
    #expect(metrics.contains("\nprocess_resident_memory_bytes "))
    #expect(try get("/", server).hasPrefix("HTTP/1.1 404"))
    #expect(try get("/metrics", server, method: "POST").hasPrefix("HTTP/1.1 405"))
    withExtendedLifetime(server) {}
  }

  @Test func aTakenPortIsAnErrorWithTheRemedy() throws {
    let first = try MetricsServer(address: #require(ListenAddress(":0")), health: Health())
    let error = try #require(throws: MetricsServerError.self) {
      _ = try MetricsServer(address: first.address, health: Health())
    }
    #expect(error.description.contains("\(first.address)"))
    #expect(error.description.contains("choose a free port"))
    withExtendedLifetime(first) {}
  }

  @Test func aHangingLoopIsNotAliveAndADatabaseOutageIs() {
    let clock = ManualClock()
    let health = Health(nowSeconds: { clock.seconds })
    health.beat("worker 1")
    health.set("postgres", failure: "no answer")
    clock.advance(Health.beatSecondsMax)
    #expect(health.isAlive && !health.isReady)
    clock.advance(1)
    #expect(!health.isAlive)
    health.end("worker 1")
    #expect(health.isAlive)
  }

  @Test func aCheckThatIsNotSetAgainInTimeIsBad() {
    let clock = ManualClock()
    let health = Health(nowSeconds: { clock.seconds })
    func set() { health.set("prices", goodFor: 10, then: "not read for 10 s") }
    set()
    clock.advance(10)
    #expect(health.isReady && health.isGood("prices"))
    clock.advance(1)
    #expect(!health.isReady && !health.isGood("prices"))
    #expect(health.report(all: true) == "[-]prices failed: not read for 10 s\n")
    set()
    #expect(health.isReady)
    health.set("prices", failure: "08006")
    clock.advance(11)
    #expect(health.report(all: true) == "[-]prices failed: 08006\n")
    health.set("prices", failure: nil)
    clock.advance(11)
    #expect(health.isReady)
  }

  @Test func stoppingIsNotReady() {
    let health = Health()
    health.set("kafka", failure: nil)
    #expect(health.isReady)
    health.stop()
    #expect(!health.isReady && health.isAlive)
  }

  @Test(arguments: [
    ("127.0.0.1:9464", "127.0.0.1:9464"), (":9464", "127.0.0.1:9464"), ("[::1]:80", "[::1]:80"),
    ("0.0.0.0:0", "0.0.0.0:0"),
  ])
  func addressesAreParsed(text: String, shown: String) {
    #expect(ListenAddress(text)?.description == shown)
  }

  @Test(arguments: ["", "9464", "localhost:80", "1.2.3.4:70000", "1.2.3:80", "[::1:80"])
  func otherAddressesAreRefused(text: String) {
    #expect(ListenAddress(text) == nil)
  }

  /// One request on a connection of its own; the whole answer.
  private func get(_ path: String, _ server: MetricsServer, method: String = "GET") throws -> String
  {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = server.address.port.bigEndian
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    try #require(isConnected)
    let request = "\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    try #require(write(descriptor, request, request.utf8.count) == request.utf8.count)
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return String(decoding: answer, as: UTF8.self) }
      answer += chunk.prefix(count)
    }
  }
}
