// SPDX-License-Identifier: Apache-2.0

/// The table of commands, in the order of `daybook help`.
package enum Commands {
  package static let all: [CommandDeclaration] =
    MigrateCommand.declarations
    + [
      IngestCommand.declaration, StatusCommand.declaration, AuditCommand.declaration,
      VerifyRestoreCommand.declaration, DoctorCommand.declaration, CapacityCommand.declaration,
    ]
    + CostsCommand.declarations + PricesCommand.declarations + [RepriceCommand.declaration]
    + PeriodsCommand.declarations + [ReconcileCommand.declaration] + TenantsCommand.declarations
    + RejectsCommand.declarations
    + OffsetsCommand.declarations
    + PartitionsCommand.declarations
    + [PartitionsApplyCommand.declaration, MaintainCommand.declaration]
    + ArchiveCommand.declarations
    + PolicyCommand.declarations
    + HoldCommand.declarations
    + [ValidateCommand.declaration] + ProfilesCommand.declarations
    + [ProduceCommand.declaration, ConfigShowCommand.declaration]
    + [ConfigCheckCommand.declaration, ConfigTemplateCommand.declaration]
    + [CompletionsCommand.declaration, ManCommand.declaration]
}
