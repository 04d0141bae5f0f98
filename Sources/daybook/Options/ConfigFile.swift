// SPDX-License-Identifier: Apache-2.0
import CInih
import Sysexits

/// Reads a configuration file through libinih: `key = value`, `#` and `;` comments, `[kafka]` as a
/// prefix.
///
/// Debian's libinih silently cuts a line at 199 bytes and a value at ` ;`, and takes an indented
/// line for a continuation: each is an error here, because half a connection string is worse than
/// none.
package struct ConfigFile {
  package static let lineBytesMax = Int(INI_MAX_LINE) - 2

  package let name: String
  package private(set) var entries: [ConfigEntry] = []
  private let lines: [[UInt8]]
  /// Lines that are not understood or have no value; the others are read all the same.
  package private(set) var faults: [SettingFault] = []
  private var linesRead = 0

  /// `name` is for messages.
  package static func parse(_ text: [UInt8], name: String) -> ConfigFile {
    var file = ConfigFile(name: name, text: text)
    let syntaxErrorLine = unsafe withUnsafeMutablePointer(to: &file) {
      unsafe ini_parse_stream(readLine, $0, takeEntry, $0)
    }
    if syntaxErrorLine != 0 { file.refuse(Int(syntaxErrorLine), notUnderstood) }
    return file
  }

  private mutating func refuse(_ line: Int, _ complaint: String) {
    faults.append(
      SettingFault(
        CommandError(.configuration, "\(name):\(line): \(complaint)"), at: .file(name, line: line)))
  }

  private static let notUnderstood = "not understood: write key = value"

  private init(name: String, text: [UInt8]) {
    self.name = name
    lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { Array($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0) }
  }

  /// Gives libinih the next line, an empty one for a faulty one; nil at the end.
  private static let readLine: ini_reader = { buffer, capacity, context in
    guard let buffer = unsafe buffer,
      let file = unsafe context?.assumingMemoryBound(to: ConfigFile.self)
    else {
      return nil
    }
    guard unsafe file.pointee.linesRead < file.pointee.lines.count else { return nil }
    var line = unsafe file.pointee.lines[file.pointee.linesRead]
    unsafe file.pointee.linesRead += 1
    if let complaint = complaint(about: line) {
      unsafe file.pointee.refuse(file.pointee.linesRead, complaint)
      line = []
    }
    precondition(line.count + 2 <= Int(capacity), "checked by complaint(about:)")
    for (index, byte) in line.enumerated() { unsafe buffer[index] = CChar(bitPattern: byte) }
    unsafe buffer[line.count] = CChar(bitPattern: UInt8(ascii: "\n"))
    unsafe buffer[line.count + 1] = 0
    return unsafe buffer
  }

  private static let takeEntry: ini_handler = { context, section, key, value in
    guard let file = unsafe context?.assumingMemoryBound(to: ConfigFile.self),
      let section = unsafe section, let key = unsafe key,
      let value = unsafe value
    else { return 0 }
    let prefix = unsafe section.pointee == 0 ? "" : String(cString: section) + "."
    let entry = unsafe ConfigEntry(
      key: prefix + String(cString: key), value: String(cString: value),
      line: file.pointee.linesRead)
    // Whoever writes a key does not mean what counts without it, such as libpq's default server.
    if entry.value.isEmpty {
      unsafe file.pointee.refuse(
        entry.line, "\(entry.key) has no value: give one, or remove the line")
    } else {
      unsafe file.pointee.entries.append(entry)
    }
    return 1
  }

  private static func complaint(about line: [UInt8]) -> String? {
    let text = String(decoding: line, as: UTF8.self)
    let first = text.first { !$0.isWhitespace }
    if line.contains(0) { return "a NUL character is not allowed" }
    if first == nil || first == "#" || first == ";" {
      return line.count > lineBytesMax ? "a line is at most \(lineBytesMax) bytes long" : nil
    }
    if line.count > lineBytesMax {
      return "a line is at most \(lineBytesMax) bytes long: put a long value into a file of its "
        + "own (database_url_file, kafka.NAME_file) or into the environment"
    }
    if text.first?.isWhitespace == true { return "a line must not begin with a blank" }
    if text.contains(" ;") || text.contains("\t;") {
      return "a comment must stand on its own line: ' ;' would cut the value"
    }
    return text.contains(where: first == "[" ? { $0 == "]" } : { "=:".contains($0) })
      ? nil : notUnderstood
  }
}
