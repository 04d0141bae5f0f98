// SPDX-License-Identifier: Apache-2.0
import CMicroHTTP

/// The HTTP server of an ingester: `GET /metrics`, `/livez`, `/readyz` (alias `/healthz`), nothing
/// else.
///
/// One thread of libmicrohttpd answers; connections, their memory and their idle time are bounded,
/// so that a scraper that hangs costs nothing. It has no authentication: it listens on loopback
/// unless told otherwise.
package final class MetricsServer {
  static let connectionCountMax: UInt32 = 32
  static let connectionsPerAddressMax: UInt32 = 16
  static let idleSecondsMax: UInt32 = 10

  /// The address with the port that the system chose if 0 was asked for.
  package let address: ListenAddress
  private let daemon: OpaquePointer
  /// Referenced by the daemon's thread until `deinit` has stopped it.
  private let responder: HealthResponder

  package init(address: ListenAddress, health: Health) throws(MetricsServerError) {
    let responder = HealthResponder(health: health)
    guard let daemon = Self.start(address, responder) else {
      throw MetricsServerError(address: address)
    }
    self.responder = responder
    self.daemon = daemon
    let port = daybook_mhd_bound_port(daemon)
    self.address = ListenAddress(host: address.host, port: port) ?? address
  }

  /// Waits for the answers under way, then closes the socket.
  deinit { MHD_stop_daemon(daemon) }

  private static func start(
    _ address: ListenAddress, _ responder: HealthResponder
  ) -> OpaquePointer? {
    let reference = Unmanaged.passUnretained(responder).toOpaque()
    var flags = MHD_USE_AUTO_INTERNAL_THREAD.rawValue
    if address.isIPv6 { flags |= MHD_USE_IPv6.rawValue }
    let started = address.withSocketAddress { socketAddress, _ in
      let options: [any CVarArg] = [
        MHD_OPTION.SOCK_ADDR.rawValue, socketAddress,
        MHD_OPTION.CONNECTION_LIMIT.rawValue, connectionCountMax,
        MHD_OPTION.PER_IP_CONNECTION_LIMIT.rawValue, connectionsPerAddressMax,
        MHD_OPTION.CONNECTION_TIMEOUT.rawValue, idleSecondsMax,
        MHD_OPTION.END.rawValue,
      ]
      return withVaList(options) {
        MHD_start_daemon_va(flags, address.port, nil, nil, answer, reference, $0)
      }
    }
    return started ?? nil
  }

  /// Called on the daemon's thread; the request has no body that anyone reads.
  private static let answer: MHD_AccessHandlerCallback = {
    context, connection, url, method, _, _, uploadSize, _ in
    guard let context, let connection, let url, let method else { return .NO }
    uploadSize?.pointee = 0
    let responder = Unmanaged<HealthResponder>.fromOpaque(context).takeUnretainedValue()
    let isVerbose =
      MHD_lookup_connection_value_n(
        connection, .GET_ARGUMENT_KIND, "verbose", 7, nil, nil) == .YES
    let answer = responder.answer(
      method: String(cString: method), path: String(cString: url), isVerbose: isVerbose)
    return send(answer, on: connection)
  }

  private static func send(_ answer: HealthResponder.Answer, on connection: OpaquePointer)
    -> MHD_Result
  {
    var body = answer.body
    let response = body.withUTF8 {
      // MHD copies the bytes (MUST_COPY) and takes a mutable pointer only by its older signature.
      MHD_create_response_from_buffer(
        $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let response else { return .NO }
    defer { MHD_destroy_response(response) }
    for (name, value) in answer.headers {
      _ = MHD_add_response_header(response, name, value)
    }
    return MHD_queue_response(connection, answer.status, response)
  }
}
