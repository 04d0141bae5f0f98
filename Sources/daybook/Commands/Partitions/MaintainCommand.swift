// SPDX-License-Identifier: Apache-2.0
import Sysexits
import Telemetry
import Upkeep

/// `daybook maintain`: everything that partitions need, once or again and again.
enum MaintainCommand {
  static let declaration = CommandDeclaration(
    ["maintain"], "make, archive, drop, freeze and index partitions; purge old sessions",
    options: [
      MaintainOptions.loop, MaintainOptions.interval, MaintainOptions.job, MaintainOptions.deadline,
      Options.dryRun, Options.json, Options.wide, Options.sessionsRetention, Options.metricsListen,
    ] + Options.archive + MaintainOptions.direct,
    details: """
      Needs a direct connection (admin_database_url, port 5432) as a member of app_maintain. One
      process leads at a time; another one ends with exit code 75, or stands by with --loop. A job
      that fails does not hold up the others; every run goes on where the last one was interrupted.
      Jobs: create, retain, close, purge_sessions, release_held, report.
      Exit codes: 0 done, or a stop of --loop; 1 a job failed; 75 another process leads, the server is
      read-only, or SIGTERM came before all was done. A server that is away is waited for, for 180 s.

      As a service: ops/systemd/daybook-maintain.timer, ops/kubernetes/maintain-cronjob.yaml.
      """,
    examples: [
      ("daybook maintain", "once, for cron: 17 3 * * * daybook maintain"),
      ("daybook maintain --dry-run", "print the SQL and change nothing"),
      ("daybook maintain --job create --job retain", "only these jobs"),
      ("daybook maintain --job retain --deadline 7200", "in a window of two hours"),
      (
        "daybook maintain --loop --interval 3600 --metrics-listen :9465",
        "as a service with metrics"
      ),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let chosen = Set(context.settings.values(MaintainOptions.job))
    let jobs = MaintenanceJob.allCases.filter { chosen.isEmpty || chosen.contains($0.rawValue) }
    if context.settings.isOn(Options.dryRun) {
      return try MaintenanceDryRun.print(jobs, table: nil, context)
    }
    return context.settings.isOn(MaintainOptions.loop)
      ? try loop(jobs, context) : try once(jobs, context)
  }

  private static func once(
    _ jobs: [MaintenanceJob], _ context: CommandContext
  ) throws(CommandError) -> ExitCode {
    let stop = StopRequest()
    let signals = StopSignals("stop requested, the present step ends") { stop.request() }
    defer { signals.finish() }
    let maintainer = Maintainer(try context.maintenance, stop: stop, observe: MaintenanceLog.write)
    let reports: [JobReport]
    do throws(UpkeepError) { reports = try maintainer.run(jobs) } catch {
      throw CommandError(error)
    }
    try show(reports, context)
    return JobReport.exitCode(of: reports)
  }

  private static func loop(
    _ jobs: [MaintenanceJob], _ context: CommandContext
  ) throws(CommandError) -> ExitCode {
    let stop = StopRequest()
    let health = Health()
    let server = try IngestCommand.startServer(context, health)
    let manager = context.serviceManager
    let watch = ServiceWatch(manager, health) { ServiceStatus.maintenance(health) }
    let signals = StopSignals(
      "stop requested, the present step ends", onReload: { Reload.run(context) }
    ) {
      health.stop()
      manager.stopping()
      stop.request()
    }
    defer { signals.finish() }
    let maintainer = Maintainer(try context.maintenance, stop: stop, observe: MaintenanceLog.write)
    let interval = Duration.seconds(context.settings.integer(MaintainOptions.interval))
    // Whether the database is there, or another process leads, is no question of the start.
    manager.ready()
    do throws(UpkeepError) {
      try MaintenanceLoop(maintainer, jobs, interval: interval, health: health).run()
    } catch {
      throw CommandError(error)
    }
    withExtendedLifetime((server, watch)) {}
    return .success
  }

  private static func show(
    _ reports: [JobReport], _ context: CommandContext
  ) throws(CommandError) {
    let rows = reports.map { report in
      [
        report.job.rawValue, report.outcome.rawValue, seconds(report), String(report.actions),
        report.message,
      ]
    }
    try context.list(
      Table(
        [.text("job"), .text("outcome"), .number("seconds"), .number("actions"), .text("message")],
        rows: rows),
      json: reports.map {
        .object([
          "job": .string($0.job.rawValue), "outcome": .string($0.outcome.rawValue),
          "milliseconds": .integer(Int64($0.seconds * 1000)),
          "actions": .integer(Int64($0.actions)), "message": .string($0.message),
        ])
      })
  }

  /// With one decimal.
  private static func seconds(_ report: JobReport) -> String {
    let tenths = Int64((report.seconds * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
