// SPDX-License-Identifier: Apache-2.0
import Foundation
import Sysexits
import Testing
import daybook

struct FocusValidatorTests {
  /// Every rule that the specification makes binding for us; see check_focus.py for the others.
  @Test(.enabled(if: FinancePython.isThere), arguments: [[], ["--invoice-issuer", "Anthropic"]])
  func theFoundationsValidatorAccepts(_ options: [String]) throws {
    try FinanceScene.with { scene in
      try FocusInvoiceTests.reopen(scene)
      for month in [scene.first, scene.second] { try scene.close(month) }
      let result = try scene.command(
        [
          "costs", "export", "--format", "focus", "--month", scene.first, "--to-month",
          scene.second, "--billing-account-name", "Example Corp", "--output",
          scene.path("focus.csv"),
        ] + options)
      #expect(result.code == .success, "\(result.output)")
      #expect(try scene.text("focus.csv").contains(",Correction,"))
      let checked = try FinancePython.run("check_focus.py", [scene.path("focus.csv")])
      #expect(checked.status == 0, "\(checked.output)")
    }
  }
}
