// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Files
import Foundation
import Testing

@testable import Archive

/// archive_command and restore_command, good and bad ones.
@Suite struct ShipmentTests {
  private func ship(
    _ archive: String, _ restore: String? = nil, seconds: Int = 20,
    _ check: (FileError?, _ destination: String, _ source: String) throws -> Void
  ) throws {
    try Sample.withDirectory { source in
      try Sample.withDirectory { destination in
        let manifest = try Sample.archive(Sample.stream(rows: 100), in: source)
        func filled(_ text: String) -> String { text.replacing("DEST", with: destination) }
        let shipment = try ArchiveShipment(
          archiveCommand: filled(archive), restoreCommand: restore.map(filled),
          timeoutSeconds: seconds)
        var failure: FileError?
        do throws(FileError) { try shipment.ship(manifest, from: source) } catch {
          failure = error
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: source).count == 2)
        try check(failure, destination, source)
      }
    }
  }

  @Test func theFileIsStoredBeforeItsManifest() throws {
    try ship("cp '%p' 'DEST/%f' && echo %f 100%% >> DEST/log", "cp DEST/%f %p") {
      failure, destination, source in
      #expect(failure == nil)
      let log = String(decoding: try Sample.read(destination + "/log"), as: UTF8.self)
      #expect(log == "p.copy.zst 100%\np.manifest.json 100%\n")
      let stored = destination + "/p" + Manifest.manifestSuffix
      #expect(try ArchiveVerification.run(manifestPath: stored).rowCount == 100)
    }
  }

  @Test func aFailureIsToldInItsLastLine() throws {
    try ship("echo first >&2; echo 'no such bucket' >&2; exit 7") { failure, _, _ in
      #expect(failure?.kind == .shipment)
      #expect(failure?.message.contains("exit code 7: no such bucket") == true)
      #expect(failure?.message.contains("first") == false)
    }
  }

  @Test func muchOutputIsNotKept() throws {
    try ship("head -c 10000000 /dev/zero | tr '\\0' x >&2; exit 1") { failure, _, _ in
      #expect((failure?.message.count ?? .max) < 500)
    }
  }

  @Test func aCommandThatHangsIsKilledWithItsGroup() throws {
    let began = ContinuousClock.now
    try ship("echo $$ > DEST/pid; sleep 300 & wait", seconds: 1) { failure, destination, _ in
      #expect(failure?.message.contains("archive_timeout") == true)
      #expect(ContinuousClock.now - began < .seconds(20))
      let text = String(decoding: try Sample.read(destination + "/pid"), as: UTF8.self)
      let group = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
      // Killed orphans stay in the group until init has reaped them.
      #expect(eventually { !isAlive(group: group) })
    }
  }

  @Test func aCommandThatIgnoresTermIsKilled() throws {
    try ship("trap '' TERM; while :; do sleep 1; done", seconds: 1) { failure, _, _ in
      #expect(failure?.message.contains("was killed") == true)
    }
  }

  @Test func aCommandThatWritesWithoutPauseIsKilled() throws {
    try ship("exec yes", seconds: 1) { failure, _, _ in
      #expect(failure?.message.contains("archive_timeout") == true)
    }
  }

  @Test func aStopEndsTheCommand() throws {
    let child = try ChildProcess(shell: "sleep 300")
    #expect(child.wait(seconds: 60, isStopped: { true }) == .stopped)
  }

  /// What waits for all children of the process takes the end that we wait for.
  @Test func anEndThatWasLostIsNoSuccess() throws {
    let child = try ChildProcess(shell: "exit 3")
    var status: Int32 = 0
    #expect(waitpid(child.pid, &status, 0) == child.pid)
    #expect(child.wait(seconds: 20) == .lost(ECHILD))
  }

  @Test func onlyWeReadWhatIsFetched() throws {
    try ship("cp %p DEST/%f", "cat DEST/%f > %p; stat -c %%a %p >> DEST/modes") {
      failure, destination, _ in
      #expect(failure == nil)
      let modes = String(decoding: try Sample.read(destination + "/modes"), as: UTF8.self)
      #expect(modes == "600\n600\n")
    }
  }

  @Test func aCommandThatLiesIsFoundOut() throws {
    try ship("true") { failure, _, _ in #expect(failure == nil) }
    try ship("true", "cp DEST/%f %p") { failure, _, _ in #expect(failure?.kind == .shipment) }
    try ship("echo other > DEST/%f", "cp DEST/%f %p") { failure, _, _ in
      #expect(failure?.message.contains("something else") == true)
    }
    try ship("cp %p DEST/%f", "true") { failure, _, _ in
      #expect(failure?.message.contains("left no file") == true)
    }
  }

  /// It was good before its file was stored.
  @Test func aManifestThatWasDamagedIsNotStored() throws {
    try ship("cp %p DEST/%f && echo >> $(dirname %p)/p.manifest.json") {
      failure, destination, _ in
      #expect(failure?.kind == .damaged(nil))
      let stored = try? FileManager.default.contentsOfDirectory(atPath: destination)
      #expect(stored == ["p.copy.zst"])
    }
  }

  /// Of a later release, which says more than this one knows.
  @Test func aManifestInOtherWordsIsStoredAsItIs() throws {
    try Sample.withDirectory { directory in
      let manifest = try Sample.archive(Sample.stream(rows: 10), in: directory)
      let path = directory + "/" + manifest.manifestName
      let words = manifest.rewritten("  \"tool\"", "  \"later\": 1,\n  \"tool\"")
      try Sample.write(words, path)
      try Sample.withDirectory { destination in
        let shipment = try ArchiveShipment(
          archiveCommand: "cp %p \(destination)/%f", restoreCommand: "cp \(destination)/%f %p",
          timeoutSeconds: 20)
        try shipment.ship(manifest, from: directory)
        #expect(try Sample.read(destination + "/" + manifest.manifestName) == words)
      }
    }
  }

  @Test func ourSecretsAreNotHandedOn() throws {
    setenv("DAYBOOK_TEST_ONLY_SECRET", "geheim", 1)
    defer { unsetenv("DAYBOOK_TEST_ONLY_SECRET") }
    try ship("env > DEST/env") { failure, destination, _ in
      #expect(failure == nil)
      let text = String(decoding: try Sample.read(destination + "/env"), as: UTF8.self)
      #expect(!text.contains("geheim"))
      #expect(text.contains("PATH="))
    }
  }

  @Test func namesThatAShellWouldReadAreRefused() throws {
    try Sample.withDirectory { directory in
      let name = "p$(touch pwned)"
      let manifest = try Sample.archive(Sample.stream(rows: 1), in: directory, partition: name)
      let shipment = try ArchiveShipment(
        archiveCommand: "cp %p /dev/null", restoreCommand: nil, timeoutSeconds: 5)
      let error = #expect(throws: FileError.self) {
        try shipment.ship(manifest, from: directory)
      }
      #expect(error?.kind == .unsupported)
    }
  }

  @Test(arguments: ["cp %x", "cp %", "", "%p %F"]) func wrongPlaceholders(text: String) {
    #expect(throws: FileError.self) {
      try ArchiveShipment(archiveCommand: text, restoreCommand: nil, timeoutSeconds: 5)
    }
  }

  /// Zombies do not count: a signal still reaches them.
  private func isAlive(group: pid_t) -> Bool {
    guard let entries = try? FileManager.default.contentsOfDirectory(atPath: "/proc") else {
      return false
    }
    return entries.contains { entry in
      guard let stat = try? String(contentsOfFile: "/proc/\(entry)/stat", encoding: .utf8),
        let end = stat.lastIndex(of: ")")
      else { return false }
      let fields = stat[end...].split(separator: " ")
      return fields.count > 3 && fields[1] != "Z" && fields[3] == "\(group)"
    }
  }
}
