// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A program of the machine, by name: what it answers to an input.
struct ShellProgram {
  let name: String

  /// Whether it is installed; says so aloud if not.
  static func isThere(_ name: String) -> Bool {
    let directories = ["/usr/local/bin", "/usr/bin", "/bin"]
    if directories.contains(where: {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }) {
      return true
    }
    FileHandle.standardError.write(Data("SKIPPED: no \(name) here\n".utf8))
    return false
  }

  /// Its exit code, and what it wrote to both of its outputs.
  func run(
    _ arguments: [String], input: String = "", in directory: URL? = nil
  ) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.environment = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "100",
      "HOME": (directory ?? FileManager.default.temporaryDirectory).path,
    ]
    process.currentDirectoryURL = directory
    let (given, written) = (Pipe(), Pipe())
    process.standardInput = given
    process.standardOutput = written
    process.standardError = written
    try process.run()
    try given.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try given.fileHandleForWriting.close()
    let output = try written.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
