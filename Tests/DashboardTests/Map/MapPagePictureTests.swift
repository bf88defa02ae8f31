import Drawing
import Testing

@testable import Dashboard

/// What the map looks like in an incident, character by character.
@Suite struct MapPagePictureTests {
  private func picture(columns: Int, rows: Int, glyphs: GlyphSet = .utf8) -> String {
    var stage = PageStage(MapPage(), MapFixture.snapshot(), columns: columns, rows: rows, glyphs: glyphs)
    stage.context.motion = false
    return stage.picture().trimmedEnd
  }

  @Test func at40() {
    let wanted = """
        map ━━━━ 16 services   4 of 7 topics
          ◐▶ ▲ recommendation  71/s    1.2 %
          ─▶ ● review          74/s    18 ms
        ─▶ ● order             46/s    22 ms
          ╌▶ ✉ inventory       46/s        5
            ╌▶ ● inventory     50/s    14 ms
              ╌▶ ✉ payment     46/s   1.2k ↑
       ▌        ╌▶ ✗ payment  4.1/s   97.6 %
        ✗ F payment
      """
    #expect(picture(columns: 40, rows: 12) == wanted)
  }

  @Test func at80() {
    let wanted = """
        map ━━━━━━━━━━━━━━━━━━━━━━━ 16 services   4 of 7 topics   ── call   ╌╌ event
        ▲ gateway                       ⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷      214/s    1.9 %
        ─▶ ● cart                       ⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷       33/s     9 ms
        ─▶ ● catalog                    ⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷       88/s    61 ms
          ─▶ ● item                     ⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷       41/s    16 ms
            ╌▶ ✉ item-cdc                                             6.2/s        2
              ╌▶ ● aggregate            ⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷      6.2/s     7 ms
                ─▶ ● search             ⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷       62/s    24 ms
                  ─▶ ● member           ⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷       12/s    38 ms
          ◐▶ ▲ recommendation           ⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷       71/s    1.2 %
          ─▶ ● review                   ⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷       74/s    18 ms
        ─▶ ● order                      ⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷       46/s    22 ms
          ╌▶ ✉ inventory                                               46/s        5
            ╌▶ ● inventory              ⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷       50/s    14 ms
              ╌▶ ✉ payment              ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣤⣤⣤⣤⣴⣶⣶⣶⣾       46/s   1.2k ↑
       ▌        ╌▶ ✗ payment            ⣶⣷⣾⣶⣷⣾⣶⣷⣾⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀      4.1/s   97.6 %
                  ╌▶ ✉ inventory                                        0/s
                  ╌▶ ✉ order                                          4.1/s        3

        ✗ F payment   breaker payment-gateway is OPEN   4.1/s   97.6 % failed
        p99 2.03 s   2/2 up   team money
      """
    #expect(picture(columns: 80, rows: 24) == wanted)
  }

  @Test func at120() {
    let wanted = """
        map  around payment ━━━━━━━━━━━━━━━━━ 6 of 16 services   3 of 7 topics   ── call   ╌╌ event   ○ breaker on its arrow


                                                                                      ╭● order ────────╮
                                                                                  ╭╌╌▶│ 46/s     22 ms │╮
                                                                                  ┊   │ ⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │┊
                                                                                  ┊   ╰────────────────╯┊
                                                                                  ┊                     ┊
                                                                                  ┊                     ┊
                                                                                  ┊                     ┊
                                                               ✉ order            ┊   ╭● order-history ╮┊
                                                          ╭╌╌▶ 4.1/s            3 ┼╌╌▶│ 9.0/s    12 ms │┊
                                                          ┊                       ┊   │ ⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │┊
                                                          ┊                       ┊   ╰────────────────╯┊
                                                          ┊                       ┊                     ┊
                                                          ┊                       ┊                     ┊
                                                          ┊                       ┊                     ┊
                                                          ┊                       ┊   ╭● shipping ─────╮┊     ✉ inventory
                                                          ┊                       ╰╌╌▶│ 0.2/s    31 ms │╰┬╌╌▶ 46/s      5 ╮
                                                          ┊                           │ ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿ │ ┊                ┊
                                                          ┊                           ╰────────────────╯ ┊                ┊
           ╭● inventory ╮     ✉ payment      ╭✗ payment ╮ ┊                                              ┊                ┊
        ╭╌▶│ 50/s 14 ms │╌╌╌▶     1.2k ↑ ╌╌╌▶│   97.6 % │┬┴╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╯                ┊
        ┊  │ ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │     ⣀⣤⣤⣤⣤⣴⣶⣶⣶⣾     │ ⣿⣿⣿⣿⣿⣿⣿⣿ ││                                                                ┊
        ┊  ╰────────────╯                    ╰──────────╯│                                                                ┊
        ┊                                                │                                                                ┊
        ┊                                                │    ╭✗ payment-gateway↯╮                                        ┊
        ┊                                                ╰──○▶│ 0.3/s      100 % │                                        ┊
        ┊                                                     │ ⣾⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀ │                                        ┊
        ┊                                                     ╰──────────────────╯                                        ┊
        ┊                                                                                                                 ┊
        ╰╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╯



        ✗ F payment   breaker payment-gateway is OPEN   4.1/s   97.6 % failed   p99 2.03 s   2/2 up   team money
      """
    #expect(picture(columns: 120, rows: 40) == wanted)
  }

