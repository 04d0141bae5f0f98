// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Telemetry
import Testing

@Suite struct ServiceManagerTests {
  private func manager(
    _ listener: NotifyListener, _ more: [String: String] = [:]
  ) -> ServiceManager {
    ServiceManager(
      environment: ["NOTIFY_SOCKET": listener.address].merging(more) { $1 }, processID: 17)
  }

  @Test(arguments: [false, true])
  func theManagerHearsOfStartAndStop(isAbstract: Bool) {
    let listener = NotifyListener(isAbstract: isAbstract)
    let manager = manager(listener)
    manager.ready()
    manager.status("lag 1\n2 records")
    manager.status("lag 1\n2 records")
    manager.status("lag 3 records")
    manager.stopping()
    let expected = ["READY=1", "STATUS=lag 1 2 records", "STATUS=lag 3 records", "STOPPING=1"]
    #expect(eventually(seconds: 10) { listener.messages.count >= expected.count })
    #expect(listener.messages == expected)
  }

  @Test func aReloadIsToldOnlyOfAServiceThatHasStarted() {
    let listener = NotifyListener()
    let manager = manager(listener)
    manager.reloading {}
    manager.ready()
    var didReload = false
    manager.reloading { didReload = true }
    #expect(didReload)
    #expect(eventually(seconds: 10) { listener.messages.count >= 3 })
    #expect(listener.messages.first == "READY=1" && listener.messages.last == "READY=1")
    #expect(
      listener.messages.contains { $0.wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=\d+/) != nil })
  }

  /// The rule of `/livez`: a loop that hangs ends the beats, an outage does not.
  @Test func theWatchdogIsFedWhileTheProcessIsAlive() {
    let listener = NotifyListener()
    let clock = ManualClock()
    let health = Health(nowSeconds: { clock.seconds })
    health.beat("worker-1")
    health.set("kafka", failure: "no broker has answered")
    let watch = ServiceWatch(
      manager(listener, ["WATCHDOG_USEC": "20000", "WATCHDOG_PID": "17"]), health
    ) { "not ready" }
    #expect(eventually(seconds: 10) { listener.count(of: "WATCHDOG=1") >= 3 })
    #expect(listener.count(of: "STATUS=not ready") == 1)

    clock.advance(Health.beatSecondsMax + 1)
    pause(.milliseconds(100), because: "a beat under way may still come")
    let count = listener.count(of: "WATCHDOG=1")
    pause(.milliseconds(200), because: "no event says that no beat comes")
    #expect(listener.count(of: "WATCHDOG=1") == count)

    health.beat("worker-1")
    #expect(eventually(seconds: 10) { listener.count(of: "WATCHDOG=1") > count })
    withExtendedLifetime(watch) {}
  }

  @Test(
    arguments: [
      ["WATCHDOG_USEC": "20000", "WATCHDOG_PID": "18"], ["WATCHDOG_USEC": "soon"],
      ["WATCHDOG_USEC": "0"], [:],
    ])
  func aWatchdogOfNobodyOrOfAnotherProcessIsNotFed(environment: [String: String]) {
    let listener = NotifyListener()
    let watch = ServiceWatch(manager(listener, environment), Health()) { "here" }
    #expect(eventually(seconds: 10) { listener.count(of: "STATUS=here") == 1 })
    pause(.milliseconds(100), because: "no event says that no beat comes")
    #expect(listener.count(of: "WATCHDOG=1") == 0)
    withExtendedLifetime(watch) {}
  }

  @Test(arguments: ["", "relative", "@", "/" + String(repeating: "a", count: 200)])
  func withoutAUsableSocketNothingIsSent(address: String) {
    let manager = ServiceManager(environment: ["NOTIFY_SOCKET": address], processID: 17)
    manager.ready()
    #expect(ServiceWatch(manager, Health()) { "here" } == nil)
  }
}
