// SPDX-License-Identifier: Apache-2.0

/// Where the registry is, and how to talk to it.
package struct RegistrySettings: Sendable {
  /// Tried one after the other.
  package let urls: [String]
  /// `USER:PASSWORD`, asked for again with each request: a secret in a file may have been renewed.
  package var login: @Sendable () -> String? = { nil }
  /// Files in PEM form; without authorities those of the system.
  package var authorityFile: String?
  package var certificateFile: String?
  package var keyFile: String?
  /// Tests wait less.
  var answerMillisecondsMax = RegistryLimits.answerMillisecondsMax

  /// `text` has URLs with commas between them.
  package init(urls text: String) throws(RegistryFault) {
    let urls = text.split(separator: ",").map { url in
      String(url.drop { $0 == " " }).trimmingSlashes
    }
    for url in urls {
      guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
        throw RegistryFault("the URL of a schema registry begins with https:// or http://")
      }
      let host = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
      guard !host.contains("@") else {
        throw RegistryFault(
          "the URL of the schema registry has a login inside, which logs would show: give it as "
            + "schema_registry_login")
      }
    }
    guard !urls.isEmpty else { throw RegistryFault("there is no URL of a schema registry") }
    self.urls = urls
  }
}

extension String {
  fileprivate var trimmingSlashes: String {
    var text = Substring(self)
    while text.hasSuffix("/") || text.hasSuffix(" ") { text.removeLast() }
    return String(text)
  }
}

/// Why the registry gave no answer that decides anything: the same is worth asking again.
package struct RegistryFault: Error, CustomStringConvertible, Sendable {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