  @Test func at200() {
    let wanted = """
        map ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 16 services   4 of 7 topics   ── call   ╌╌ event   ○ breaker on its arrow








                                                   ╭● item ──────────╮
                                             ╭───●▶│ 41/s      16 ms │╌╌╮
                             ╭● cart ─────╮  │     │ ⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │  ┊
                        ╭──●▶│ 33/s  9 ms │  │     ╰─────────────────╯  ┊
                        │    │ ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │  │                          ┊
                        │    ╰────────────╯  │                          ┊
                        │                    │                          ┊
                        │                    │     ╭▲ recommendation ╮  ┊
                        │                    ├───◐▶│ 71/s      1.2 % │  ┊
                        │    ╭● catalog ──╮  │     │ ⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │  ┊
                        ├──●▶│ 88/s 61 ms │──┤     ╰─────────────────╯  ┊
                        │    │ ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │  │                          ┊    ✉ item-cdc         ╭● aggregate ╮
                        │    ╰────────────╯  │                          ╰╌╌▶ 6.2/s      2 ╌╌╌╌╌▶│ 6.2/s 7 ms │───╮
                        │                    │                                                  │ ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │   │   ╭● search ───╮
        ╭▲ gateway ──╮  │                    │     ╭● review ────────╮                          ╰────────────╯  ╭┴─●▶│ 62/s 24 ms │───╮
        │      1.9 % │──┤                    ╰───●▶│ 74/s      18 ms │                                          │    │ ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │   │   ╭● member ─────────╮
        │ ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │  │                          │ ⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │  ╭───────────────────────────────────────┤    ╰────────────╯  ╭┴─●▶│ 12/s       38 ms │
        ╰────────────╯  │                          ╰─────────────────╯  │                                       │                    │    │ ⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │
                        │                                               │                                       ╰────────────────────┤    ╰──────────────────╯
                        ├───────────────────────────────────────────────╯                                                            │                               ╭● order-history ╮
                        │                                                                                                            ╰──────────────────────────┬──●▶│ 9.0/s    12 ms │
                        │                                                                                                                                       ┊    │ ⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │
                        │                                                                                                                  ✉ order              ┊    ╰────────────────╯
                        │                                                                                                             ╭╌╌▶ 4.1/s            3 ╌╌┤
                        │                                                                                                             ┊                         ┊
                        │                           ✉ inventory             ╭● inventory ╮       ✉ payment           ╭✗ payment ──╮   ┊                         ┊
                        │                     ╭┬╌╌▶ 46/s            5 ╌╌╌╌╌▶│ 50/s 14 ms │╌╌╌╌╌▶ 46/s  1.2k ↑ ╌╌╌╌╌╌▶│     97.6 % │──┬┤                         ┊
                        │                     ┊┊                            │ ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │       ⣀⣀⣀⣤⣤⣤⣤⣴⣶⣶⣶⣾        │ ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿ │  │┊                         ┊    ╭● shipping ─────╮
                        │                     ┊┊                            ╰────────────╯                           ╰────────────╯  │┊   ╭✗ payment-gateway↯╮  ├╌╌╌▶│ 0.2/s    31 ms │──╮
                        │    ╭● order ────╮   ┊┊                                                                                     ╰┼─○▶│ 0.3/s      100 % │  ┊    │ ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿ │  │
                        ╰┬─●▶│ 46/s 22 ms │──┬╯┊                                                                                      ┊   │ ⣾⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀ │  ┊    ╰────────────────╯  │    ╭● customer ─╮
                         ┊   │ ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │  │ ┊                                                                                      ┊   ╰──────────────────╯  ┊                        ╰┬─●▶│ 46/s 11 ms │
                         ┊   ╰────────────╯  │ ┊                                                                                      ┊                         ┊╭────────────────────────╯   │ ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷ │
                         ┊                   ╰─┊──────────────────────────────────────────────────────────────────────────────────────┊─────────────────────────┊╯                            ╰────────────╯
                         ┊                     ┊                                                                                      ┊                         ┊
                         ┊                     ╰╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╯                         ┊
                         ╰╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╯









        ✗ F payment   breaker payment-gateway is OPEN   4.1/s   97.6 % failed   p99 2.03 s   2/2 up   team money
      """
    #expect(picture(columns: 200, rows: 60) == wanted)
  }

  @Test func inASCII() {
    let wanted = """
        map  around payment ================= 6 of 16 services   3 of 7 topics   -- call   .. event   O breaker on its arrow


                                                                                      +* order --------+
                                                                                  +..>| 46/s     22 ms |+
                                                                                  :   | --=----=-----= |:
                                                                                  :   +----------------+:
                                                                                  :                     :
                                                                                  :                     :
                                                                                  :                     :
                                                               @ order            :   +* order-history +:
                                                          +..> 4.1/s            3 +..>| 9.0/s    12 ms |:
                                                          :                       :   | --=----=-----= |:
                                                          :                       :   +----------------+:
                                                          :                       :                     :
                                                          :                       :                     :
                                                          :                       :                     :
                                                          :                       :   +* shipping -----+:     @ inventory
                                                          :                       +..>| 0.2/s    31 ms |++..> 46/s      5 +
                                                          :                           | ============== | :                :
                                                          :                           +----------------+ :                :
           +* inventory +     @ payment      +x payment + :                                              :                :
        +.>| 50/s 14 ms |...>     1.2k ^ ...>|   97.6 % |++..............................................+                :
        :  | ---=-----= |     _....----=     | ======== ||                                                                :
        :  +------------+                    +----------+|                                                                :
        :                                                |                                                                :
        :                                                |    +x payment-gateway%+                                        :
        :                                                +--O>| 0.3/s      100 % |                                        :
        :                                                     | =_______________ |                                        :
        :                                                     +------------------+                                        :
        :                                                                                                                 :
        +.................................................................................................................+



        x F payment   breaker payment-gateway is OPEN   4.1/s   97.6 % failed   p99 2.03 s   2/2 up   team money
      """
    #expect(picture(columns: 120, rows: 40, glyphs: .ascii) == wanted)
  }
}
