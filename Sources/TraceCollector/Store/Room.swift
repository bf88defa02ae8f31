/// How memory is charged for.
enum Room {
  /// The elements that an array of `count` has room for when it doubles each time it is full.
  ///
  /// What it really got depends on the allocator's state: charging for that would make two equal runs evict differently.
  static func charged(_ count: Int) -> Int {
    count < 4 ? 4 : 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
  }
}
