/// How much a body of JSON holds, counted on its bytes before any of it is made: two or three bytes may be a value or an
/// object, which take tens or hundreds once they are read.
///
/// What stands in quotes holds nothing. Of what is no JSON it is as much as could be read before that shows.
struct JSONCount {
  var objects = 0
  /// Of all kinds, and the names of members: what a comma, a colon or an opening bracket stands before.
  var values = 0

  init(of json: UnsafeRawBufferPointer) {
    var (isText, isEscaped) = (false, false)
    for byte in json {
      if isEscaped {
        isEscaped = false
      } else if isText {
        if byte == UInt8(ascii: "\"") { isText = false } else { isEscaped = byte == UInt8(ascii: "\\") }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isText = true
        case UInt8(ascii: "{"):
          objects &+= 1
          values &+= 1
        case UInt8(ascii: "["), UInt8(ascii: ","), UInt8(ascii: ":"): values &+= 1
        default: break
        }
      }
    }
  }
}
