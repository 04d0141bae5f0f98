// SPDX-License-Identifier: Apache-2.0

/// A read index of closed partitions, as the policy writes it: `gin (metadata jsonb_path_ops)`.
package struct IndexSpecification: Sendable, Hashable {
  package struct Key: Sendable, Hashable {
    package let column: String
    package let operatorClass: String?
  }

  package let method: String
  package let keys: [Key]

  /// Parses `method (column [operator class], …)`; nil if the text is not of this form.
  ///
  /// Names are lower-case letters, digits and underscores: the text comes from a table, and becomes
  /// part of a statement.
  package init?(_ text: String) {
    guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else { return nil }
    let words = text[..<open].split(separator: " ").map(String.init)
    guard words.count == 1, let method = words.first, Self.methods.contains(method) else {
      return nil
    }
    let inside = text[text.index(after: open)...].dropLast()
    var keys: [Key] = []
    for part in inside.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: " ").map(String.init)
      guard (1...2).contains(words.count), words.allSatisfy(Self.isName) else { return nil }
      keys.append(Key(column: words[0], operatorClass: words.count == 2 ? words[1] : nil))
    }
    self.method = method
    self.keys = keys
  }

  package static let methods = ["btree", "brin", "gin", "gist", "hash"]

  private static func isName(_ word: String) -> Bool {
    guard let first = word.utf8.first, !(48...57).contains(first) else { return false }
    return word.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }
}

extension IndexSpecification: CustomStringConvertible {
  package var description: String {
    let list = keys.map { key in
      key.operatorClass.map { "\(key.column) \($0)" } ?? key.column
    }
    return "\(method) (\(list.joined(separator: ", ")))"
  }
}
