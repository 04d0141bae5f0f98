// SPDX-License-Identifier: Apache-2.0
import Foundation
import Postgres
import Upkeep

extension CommandContext {
  /// What `maintain` and `partitions apply` need, over the direct connection.
  var maintenance: MaintenanceSettings {
    get throws(CommandError) {
      let process = ProcessInfo.processInfo
      let owner = "\(process.hostName):\(process.processIdentifier)"
      let database = adminDatabase(name: "daybook-maintain/\(Daybook.version)@\(owner)")
      var result = MaintenanceSettings(database: database, schema: schema, owner: owner)
      result.version = Daybook.version
      result.archiveDirectory = settings.text(Options.archiveDirectory)
      result.shipment = try archiveShipment
      result.jobDeadline = settings.text(MaintainOptions.deadline).flatMap { Int($0) }
        .map { .seconds($0) }
      result.sessionsRetentionDays = settings.integer(Options.sessionsRetention)
      return result
    }
  }
}
