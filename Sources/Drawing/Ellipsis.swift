/// The text in at most `width` columns: cut in the middle with `…`, so that both ends of a name stay.
///
/// For names from outside, never for figures. A width of 0 gives nothing.
public func middleEllipsis(_ text: String, _ width: Int) -> String {
  let shown = visible(text)
  guard width > 0 else { return "" }
  guard shown.cellWidth > width else { return shown }
  let glyphs = Glyph.glyphs(of: shown)
  let room = width - 1
  let head = prefix(of: glyphs[...], columns: room - room / 2)
  let tail = prefix(of: glyphs.dropFirst(head.count).reversed()[...], columns: room - head.columns)
  return glyphs.prefix(head.count).map(\.text).joined() + "…" + glyphs.suffix(tail.count).map(\.text).joined()
}

/// The text in at most `width` columns: cut at its end with `…`. For sentences, whose beginning says the most.
public func endEllipsis(_ text: String, _ width: Int) -> String {
  let shown = visible(text)
  guard width > 0 else { return "" }
  guard shown.cellWidth > width else { return shown }
  let glyphs = Glyph.glyphs(of: shown)
  return glyphs.prefix(prefix(of: glyphs[...], columns: width - 1).count).map(\.text).joined() + "…"
}

/// The runs in at most `width` columns: cut at the end with `…` in the ink of the run that is cut.
public func endEllipsis(_ runs: [Run], _ width: Int) -> [Run] {
  guard runs.cellWidth > width else { return runs }
  var (kept, room): ([Run], Int) = ([], width)
  for run in runs {
    let columns = run.text.cellWidth
    if columns < room {
      kept.append(run)
      room -= columns
      continue
    }
    kept.append(
      Run(
        columns == room ? endEllipsis(run.text + "…", room) : endEllipsis(run.text, room), run.ink,
        attributes: run.attributes))
    break
  }
  return kept.filter { !$0.text.isEmpty }
}

private func prefix(of glyphs: ArraySlice<Glyph>, columns: Int) -> (count: Int, columns: Int) {
  var (count, used) = (0, 0)
  for glyph in glyphs {
    guard used + glyph.width <= columns else { break }
    used += glyph.width
    count += 1
  }
  return (count, used)
}
