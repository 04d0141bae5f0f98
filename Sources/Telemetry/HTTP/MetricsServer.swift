// SPDX-License-Identifier: Apache-2.0
import CMicroHTTP

/// The HTTP server of an ingester: `GET /metrics`, `/livez`, `/readyz` (alias `/healthz`), nothing
/// else.
///
/// One thread of libmicrohttpd answers; connections, their memory and their idle time are bounded,
/// so that a scraper that hangs costs nothing. It has no authentication: it listens on loopback
/// unless told otherwise.
@safe package final class MetricsServer {
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
    guard let daemon = unsafe Self.start(address, responder) else {
      throw MetricsServerError(address: address)
    }
    self.responder = responder
    unsafe self.daemon = unsafe daemon
    let port = unsafe daybook_mhd_bound_port(daemon)
    self.address = ListenAddress(host: address.host, port: port) ?? address
  }

  /// Waits for the answers under way, then closes the socket.
  deinit { unsafe MHD_stop_daemon(daemon) }

  private static func start(
    _ address: ListenAddress, _ responder: HealthResponder
  ) -> OpaquePointer? {
    let reference = unsafe Unmanaged.passUnretained(responder).toOpaque()
    var flags = MHD_USE_AUTO_INTERNAL_THREAD.rawValue
    if address.isIPv6 { flags |= MHD_USE_IPv6.rawValue }
    let started = unsafe address.withSocketAddress { socketAddress, _ in
      let options: [any CVarArg] = unsafe [
        MHD_OPTION.SOCK_ADDR.rawValue, socketAddress,
        MHD_OPTION.CONNECTION_LIMIT.rawValue, connectionCountMax,
        MHD_OPTION.PER_IP_CONNECTION_LIMIT.rawValue, connectionsPerAddressMax,
        MHD_OPTION.CONNECTION_TIMEOUT.rawValue, idleSecondsMax,
        MHD_OPTION.END.rawValue,
      ]
      return unsafe withVaList(options) {
        unsafe MHD_start_daemon_va(flags, address.port, nil, nil, answer, reference, $0)
      }
    }
    return unsafe started ?? nil
  }

  /// Called on the daemon's thread; the request has no body that anyone reads.
  private static let answer: MHD_AccessHandlerCallback = {
    context, connection, url, method, _, _, uploadSize, _ in
    guard let context = unsafe context, let connection = unsafe connection, let url = unsafe url,
      let method = unsafe method
    else { return .NO }
    unsafe uploadSize?.pointee = 0
    let responder = unsafe Unmanaged<HealthResponder>.fromOpaque(context).takeUnretainedValue()
    let isVerbose =
      unsafe MHD_lookup_connection_value_n(
        connection, .GET_ARGUMENT_KIND, "verbose", 7, nil, nil) == .YES
    let answer = unsafe responder.answer(
      method: String(cString: method), path: String(cString: url), isVerbose: isVerbose)
    return unsafe send(answer, on: connection)
  }

  private static func send(_ answer: HealthResponder.Answer, on connection: OpaquePointer)
    -> MHD_Result
  {
    var body = answer.body
    let response = body.withUTF8 {
      // MHD copies the bytes (MUST_COPY) and takes a mutable pointer only by its older signature.
      unsafe MHD_create_response_from_buffer(
        $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let response = unsafe response else { return .NO }
    defer { unsafe MHD_destroy_response(response) }
    for (name, value) in answer.headers {
      _ = unsafe MHD_add_response_header(response, name, value)
    }
    return unsafe MHD_queue_response(connection, answer.status, response)
  }
}
