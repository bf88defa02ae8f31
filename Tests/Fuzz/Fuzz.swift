import Foundation

// Gives a decoder bytes that libFuzzer makes up, which learns from what the code does with them. Only `make fuzz` builds it.
// libFuzzer has the main function: it asks here once at the start, and then with one body after the other.
//
//   fuzz DECODER [libFuzzer's options] [folders with bodies]
//   fuzz --seeds DECODER FOLDER      writes bodies to start from
//   fuzz --list                      names the decoders

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
  let words = (1..<Int(count.pointee)).map { arguments.pointee[$0].map { String(cString: $0) } ?? "" }
  switch words.first {
  case "--list":
    for decoder in Decoder.allCases { print(decoder.rawValue) }
    exit(0)
  case "--seeds" where words.count == 3: writeSeeds(of: named(words[1]), to: URL(fileURLWithPath: words[2]))
  case let name: Decoder.current = named(name ?? "")
  }
  // libFuzzer does not see the decoder's name.
  arguments.pointee[1] = arguments.pointee[0]
  arguments.pointee += 1
  count.pointee -= 1
  return 0
}

private func named(_ name: String) -> Decoder {
  if let decoder = Decoder(rawValue: name) { return decoder }
  print("there is no decoder \(name): choose one of \(Decoder.allCases.map(\.rawValue).joined(separator: ", "))")
  exit(2)
}

private func writeSeeds(of decoder: Decoder, to folder: URL) -> Never {
  do {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (place, seed) in decoder.seeds.enumerated() {
      try Data(seed).write(to: folder.appendingPathComponent("seed-\(place)"))
    }
    exit(0)
  } catch {
    print(error)
    exit(1)
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  Decoder.current.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}
