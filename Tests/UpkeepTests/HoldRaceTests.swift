// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

@Suite struct HoldRaceTests {
  private static let rounds = 60
  private static let jitterMicrosecondsMax = 4_000

  /// A hold and the drop of what it covers begin at about the same time: either the drop fails, or
  /// the hold comes after it, and its transaction sees that the table is gone.
  @Test(arguments: TestServer.all)
  func aDropNeverOvertakesAHold(_ server: TestServer) throws {
    let seed = UInt64.random(in: .min ... .max)
    print("hold race on \(server.name): seed \(seed)")
    var random = Seeded(state: seed)
    try HoldScene.with(on: server) { scene in
      var dropper = try scene.database.connect()
      var holder = try scene.database.connect()
      var dropsThatWon = 0
      for round in 0..<Self.rounds {
        try scene.database.makePartition(of: "invocations", monthsAgo: HoldScene.monthsAgo)
        try scene.insert(3 + round, tenant: "acme")
        let id = try scene.database.retire(scene.partition, of: "invocations", upTo: .verified)
        let drop = "SELECT daybook_drop_retired_partition(\(id))"
        let hold = """
          BEGIN; INSERT INTO legal_holds (tenant_id, reason) VALUES ('acme', '\(round)');
          SELECT to_regclass('\(scene.partition)'); COMMIT
          """
        let isDropFirst = Bool.random(using: &random)
        if isDropFirst { try dropper.send(drop) } else { try holder.send(hold) }
        pause(
          .microseconds(Int.random(in: 0...Self.jitterMicrosecondsMax, using: &random)),
          because: "either of the two comes first now and then")
        if isDropFirst { try holder.send(hold) } else { try dropper.send(drop) }
        let isDropped = Self.succeeds(&dropper)
        let isGoneForTheHold = try holder.receive().text(0, 0) == nil
        #expect(isDropped == isGoneForTheHold, "round \(round), seed \(seed)")
        if isDropped { dropsThatWon += 1 }
        try scene.run("UPDATE legal_holds SET release_reason = 'r' WHERE released_at IS NULL")
        if !isDropped { try scene.run(drop) }
      }
      print("hold race on \(server.name): \(dropsThatWon) of \(Self.rounds) drops came first")
      #expect(try scene.run("SELECT next_offset FROM ingest_offsets") == "\(2 * Self.rounds)")
    }
  }

  private static func succeeds(_ connection: inout Connection) -> Bool {
    do throws(PostgresError) {
      _ = try connection.receive()
      return true
    } catch {
      return false
    }
  }

  /// SplitMix64.
  private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}
