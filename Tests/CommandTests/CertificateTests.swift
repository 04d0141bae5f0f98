// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Telemetry
import Testing

@testable import daybook

/// When certificates end, as the metric has it.
@Suite struct CertificateTests {
  /// Until 2029-08-25 and 2032-05-21.
  private static let ends = (1_882_352_936.0, 1_968_752_937.0)

  private func end(_ role: CertificateWatch.Role, _ text: String) throws -> Double? {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    CertificateWatch.look(at: file.path, role)
    return Metrics.certificateExpiry.sample([file.path, role.rawValue])
  }

  @Test func aClientShowsTheFirstOfItsFileAndAnyAuthorityWillDo() throws {
    let both = Self.first + Self.second
    #expect(try end(.kafkaClient, both) == Self.ends.0)
    #expect(try end(.postgresClient, "some words\n\(Self.second)\(Self.first)") == Self.ends.1)
    #expect(try end(.kafkaAuthority, both) == Self.ends.1)
    #expect(try end(.postgresAuthority, Self.second + Self.first) == Self.ends.1)
  }

  @Test(
    arguments: [
      "", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      Self.first.replacing("-----BEGIN CERTIFICATE-----\n", with: Self.encrypted),
    ])
  func aFileWithoutOneHasNoEnd(text: String) throws {
    #expect(try end(.kafkaClient, text) == nil)
  }

  @Test func aFileThatWentAwayLeavesNoSample() {
    Metrics.certificateExpiry.set(1, ["/nowhere/a.pem", "kafka_ca"])
    CertificateWatch.look(at: "/nowhere/a.pem", .kafkaAuthority)
    #expect(Metrics.certificateExpiry.sample(["/nowhere/a.pem", "kafka_ca"]) == nil)
  }

  @Test(arguments: CertificateWatch.Role.allCases)
  func itsRunbookSaysWhichFileItIs(_ role: CertificateWatch.Role) throws {
    let runbook = DocumentTests.root.appending(path: "ops/runbooks/certificate-expires.md")
    let text = try String(contentsOf: runbook, encoding: .utf8)
    #expect(text.contains("`\(role.rawValue)`"))
  }

  /// OpenSSL would ask for a password at the terminal.
  private static let encrypted =
    "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
    + "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"

  private static let first = """
    -----BEGIN CERTIFICATE-----
    MIIBbzCCARWgAwIBAgIUDlrbbWSI5i14dtnwynQ2vBSPjgAwCgYIKoZIzj0EAwIw
    DTELMAkGA1UEAwwCdDEwHhcNMjYxMTI5MTE0ODU2WhcNMjkwODI1MTE0ODU2WjAN
    MQswCQYDVQQDDAJ0MTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIgNxDgWRyib
    2AZsx8xXXF4PsZSH151lQ0YT8uj23LJFw20jfkKA43oT59x/K72YQe/jACyfNl0G
    cBWsRaI+bmijUzBRMB0GA1UdDgQWBBQnIyObD4MWHvq7TNjZ2iuRDLBbPjAfBgNV
    HSMEGDAWgBQnIyObD4MWHvq7TNjZ2iuRDLBbPjAPBgNVHRMBAf8EBTADAQH/MAoG
    CCqGSM49BAMCA0gAMEUCIQC8TRWJ54ETOpQrVDvbbTstK6QmjDbgTUdy81ZiWkWE
    2AIgCB+Aw9EgpREmjmXwsTJtn7Lu0yCKyIMm2+iBji+hoJY=
    -----END CERTIFICATE-----

    """

  private static let second = """
    -----BEGIN CERTIFICATE-----
    MIIBbjCCARWgAwIBAgIUfutzpn9elB92yEAaVMDZonNMO3AwCgYIKoZIzj0EAwIw
    DTELMAkGA1UEAwwCdDIwHhcNMjYxMTI5MTE0ODU3WhcNMzIwNTIxMTE0ODU3WjAN
    MQswCQYDVQQDDAJ0MjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPYKEoSjG+48
    uG48shZGItmQ9+knQIBTTkGxvAsdD4k2Io4XgXsdnM18hnzvJzY2TOJASvvmQhTp
    GgfwdYpvQQmjUzBRMB0GA1UdDgQWBBRwcqUHQxpEjdr8OcW9lRgdlveAJjAfBgNV
    HSMEGDAWgBRwcqUHQxpEjdr8OcW9lRgdlveAJjAPBgNVHRMBAf8EBTADAQH/MAoG
    CCqGSM49BAMCA0cAMEQCIG0Tu2TIUXVKcOTzQ01dp2oDZnDA+aQLRKObpvK/f+St
    AiB4ebBILDoQE5ezHp9eYaPZLiPFJ/pOUnUSRT7K0vOF/w==
    -----END CERTIFICATE-----

    """
}
