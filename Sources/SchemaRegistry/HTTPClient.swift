// SPDX-License-Identifier: Apache-2.0
import CCurl

/// GET by libcurl: TLS, proxies and connections that stay open are its business. One thread.
@safe final class HTTPClient {
  struct Answer {
    let status: Int
    let body: [UInt8]
  }

  /// Where the body of an answer goes.
  private final class Body {
    var bytes: [UInt8] = []
  }

  private let handle: UnsafeMutableRawPointer
  private let headers: UnsafeMutablePointer<curl_slist>?
  private let errorText: UnsafeMutablePointer<CChar>
  private let body = Body()

  /// Safe from any thread, and done once.
  private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init(_ settings: RegistrySettings) throws(RegistryFault) {
    guard Self.isReady, let handle = unsafe curl_easy_init() else {
      throw RegistryFault("libcurl cannot be used")
    }
    unsafe self.handle = unsafe handle
    unsafe headers = unsafe curl_slist_append(
      nil, "Accept: application/vnd.schemaregistry.v1+json, application/json")
    unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    try setUp(settings)
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    unsafe curl_slist_free_all(headers)
    unsafe errorText.deallocate()
  }

  private func setUp(_ settings: RegistrySettings) throws(RegistryFault) {
    let numbers: [(CURLoption, Int)] = [
      // Signals belong to the process.
      (CURLOPT_NOSIGNAL, 1),
      (CURLOPT_CONNECTTIMEOUT_MS, RegistryLimits.connectMillisecondsMax),
      (CURLOPT_TIMEOUT_MS, settings.answerMillisecondsMax),
      // A login belongs to the server that was named.
      (CURLOPT_FOLLOWLOCATION, 0),
      (CURLOPT_HTTPAUTH, 1),
    ]
    for (option, number) in numbers { try check(set(option, number)) }
    try set(CURLOPT_PROTOCOLS_STR, "http,https")
    try set(CURLOPT_USERAGENT, "daybook")
    try set(CURLOPT_CAINFO, settings.authorityFile)
    try set(CURLOPT_SSLCERT, settings.certificateFile)
    try set(CURLOPT_SSLKEY, settings.keyFile)
    try check(unsafe daybook_curl_set_list(handle, CURLOPT_HTTPHEADER, headers))
    let context = unsafe Unmanaged.passUnretained(body).toOpaque()
    try check(unsafe daybook_curl_set_sinks(handle, Self.take, context, errorText))
  }

  private func set(_ option: CURLoption, _ number: Int) -> CURLcode {
    unsafe daybook_curl_set_number(handle, option, number)
  }

  private func set(_ option: CURLoption, _ text: String?) throws(RegistryFault) {
    guard let text else { return }
    try check(unsafe daybook_curl_set_text(handle, option, text))
  }

  private func check(_ code: CURLcode) throws(RegistryFault) {
    guard code == CURLE_OK else {
      throw RegistryFault(unsafe String(cString: curl_easy_strerror(code)))
    }
  }

  /// Ends the transfer by taking less than there is.
  private static let take: curl_write_callback = { bytes, size, count, context in
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let body = unsafe Unmanaged<Body>.fromOpaque(context).takeUnretainedValue()
    let total = size * count
    guard body.bytes.count + total <= RegistryLimits.answerBytesMax else { return 0 }
    unsafe body.bytes.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: total))
    return total
  }

  func get(_ url: String, login: String?) throws(RegistryFault) -> Answer {
    body.bytes.removeAll(keepingCapacity: true)
    try set(CURLOPT_URL, url)
    try set(CURLOPT_USERPWD, login ?? "")
    unsafe errorText[0] = 0
    let code = unsafe curl_easy_perform(handle)
    guard code == CURLE_OK else {
      let told = unsafe String(cString: errorText)
      throw RegistryFault(told.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : told)
    }
    return Answer(status: unsafe daybook_curl_status(handle), body: body.bytes)
  }

  /// A part of a path.
  func escaped(_ text: String) -> String {
    let utf8 = Array(text.utf8CString)
    guard let result = unsafe curl_easy_escape(handle, utf8, Int32(clamping: utf8.count - 1))
    else { return "" }
    defer { unsafe curl_free(result) }
    return unsafe String(cString: result)
  }
}
