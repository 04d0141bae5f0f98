// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Testing
import Upkeep

/// What must hold whatever the policy, the holds, the accidents and the clock are.
@Suite struct PlanPropertyTests {
  /// DAYBOOK_SEED repeats one run.
  static let seeds: [UInt64] =
    ProcessInfo.processInfo.environment["DAYBOOK_SEED"].flatMap { UInt64($0) }.map { [$0] }
    ?? (0..<60).map { _ in UInt64.random(in: 0...UInt64.max) }

  @Test(arguments: seeds)
  func everyPlanIsRight(_ seed: UInt64) {
    var scene = PlanScene(seed: seed)
    for _ in 0..<40 {
      scene.somethingHappens()
      let plan = scene.plan()
      let complaint =
        scene.earlyRetirement(plan) ?? scene.droppedUnderHold(plan) ?? scene.dependentCreation(plan)
        ?? scene.unsafeOrder(plan)
      if let complaint {
        Issue.record("DAYBOOK_SEED=\(seed): \(complaint)")
        return
      }
      scene.apply(plan)
      guard !scene.wasInterrupted else { continue }
      if let complaint = scene.shortRunway() ?? scene.laterPlans() {
        Issue.record("DAYBOOK_SEED=\(seed): \(complaint)")
        return
      }
    }
  }
}
