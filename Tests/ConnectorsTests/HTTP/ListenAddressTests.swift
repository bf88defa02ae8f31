import Connectors
import Testing

@Suite struct ListenAddressTests {
  @Test(arguments: [
    ("9411", "127.0.0.1", 9411, "127.0.0.1:9411"),
    ("0", "127.0.0.1", 0, "127.0.0.1:0"),
    ("65535", "127.0.0.1", 65535, "127.0.0.1:65535"),
    ("0.0.0.0:9411", "0.0.0.0", 9411, "0.0.0.0:9411"),
    ("localhost:80", "localhost", 80, "localhost:80"),
    ("my_host-1.example:1", "my_host-1.example", 1, "my_host-1.example:1"),
    ("[::1]:9411", "::1", 9411, "[::1]:9411"),
    ("[fe80::1%eth0]:9411", "fe80::1%eth0", 9411, "[fe80::1%eth0]:9411"),
  ])
  func reads(text: String, host: String, port: Int, description: String) throws {
    let address = try ListenAddress(parsing: text)
    #expect(address == ListenAddress(host: host, port: port))
    #expect(address.description == description)
  }

  @Test(arguments: [
    ("", "\"\" is not a port from 0 to 65535"),
    ("http", "\"http\" is not a port from 0 to 65535"),
    ("65536", "\"65536\" is not a port from 0 to 65535"),
    ("-1", "\"-1\" is not a port from 0 to 65535"),
    ("+1", "\"+1\" is not a port from 0 to 65535"),
    ("٣", "\"٣\" is not a port from 0 to 65535"),
    ("999999999999999999999", "\"999999999999999999999\" is not a port from 0 to 65535"),
    ("localhost:", "\"\" is not a port from 0 to 65535"),
    (":9411", "there is no host before the colon"),
    ("::1:9411", "an IPv6 address stands in brackets, as in [::1]:9411"),
    ("[]:9411", "\"\" is not an IPv6 address"),
    ("[localhost]:9411", "\"localhost\" is not an IPv6 address"),
    ("[:: 1]:9411", "\":: 1\" is not an IPv6 address"),
    ("http://host:9411", "an IPv6 address stands in brackets, as in [::1]:9411"),
    ("a b:9411", "\"a b\" is not the name or address of a host"),
    ("a\u{1B}[2J:9411", "\"a\\u{1b}[2J\" is not the name or address of a host"),
  ])
  func refuses(text: String, reason: String) {
    let error = #expect(throws: ConnectorError.self) { try ListenAddress(parsing: text) }
    #expect(error == .invalidAddress(text, reason: reason))
  }

  @Test func errorsAreSentences() {
    let address = ListenAddress(port: 80)
    let sentences: [(ConnectorError, String)] = [
      (
        .invalidAddress("a\u{7}", reason: "no"),
        "\"a\\u{7}\" is not an address to listen on: no; write [HOST:]PORT, such as 4318 or 0.0.0.0:9411"
      ),
      (.portInUse(address, option: "--zipkin"), "port 80 on 127.0.0.1 is in use: choose another with --zipkin PORT"),
      (
        .notPermitted(address, option: "--zipkin"),
        "you may not listen on port 80 of 127.0.0.1: choose one from 1024 up with --zipkin PORT"
      ),
      (
        .foreignAddress(ListenAddress(host: "192.0.2.1", port: 80), option: "--zipkin"),
        "192.0.2.1 is not an address of this machine: leave it out or choose another with --zipkin HOST:PORT"
      ),
      (
        .unknownHost(ListenAddress(host: "nowhere.invalid", port: 80), option: "--zipkin"),
        "there is no host nowhere.invalid: leave it out or choose another with --zipkin HOST:PORT"
      ),
      (
        .cannotListen(ListenAddress(host: "::1", port: 80), reason: "Address family not supported"),
        "cannot listen on [::1]:80: Address family not supported"
      ),
      (.stopped, "the receiver was stopped before it listened: start a new one"),
      (.spent, "this receiver was started or stopped before: make a new one"),
    ]
    for (error, sentence) in sentences {
      #expect(error.description == sentence)
    }
  }
}
