import Testing

@testable import TraceCollector

struct InstanceAddressTests {
  @Test(arguments: [
    ("payment-2:41873", "payment-2", 41873), ("10.0.0.1", "10.0.0.1", 0), ("[::1]:80", "::1", 80), ("[::1]", "::1", 0),
    ("fe80::1", "fe80::1", 0), ("pod:name", "pod:name", 0), ("pod:70000", "pod:70000", 0), (":8080", "", 8080),
    ("pod:", "pod:", 0), ("", "", 0),
  ])
  func theHostIsTheInstanceWithoutItsPort(instance: String, host: String, port: Int32) {
    let address = InstanceAddress(instance)
    #expect(address.host == host && address.port == port)
  }

  @Test(arguments: [
    ("", "order-1", "order-1"), ("10.0.0.1", "10.0.0.1:80", "10.0.0.1:80"), ("10.0.0.1", ":80", "10.0.0.1:80"),
    ("::1", ":80", "[::1]:80"), ("[::1]:80", "[::1]", "[::1]:80"),
    ("[::1]:80", "::1", "[::1]:80"), ("pod:name", "pod:name", "pod:name"),
  ])
  func twoPiecesTellOneAddress(one: String, other: String, whole: String) {
    #expect(InstanceAddress.merged(one, other) == whole && InstanceAddress.merged(other, one) == whole)
  }

  @Test(arguments: [
    ("10.0.0.1", "10.0.0.1:80", true), ("::1", "[::1]:80", true), (":80", "[::1]:80", true), ("", "pod", true),
    ("10.0.0.1:80", "10.0.0.1:81", false), ("10.0.0.1", "10.0.0.2:80", false), ("[::1]:80", "[::2]:80", false),
  ])
  func theyAgreeWhereBothSay(one: String, other: String, agree: Bool) {
    #expect(InstanceAddress(one).agrees(with: InstanceAddress(other)) == agree)
    #expect(InstanceAddress(other).agrees(with: InstanceAddress(one)) == agree)
  }
}
