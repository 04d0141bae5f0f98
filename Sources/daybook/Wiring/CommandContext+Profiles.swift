// SPDX-License-Identifier: Apache-2.0
import Foundation
import Records
import Sysexits

extension CommandContext {
  /// Daybook's profiles, and those of `--profile-dir`.
  func profiles() throws(CommandError) -> ProfileShelf { try Self.profiles(settings) }

  static func profiles(_ settings: Settings) throws(CommandError) -> ProfileShelf {
    guard let directory = settings.text(Options.profileDirectory) else { return try shelf([:]) }
    return try shelf(siteProfiles(in: directory))
  }

  /// The texts of a site's profiles, by name.
  static func siteProfiles(in directory: String) throws(CommandError) -> [String: String] {
    var own: [String: String] = [:]
    for name in try profileNames(in: directory) {
      let bytes = try FileBytes.read("\(directory)/\(name).profile")
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw CommandError(.configuration, "\(directory)/\(name).profile is not UTF-8")
      }
      own[name] = text
    }
    return own
  }

  static func shelf(_ own: [String: String]) throws(CommandError) -> ProfileShelf {
    do throws(ProfileFault) {
      return try ProfileShelf(own: own)
    } catch {
      throw CommandError(.configuration, "\(error); daybook profiles show cloudtrail is an example")
    }
  }

  private static func profileNames(in directory: String) throws(CommandError) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
      throw CommandError(
        .noInput,
        "cannot read \(directory), the directory of the site's profiles: check profile_dir")
    }
    let suffix = ".profile"
    return names.filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }
      .map { String($0.dropLast(suffix.count)) }.sorted()
  }

  /// A profile by its name.
  static func profile(
    _ name: String, _ shelf: ProfileShelf
  ) throws(CommandError) -> Profile {
    do throws(ProfileFault) {
      return try shelf.profile(name)
    } catch {
      let hint = Suggestion.hint(for: name, among: shelf.names)
      throw CommandError(.usage, "\(error)\(hint)")
    }
  }
}
