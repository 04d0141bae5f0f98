// SPDX-License-Identifier: Apache-2.0
import CSchemaFiles

/// The profiles that are there: those of Daybook, and before them those of a site.
package struct ProfileShelf: Sendable {
  /// Of the site, by name.
  private let own: [String: String]

  /// `own` are the texts of a site's profiles by name; each must be one that could be used.
  package init(own: [String: String] = [:]) throws(ProfileFault) {
    self.own = own
    for name in own.keys.sorted() { _ = try profile(name) }
  }

  /// Daybook's and the site's, by name.
  package var names: [String] {
    Set(Self.texts.keys).union(own.keys).sorted()
  }

  package func profile(_ name: String) throws(ProfileFault) -> Profile {
    try profile(name, extending: [])
  }

  private func profile(
    _ name: String, extending: [String]
  ) throws(ProfileFault) -> Profile {
    // A site's profile may extend Daybook's of the same name.
    let mine = extending.contains(name) ? nil : own[name]
    guard let text = mine ?? Self.texts[name], extending.count < 8 else {
      throw ProfileFault("no profile \(name); there are \(names.joined(separator: ", "))")
    }
    return try ProfileReader.profile(named: name, text: text, file: "\(name).profile") {
      (base) throws(ProfileFault) in
      try profile(base, extending: extending + [name])
    }
  }

  /// The name of a file without its ending.
  private static func name(ofPath path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return String(name.prefix { $0 != "." })
  }

  /// Those of Daybook, which are part of the program.
  private static let texts: [String: String] = {
    var count = 0
    guard let files = daybook_profile_files(&count) else { return [:] }
    var texts: [String: String] = [:]
    for file in UnsafeBufferPointer(start: files, count: count) {
      let bytes = UnsafeRawBufferPointer(start: file.text, count: file.count)
      texts[Self.name(ofPath: String(cString: file.path))] = String(decoding: bytes, as: UTF8.self)
    }
    return texts
  }()
}
