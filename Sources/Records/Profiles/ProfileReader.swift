// SPDX-License-Identifier: Apache-2.0

/// Reads the text of a profile: sections, `name = value`, lines that go on when they are indented.
struct ProfileReader {
  private struct Entry {
    let section: String
    let name: String
    var value: String
    let line: Int
  }

  package static let bytesMax = 64 << 10
  private static let sections = ["profile", "skip", "columns", "known"]

  private let file: String
  private var entries: [Entry] = []

  /// `base` finds the profile that this one extends.
  static func profile(
    named name: String, text: String, file: String,
    base: (String) throws(ProfileFault) -> Profile
  ) throws(ProfileFault) -> Profile {
    guard text.utf8.count <= bytesMax else {
      throw ProfileFault("longer than \(bytesMax) bytes: wrong file?").at(file)
    }
    var reader = ProfileReader(file: file)
    try reader.split(text)
    return try reader.profile(named: name, text: text, base: base)
  }

  private init(file: String) {
    self.file = file
  }

  private mutating func split(_ text: String) throws(ProfileFault) {
    var section: String?
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let content = Self.trimmed(line)
      if content.isEmpty || content.hasPrefix("#") { continue }
      let place = "\(file):\(index + 1)"
      if line.first == " " || line.first == "\t" {
        guard !entries.isEmpty else { throw ProfileFault("nothing goes on here").at(place) }
        entries[entries.count - 1].value += " " + content
      } else if content.hasPrefix("["), content.hasSuffix("]") {
        let name = String(content.dropFirst().dropLast())
        guard Self.sections.contains(name) else {
          throw ProfileFault("no section [\(name)]; there are \(Self.sections)").at(place)
        }
        section = name
      } else {
        guard let section, let equal = content.firstIndex(of: "=") else {
          throw ProfileFault("not understood: write name = value below a [section]").at(place)
        }
        entries.append(
          Entry(
            section: section, name: Self.trimmed(content[..<equal]),
            value: Self.trimmed(content[content.index(after: equal)...]), line: index + 1))
      }
    }
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
    let front = text.drop(while: isSpace)
    guard let last = front.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(front[...last])
  }

  private func value(_ name: String) -> String? {
    entries.last { $0.section == "profile" && $0.name == name }?.value
  }

  private func profile(
    named name: String, text: String, base: (String) throws(ProfileFault) -> Profile
  ) throws(ProfileFault) -> Profile {
    let settings = ["stream", "format", "items", "key", "about", "source", "extends"]
    for entry in entries where entry.section == "profile" && !settings.contains(entry.name) {
      throw ProfileFault("no setting \(entry.name); there are \(settings)").at(place(entry))
    }
    let parent = try value("extends").map { (name) throws(ProfileFault) in try base(name) }
    guard let table = value("stream") ?? parent?.table, let stream = Stream.named(table) else {
      let known = Stream.all.map(\.table).joined(separator: " or ")
      throw ProfileFault("[profile] needs stream = \(known)").at(file)
    }
    guard parent == nil || parent?.table == table else {
      throw ProfileFault("a profile stores into the table of the one that it extends").at(file)
    }
    let mappings = try mappings(stream)
    let replaced = Set(mappings.map(\.target))
    let skips = try skips()
    let profile = Profile(
      name: name, table: table,
      format: try setting("format", SourceFormat.init(rawValue:)) ?? parent?.format ?? .json,
      keyMeaning: try setting("key", KeyMeaning.init(rawValue:)) ?? parent?.keyMeaning ?? .ignore,
      about: value("about") ?? parent?.about ?? "", text: text,
      items: try places("items") ?? parent?.items ?? [SourcePath()],
      skips: Self.merged(parent?.skips ?? [], skips),
      columns: (parent?.columns ?? []).filter { !replaced.contains($0.target) } + mappings,
      known: (parent?.known ?? []) + (try known()))
    guard profile.pathCount <= SlotSet.slotsMax else {
      throw ProfileFault(
        "\(profile.pathCount) paths, of which a profile may read \(SlotSet.slotsMax)").at(file)
    }
    guard profile.headerCount <= EnvelopeHeaders.extrasMax else {
      throw ProfileFault(
        "\(profile.headerCount) headers, of which a profile may read \(EnvelopeHeaders.extrasMax)").at(file)
    }
    return profile
  }

  /// A rule of the same name takes the place of the one that it replaces.
  private static func merged(_ base: [Profile.Skip], _ own: [Profile.Skip]) -> [Profile.Skip] {
    base.map { rule in own.first { $0.name == rule.name } ?? rule }
      + own.filter { rule in !base.contains { $0.name == rule.name } }
  }

  private func setting<Value>(
    _ name: String, _ read: (String) -> Value?
  ) throws(ProfileFault) -> Value? {
    guard let entry = entries.last(where: { $0.section == "profile" && $0.name == name }) else {
      return nil
    }
    guard let value = read(entry.value) else {
      throw ProfileFault("\(name) cannot be \(entry.value)").at(place(entry))
    }
    return value
  }

  private func places(_ name: String) throws(ProfileFault) -> [SourcePath]? {
    guard let entry = entries.last(where: { $0.section == "profile" && $0.name == name }) else {
      return nil
    }
    return try read(entry) { (text) throws(ProfileFault) in try ExpressionParser.places(text) }
  }

  private func skips() throws(ProfileFault) -> [Profile.Skip] {
    var skips: [Profile.Skip] = []
    for entry in entries where entry.section == "skip" {
      guard entry.name.utf8.allSatisfy(ExpressionLexer.isNameByte), !entry.name.isEmpty else {
        throw ProfileFault("the name of a rule is a word: it is a label of a metric").at(place(entry))
      }
      let condition = try read(entry) { (text) throws(ProfileFault) in
        try ExpressionParser.condition(text)
      }
      skips.append(Profile.Skip(name: entry.name, condition: condition))
    }
    return skips
  }

  private func mappings(_ stream: Stream) throws(ProfileFault) -> [Profile.Mapping] {
    var mappings: [Profile.Mapping] = []
    for entry in entries where entry.section == "columns" {
      let parts = entry.name.split(separator: ".", maxSplits: 1).map(String.init)
      let member = parts.count > 1 ? parts[1] : nil
      guard let first = parts.first, Self.isTarget(first, hasMember: member != nil, stream) else {
        throw ProfileFault("\(stream.table) has no column \(entry.name) that a record can say")
          .at(place(entry))
      }
      guard !mappings.contains(where: { $0.target == entry.name }) else {
        throw ProfileFault("\(entry.name) is there twice").at(place(entry))
      }
      let expression = try read(entry) { (text) throws(ProfileFault) in
        try ExpressionParser.expression(text)
      }
      mappings.append(
        Profile.Mapping(column: first, member: member, expression: expression, line: entry.line))
    }
    return mappings
  }

  private static func isTarget(_ name: String, hasMember: Bool, _ stream: Stream) -> Bool {
    guard let column = stream.columns.first(where: { $0.name == name }), !column.keys.isEmpty else {
      return !hasMember && stream.watch.totals.keys.first == name
    }
    guard hasMember else { return true }
    guard case .json(let rule) = column.kind else { return false }
    switch rule.shape {
    case .object, .objectOfTexts: return true
    case .objectOfObjects, .arrayOfObjects: return false
    }
  }

  private func known() throws(ProfileFault) -> [SourcePath] {
    var paths: [SourcePath] = []
    for entry in entries where entry.section == "known" {
      for name in entry.value.split(separator: ",") {
        let place = try read(entry) { (_) throws(ProfileFault) in
          try ExpressionParser.places(Self.trimmed(name))
        }
        paths += place
      }
    }
    return paths
  }

  private func read<Result>(
    _ entry: Entry, _ body: (String) throws(ProfileFault) -> Result
  ) throws(ProfileFault) -> Result {
    do throws(ProfileFault) {
      return try body(entry.value)
    } catch {
      throw ProfileFault("\(entry.name): \(error.message)").at(place(entry))
    }
  }

  private func place(_ entry: Entry) -> String { "\(file):\(entry.line)" }
}
