import Drawing
import Operations
import Widgets

extension CallSnapshot {
  /// `protobuf 26 B, 0.9 µs`, which is what is sent, then what else it could be: `as JSON 112 B, 4.1 µs`.
  var formGroups: [[Run]] {
    messages.enumerated().map { index, form in
      let words = "\(form.name) \(Figures.size(bytes: form.bytes).text), \(Figures.microseconds(form.time).text)"
      return index == 0 ? [Run(visible(words))] : [.muted("as \(visible(words))")]
    }
  }
}
