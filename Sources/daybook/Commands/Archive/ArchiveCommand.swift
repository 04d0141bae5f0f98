// SPDX-License-Identifier: Apache-2.0
import Archive
import Upkeep

/// `daybook archive export|verify|list|restore|cat`.
enum ArchiveCommand {
  static let declarations = [
    CommandDeclaration(
      ["archive", "export"], "write a partition into an archive file and its manifest",
      options: [
        ArchiveOptions.table, ArchiveOptions.month, ArchiveOptions.partition, ArchiveOptions.level,
        ArchiveOptions.replace, Options.dryRun, Options.json, Options.databaseURL,
        Options.adminDatabaseURL, Options.schema,
      ] + Options.archive,
      details: """
        Reads the partition on one snapshot and leaves it as it is. Each part of the file is read
        back and checked row by row before the file gets its name; the manifest comes last, and an
        archive without one is none. With archive_command both are then stored elsewhere, and with
        restore_command fetched back and compared, for instance with
          archive_command = aws s3 cp --only-show-errors %p s3://bucket/daybook/%f
          restore_command = aws s3 cp --only-show-errors s3://bucket/daybook/%f %p
        """,
      examples: [
        (
          "daybook archive export --table invocations --month 2026-06 --archive-dir /srv/archive",
          "writes invocations_p20260601.copy.zst and .manifest.json"
        ),
        ("daybook archive export --partition invocations_p20260601 --dry-run", "only the SQL"),
      ], run: ArchiveExportCommand.run),
    CommandDeclaration(
      ["archive", "verify"], "read archives back and compare everything with their manifests",
      operands: "PATH…", count: 1...10_000, options: [Options.json],
      details: """
        PATH is a manifest, or the file beside it. Every byte is read: sizes, checksums, the
        structure of each row, sums, SHA-256. Needs no database. Exit code 1 if one of them is bad.
        """,
      examples: [("daybook archive verify /srv/archive/*.manifest.json", "all of a directory")],
      run: ArchiveVerifyCommand.run),
    CommandDeclaration(
      ["archive", "list"], "list the archives of a directory by their manifests",
      operands: "[DIR]", count: 0...1, options: Options.table + [Options.archiveDirectory],
      details: "Reads manifests only: see daybook archive verify. Exit code 1 if one is not good.",
      examples: [("daybook archive list /srv/archive", "what is there, and how large")],
      run: ArchiveListCommand.run),
    CommandDeclaration(
      ["archive", "restore"], "copy an archive into a table",
      operands: "MANIFEST", count: 1...1,
      options: [ArchiveOptions.into, Options.dryRun, Options.json, Options.databaseURL]
        + [Options.adminDatabaseURL, Options.schema],
      details: """
        Verifies the archive first. One transaction makes the table like its parent, if it is
        missing, copies the rows and compares their number and sums; on any difference nothing
        stays. The table is app_owner's, and stays a table of its own: a month that was retired is
        not attached again, because its rows would be counted twice.
        """,
      examples: [
        (
          "daybook archive restore /srv/archive/invocations_p20260601.manifest.json",
          "into invocations_p20260601_restored"
        )
      ], run: ArchiveRestoreCommand.run),
    CommandDeclaration(
      ["archive", "cat"], "print the rows of an archive",
      operands: "PATH", count: 1...1, options: [ArchiveOptions.format],
      details: """
        PATH is a manifest, or the file beside it. Rows are printed while the archive is being
        checked: exit code 65 means that what was printed must not be used. Amounts are strings.
        """,
      examples: [
        (
          "daybook archive cat invocations_p20260601.manifest.json | jq -c 'select(.tenant_id == \"acme\")'",
          "one tenant's rows"
        ),
        (
          "daybook archive cat --format copy F | psql -c '\\copy t from stdin (format binary)'",
          "as zstdcat does, with a check"
        ),
      ], run: ArchiveCatCommand.run),
  ]
}
