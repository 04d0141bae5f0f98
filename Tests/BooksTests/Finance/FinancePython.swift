// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A Python with SQLAlchemy, psycopg2 and focus_validator, as `ops/test` announces it.
enum FinancePython {
  static let path = ProcessInfo.processInfo.environment["DAYBOOK_TEST_FINANCE_PYTHON"]
    .flatMap { $0.isEmpty ? nil : $0 }

  /// Whether there is one; says loudly when there is not.
  static let isThere: Bool = {
    if path == nil {
      print("SKIPPED: DAYBOOK_TEST_FINANCE_PYTHON is not set: run the tests by ops/test, with PyPI")
    }
    return path != nil
  }()

  /// Runs a script of `ops/lib`: exit code and all it said.
  static func run(
    _ script: String, _ arguments: [String], _ environment: [String: String] = [:]
  ) throws -> (status: Int32, output: String) {
    let root = URL(fileURLWithPath: #filePath)
      .appendingPathComponent("../../../../ops/lib/\(script)").standardized
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path ?? "")
    process.arguments = [root.path] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
  }
}
