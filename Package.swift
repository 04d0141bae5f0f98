// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// Every Swift target: Swift 6 mode, warnings are errors, existentials and imports spelled out.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Whether each use of a pointer is marked `unsafe`. Not where nearly every line would be.
enum Pointers {
  case marked
  /// A record passes through it as borrowed bytes, byte by byte.
  case hotPath

  /// On the hot path a release does not look at run time for overlapping accesses: the compiler has
  /// found those in structs, and debug builds, with which everything is tested, look for the
  /// others. And it is optimised for the ways that records take.
  var settings: [SwiftSetting] {
    self == .marked
      ? [.strictMemorySafety()]
      : [
        .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
        .unsafeFlags(counted.map { ["-Xfrontend", "-ir-profile-use=\($0)"] } ?? [], counting),
      ]
  }
}

/// How often each branch of the hot path was taken (`perf/train`), for the optimiser; in a format
/// of LLVM that older compilers need not know. A function that has changed since is compiled as
/// without it.
#if compiler(>=6.3)
  let counted =
    Context.environment["DAYBOOK_COUNTING"] == nil
    ? "\(Context.packageDirectory)/perf/hot-path.profdata" : nil
#else
  let counted: String? = nil
#endif
let counting = BuildSettingCondition.when(platforms: [.linux], configuration: .release)

func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], pointers: Pointers = .marked
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict + pointers.settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["DaybookTesting"], exclude: exclude,
    swiftSettings: strict)
}

/// Debian's header stands in the default search path, and SwiftPM warns about a flag in its .pc
/// file.
#if os(macOS)
  let simdjsonPkgConfig: String? = "simdjson"
#else
  let simdjsonPkgConfig: String? = nil
#endif

