// SPDX-License-Identifier: Apache-2.0

/// The one name of each provider: `provider_aliases`, laid out for look-ups, which allocate
/// nothing.
package struct ProviderNames: Sendable {
  package static let documented = ProviderNames(ProviderAlias.documented)
  /// Longest name that a record may have, in bytes.
  package static let bytesMax = 256

  /// A name in `bytes`.
  private struct Span: BitwiseCopyable {
    let offset, length: Int
  }

  /// A name that begins so means the provider of this number.
  private struct Prefix: BitwiseCopyable {
    let span: Span
    let number: Int32
  }

  package let aliases: [ProviderAlias]
  private let exact: NameTable
  private var bytes: [UInt8] = []
  /// By number.
  private var targets: [Span] = []
  /// The longest first.
  private var prefixes: [Prefix] = []

  package init(_ aliases: [ProviderAlias]) {
    self.aliases = aliases
    var numbers: [[UInt8]: Int32] = [:]
    var names: [(scope: Int32, name: String, number: Int32)] = []
    for alias in aliases.sorted(by: { $0.alias.utf8.count > $1.alias.utf8.count }) {
      let target = Array(alias.provider.utf8)
      let number = numbers[target] ?? Int32(targets.count)
      if numbers[target] == nil {
        numbers[target] = number
        targets.append(Span(offset: bytes.count, length: target.count))
        bytes += target
      }
      guard alias.alias.hasSuffix("*") else {
        names.append((0, alias.alias, number))
        continue
      }
      let prefix = Array(alias.alias.utf8.dropLast())
      prefixes.append(
        Prefix(span: Span(offset: bytes.count, length: prefix.count), number: number))
      bytes += prefix
    }
    exact = NameTable(names, foldsCase: true)
  }

  /// The name of the provider that a record or a price list calls `name`, in lower case.
  package func canonical(_ name: String) -> String {
    var lower = name.asciiLowercased
    let found = lower.withUTF8 { number(UnsafeRawBufferPointer($0)) }
    guard found >= 0 else { return lower }
    let target = targets[Int(found)]
    return String(decoding: bytes[target.offset..<target.offset + target.length], as: UTF8.self)
  }

  /// Writes the one name of the provider `name` to `scratch`; nil when it is that, or not known.
  package func fold(
    _ name: UnsafeRawBufferPointer, into scratch: UnsafeMutableRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    let number = number(name)
    guard number >= 0 else { return nil }
    let target = targets[Int(number)]
    guard target.length <= scratch.count else { return nil }
    return bytes.withUnsafeBytes { bytes in
      let text = bytes[target.offset..<target.offset + target.length]
      scratch.copyMemory(from: UnsafeRawBufferPointer(rebasing: text))
      return UnsafeRawBufferPointer(
        rebasing: UnsafeRawBufferPointer(scratch)[..<target.length])
    }
  }

  /// Other spellings of `provider` that are no beginnings.
  func spellings(of provider: String) -> [String] {
    aliases.filter { $0.provider.hasSameBytes(as: provider) && !$0.alias.hasSuffix("*") }
      .map(\.alias)
  }

  /// The provider that a name means by how it begins; nil: none.
  func target(ofBeginning name: UnsafeRawBufferPointer) -> Int32 {
    bytes.withUnsafeBytes { bytes in
      for prefix in prefixes where prefix.span.length <= name.count {
        var index = 0
        while index < prefix.span.length {
          var byte = name[index]
          if byte &- UInt8(ascii: "A") < 26 { byte |= 0x20 }
          if byte != bytes[prefix.span.offset + index] { break }
          index += 1
        }
        if index == prefix.span.length { return prefix.number }
      }
      return -1
    }
  }

  /// The names of providers that aliases lead to, by number.
  var targetNames: [String] {
    targets.map { String(decoding: bytes[$0.offset..<$0.offset + $0.length], as: UTF8.self) }
  }

  /// Negative: no alias.
  private func number(_ name: UnsafeRawBufferPointer) -> Int32 {
    let found = exact.number(name)
    return found >= 0 || prefixes.isEmpty ? found : target(ofBeginning: name)
  }
}
