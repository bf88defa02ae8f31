/// How many objects a body of JSON holds, counted on its bytes before any of them is made: three bytes may be one, which takes
/// hundreds once it is read.
enum JSONObjects {
  /// What stands in quotes holds none. Of what is no JSON it is as many as could be read before that shows.
  static func number(in json: UnsafeRawBufferPointer) -> Int {
    var (count, isText, isEscaped) = (0, false, false)
    for byte in json {
      if isEscaped {
        isEscaped = false
      } else if isText {
        if byte == UInt8(ascii: "\"") { isText = false } else { isEscaped = byte == UInt8(ascii: "\\") }
      } else if byte == UInt8(ascii: "\"") {
        isText = true
      } else if byte == UInt8(ascii: "{") {
        count &+= 1
      }
    }
    return count
  }
}