let package = Package(
  name: "daybook",
  products: [.executable(name: "daybook", targets: ["daybook"])],
  targets: [
    // 0: system libraries, nothing else
    .systemLibrary(
      name: "CRdKafka", pkgConfig: "rdkafka",
      providers: [.apt(["librdkafka-dev"]), .brew(["librdkafka"])]),
    .systemLibrary(
      name: "CAvro", pkgConfig: "avro-c",
      providers: [.apt(["libavro-dev"]), .brew(["avro-c"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
    .systemLibrary(
      name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CMicroHTTP", pkgConfig: "libmicrohttpd",
      providers: [.apt(["libmicrohttpd-dev"]), .brew(["libmicrohttpd"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CInih", pkgConfig: "inih", providers: [.apt(["libinih-dev"]), .brew(["inih"])]),
    .systemLibrary(
      name: "CSystemSimdJSON", pkgConfig: simdjsonPkgConfig,
      providers: [.apt(["libsimdjson-dev"]), .brew(["simdjson"])]),
    .systemLibrary(name: "CPrefetch"),
    // The module map's link line works only for targets that import the module, as Swift does.
    .target(
      name: "CSimdJSON", dependencies: ["CSystemSimdJSON"],
      cxxSettings: counted.map { [.unsafeFlags(["-fprofile-use=\($0)"], counting)] },
      linkerSettings: [.linkedLibrary("simdjson")]),

    // The SQL files, embedded by the C compiler.
    .target(name: "CSchemaFiles"),

    // 1
    library("CopyFormat", pointers: .hotPath),
    library("Digest", ["CCrypto"]),
    library("JSON", ["CSimdJSON"], pointers: .hotPath),
    library("Sysexits"),
    library("Text"),

    // 2
    library("Files", ["CopyFormat", "Digest", "JSON", "Sysexits"]),
    library("Generator", ["CopyFormat", "JSON"]),
    library("Pricing", ["CopyFormat", "Digest", "JSON"], pointers: .hotPath),
    library("Telemetry", ["CMicroHTTP", "Text"]),

    // 3
    library(
      "Archive", ["CZlib", "CZstd", "CopyFormat", "Digest", "Files", "JSON", "Text"]),
    library("Kafka", ["CRdKafka", "Sysexits", "Telemetry"]),
    library("Postgres", ["CPostgres", "Sysexits", "Telemetry"]),
    library(
      "Records", ["CAvro", "CSchemaFiles", "CopyFormat", "Digest", "JSON", "Pricing", "Text"],
      pointers: .hotPath),

    // 4
    library("Migrations", ["CSchemaFiles", "Digest", "Postgres", "Records", "Sysexits"]),
    library("Doctor", ["Kafka", "Postgres", "Records"]),
    library("Ledger", ["CopyFormat", "Postgres", "Records"]),
    library("PriceCatalog", ["CopyFormat", "Digest", "JSON", "Postgres", "Pricing", "Text"]),
    library("SchemaRegistry", ["CCurl", "JSON", "Records", "Telemetry"]),
    library(
      "Upkeep",
      [
        "Archive", "CopyFormat", "Digest", "Files", "JSON", "Postgres", "Records", "Sysexits",
        "Telemetry",
      ]),

    // 5
    library(
      "Books",
      [
        "CopyFormat", "Digest", "Files", "JSON", "Ledger", "Postgres", "PriceCatalog", "Pricing",
        "Records", "Sysexits", "Telemetry", "Text",
      ]),
    library(
      "Ingest",
      [
        "CPrefetch", "CopyFormat", "Digest", "JSON", "Kafka", "Postgres", "PriceCatalog", "Pricing",
        "Records", "Sysexits", "Telemetry", "Text",
      ], pointers: .hotPath),

    // 6
    .executableTarget(
      name: "daybook",
      dependencies: [
        "Archive", "Books", "CInih", "CopyFormat", "Digest", "Doctor", "Files", "Generator",
        "Ingest", "JSON", "Kafka", "Ledger", "Migrations", "Postgres", "PriceCatalog", "Pricing",
        "Records", "SchemaRegistry", "Sysexits", "Telemetry", "Text", "Upkeep",
      ],
      swiftSettings: strict + Pointers.marked.settings),

    // measured by perf/allocations
    .executableTarget(
      name: "records-benchmark", dependencies: ["CopyFormat", "Generator", "Pricing", "Records"],
      path: "perf/records",
      exclude: ["count_allocations.c"], swiftSettings: strict),

    // run by ops/fuzz
    .executableTarget(
      name: "records-fuzz", dependencies: ["CopyFormat", "Generator", "Records"],
      path: "perf/fuzz", swiftSettings: strict),

    // test support and tests
    library(
      "DaybookTesting",
      ["CRdKafka", "CopyFormat", "Kafka", "Migrations", "Postgres", "Records", "Telemetry"]),
    .testTarget(name: "TidyTests", swiftSettings: strict),
    tests("CopyFormatTests", ["CopyFormat"]),
    tests("JSONTests", ["JSON"]),
    tests(
      "RecordsTests",
      ["CAvro", "CopyFormat", "Digest", "Generator", "JSON", "Pricing", "Records"],
      exclude: ["Golden"]),
    tests("PricingTests", ["CopyFormat", "JSON", "Pricing"]),
    tests(
      "PriceCatalogTests",
      ["CopyFormat", "daybook", "JSON", "Postgres", "PriceCatalog", "Pricing", "Sysexits"]),
    tests(
      "BooksTests",
      [
        "Archive", "Books", "CopyFormat", "daybook", "Files", "Ingest", "JSON", "Ledger",
        "Migrations", "Postgres", "PriceCatalog", "Pricing", "Records", "Sysexits",
      ]),
    tests("KafkaTests", ["Kafka", "Sysexits"]),
    tests("PostgresTests", ["CopyFormat", "Postgres", "Sysexits"]),
    tests("MigrationsTests", ["Migrations", "Postgres", "Records", "Sysexits"]),
    tests("LedgerTests", ["CopyFormat", "Ledger", "Postgres"]),
    tests("SchemaRegistryTests", ["JSON", "Records", "SchemaRegistry", "Telemetry"]),
    tests("TelemetryTests", ["Telemetry", "Text"]),
    tests("ArchiveTests", ["Archive", "CopyFormat", "Digest", "Files", "Text"]),
    tests(
      "UpkeepTests",
      [
        "Archive", "CopyFormat", "daybook", "Files", "JSON", "Ledger", "Migrations", "Postgres",
        "Records", "Sysexits", "Telemetry", "Upkeep",
      ], exclude: ["Golden"]),
    tests(
      "IngestTests",
      [
        "CopyFormat", "Digest", "Ingest", "JSON", "Kafka", "Ledger", "Migrations", "Postgres",
        "PriceCatalog", "Pricing", "Records", "SchemaRegistry", "Sysexits", "Telemetry",
      ]),
    tests("DoctorTests", ["Doctor", "Kafka", "Postgres"]),
    tests("EndToEndTests", ["CopyFormat", "Generator", "Kafka", "Postgres", "daybook"]),
    tests("GeneratorTests", ["Generator", "CopyFormat", "Pricing", "Records"]),
    tests(
      "CommandTests",
      [
        "daybook", "Files", "Ingest", "JSON", "Kafka", "Postgres", "Records", "Sysexits",
        "Telemetry", "Text",
      ]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
