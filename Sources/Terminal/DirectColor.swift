/// The terminal database's entry for 24-bit colour, as a value of `TERMINFO`, so that no file is needed.
///
/// For terminals that speak xterm's language: xterm, tmux, kitty, foot, alacritty, wezterm, VTE. A colour number is
/// 0xRRGGBB, except that 0...7 stay the eight ANSI colours. It is xterm-256color's entry with the changes below, compiled
/// with `tic -x` and printed with `infocmp -x -Q2`. Erasing with a colour and repeating a character are taken out, as
/// not all of these terminals do them.
///
///     msatop-direct|direct colour for msatop,
///       RGB, ccc@, initc@, oc@, bce@, rep@, colors#0x1000000, pairs#0x10000, op=\E[39;49m,
///       setaf=\E[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
///       setab=\E[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
///       setf@, setb@, use=xterm-256color,
enum DirectColor {
  static let terminalType = "msatop-direct"

  static let terminfo = """
    b64:HgInACYADwCdAQgGbXNhdG9wLWRpcmVjdHxkaXJlY3QgY29sb3VyIGZvciBtc2F0b3AAAAEAAAEAAAABAAAAAAEBAAAAAAAAAAEAAAEAAAAA\
    AAAAAAAAAAEAUAAAAAgAAAAYAAAA_____________________________________________________wAAAAEAAAEAAAAEAAYACAAZAB4AJgAq\
    AC4A__85AEoATABQAFcA__9ZAGYA__9qAG4AeAB8AP____-AAIQAiQCOAP__oAClAKoA__-vALQAuQC-AMcAywDSAP__5ADpAO8A9QD_______8H\
    Af_______xkB__8dAf_______x8B__8kAf__________KAEsATIBNgE6AT4BRAFKAVABVgFcAWAB__9lAf__aQFuAXMBdwF-Af__hQGJAZEB____\
    _________________________5kBogGrAf__rgG3AcAByQHSAdsB5AHtAfYB_wH_______8IAgwCEQL-_xYCHwL_____MQI0Aj8CQgJEAkcCpAL_\
    _6cC__________-pAq0CsQK1ArkC_____70C___yAv_____2AvwC_____________wID_____________wYDCgP_________________________\
    _________________________________________w4D_____xUD__________8cAyMDKgP_____MQP__zgD________PwP_____________RgNM\
    A1IDWQNgA2cDbgN2A34DhgOOA5YDngOmA64DtQO8A8MDygPSA9oD4gPqA_ID-gMCBAoEEQQYBB8EJgQuBDYEPgRGBE4EVgReBGYEbQR0BHsEggSK\
    BJIEmgSiBKoEsgS6BMIEyQTQBNcE3AT__________________________________________________________-ME7gTzBAYFCgX-__7_____\
    __7__v___________________xMF________________________GAX_____________________________________________________HgUv\
    Bf____________________________9BBf_______0UFmAX__________________-sF____________________________________________\
    ____________________________________________________________________AgYFBhtbWgAHAA0AG1slaSVwMSVkOyVwMiVkcgAbWzNn\
    ABtbSBtbMkoAG1tLABtbSgAbWyVpJXAxJWRHABtbJWklcDElZDslcDIlZEgACgAbW0gAG1s_MjVsAAgAG1s_MTJsG1s_MjVoABtbQwAbW0EAG1s_\
    MTI7MjVoABtbUAAbW00AGygwABtbNW0AG1sxbQAbWz8xMDQ5aBtbMjI7MDswdAAbWzJtABtbNGgAG1s4bQAbWzdtABtbN20AG1s0bQAbWyVwMSVk\
    WAAbKEIAGyhCG1ttABtbPzEwNDlsG1syMzswOzB0ABtbNGwAG1syN20AG1syNG0AG1s_NWgkPDEwMC8-G1s_NWwAG1shcBtbPzM7NGwbWzRsGz4A\
    G1tMAH8AG1szfgAbT0IAG09QABtbMjF-ABtPUQAbT1IAG09TABtbMTV-ABtbMTd-ABtbMTh-ABtbMTl-ABtbMjB-ABtPSAAbWzJ-ABtPRAAbWzZ-\
    ABtbNX4AG09DABtbMTsyQgAbWzE7MkEAG09BABtbPzFsGz4AG1s_MWgbPQAbWz8xMDM0bAAbWz8xMDM0aAAbRQAbWyVwMSVkUAAbWyVwMSVkTQAb\
    WyVwMSVkQgAbWyVwMSVkQAAbWyVwMSVkUwAbWyVwMSVkTAAbWyVwMSVkRAAbWyVwMSVkQwAbWyVwMSVkVAAbWyVwMSVkQQAbW2kAG1s0aQAbWzVp\
    ABtjG10xMDQHABtbIXAbWz8zOzRsG1s0bBs-ABs4ABtbJWklcDElZGQAGzcACgAbTQAlPyVwOSV0GygwJWUbKEIlOxtbMCU_JXA2JXQ7MSU7JT8l\
    cDUldDsyJTslPyVwMiV0OzQlOyU_JXAxJXAzJXwldDs3JTslPyVwNCV0OzUlOyU_JXA3JXQ7OCU7bQAbSAAJABtPdwAbT3kAG091ABtPcQAbT3MA\
    YGBhYWZmZ2dpaWpqa2tsbG1tbm5vb3BwcXFycnNzdHR1dXZ2d3d4eHl5enp7e3x8fX1-fgAbW1oAG1s_N2gAG1s_N2wAG09FABtPRgAbT00AG1sz\
    OzJ-ABtbMTsyRgAbWzE7MkgAG1syOzJ-ABtbMTsyRAAbWzY7Mn4AG1s1OzJ-ABtbMTsyQwAbWzIzfgAbWzI0fgAbWzE7MlAAG1sxOzJRABtbMTsy\
    UgAbWzE7MlMAG1sxNTsyfgAbWzE3OzJ-ABtbMTg7Mn4AG1sxOTsyfgAbWzIwOzJ-ABtbMjE7Mn4AG1syMzsyfgAbWzI0OzJ-ABtbMTs1UAAbWzE7\
    NVEAG1sxOzVSABtbMTs1UwAbWzE1OzV-ABtbMTc7NX4AG1sxODs1fgAbWzE5OzV-ABtbMjA7NX4AG1syMTs1fgAbWzIzOzV-ABtbMjQ7NX4AG1sx\
    OzZQABtbMTs2UQAbWzE7NlIAG1sxOzZTABtbMTU7Nn4AG1sxNzs2fgAbWzE4OzZ-ABtbMTk7Nn4AG1syMDs2fgAbWzIxOzZ-ABtbMjM7Nn4AG1sy\
    NDs2fgAbWzE7M1AAG1sxOzNRABtbMTszUgAbWzE7M1MAG1sxNTszfgAbWzE3OzN-ABtbMTg7M34AG1sxOTszfgAbWzIwOzN-ABtbMjE7M34AG1sy\
    MzszfgAbWzI0OzN-ABtbMTs0UAAbWzE7NFEAG1sxOzRSABtbMUsAG1s_NjlsABtbJWklZDslZFIAG1s2bgAbWz8lWzswMTIzNDU2Nzg5XWMAG1tj\
    ABtbMzk7NDltABtbM20AG1syM20AG1s_NjloG1slaSVwMSVkcwAbWz82OWgbWyVpOyVwMSVkcwAbWzwAG1slPyVwMSV7OH0lPCV0MyVwMSVkJWUz\
    ODsyOyVwMSV7NjU1MzZ9JS8lZDslcDElezI1Nn0lLyV7MjU1fSUmJWQ7JXAxJXsyNTV9JSYlZCU7bQAbWyU_JXAxJXs4fSU8JXQ0JXAxJWQlZTQ4\
    OzI7JXAxJXs2NTUzNn0lLyVkOyVwMSV7MjU2fSUvJXsyNTV9JSYlZDslcDElezI1NX0lJiVkJTttABtbPzY5aBtbJWklcDElZDslcDIlZHMAG2wA\
    G20AAwAAAE4AnwDcAwEBAQAAAAkAEgAZACUAKgA8AEMASgBQAFoAegCBAIgAjwCWAJ0ApACrALIAuQDAAMcAzgDVANwA4wDqAPEA-AD_AAYBDQEU\
    ARsBIgEpATABNwE-AUUBTAFTAVoBYQFoAW8BdgF9AYQBiwGSAZkBoAGnAa4BtQG8AcMBygHRAdgB3wHmAeoB7gHyAfYB-gH-AQICBgIKAg4CEgIW\
    AhwCIQIAAAMABwAKAA0AEAATABYAGQAcAB8AIgAlACgAKwAwADUAOgA_AEQASABNAFIAVwBcAGEAZwBtAHMAeQB_AIUAiwCRAJcAnQCiAKcArACx\
    ALYAvADCAMgAzgDUANoA4ADmAOwA8gD4AP4ABAEKARABFgEcASIBKAEuATIBNwE8AUEBRgFLAU8BUwFXAVsBXwFlAWsBcQF3AX0BgwGJAY4BkwEb\
    Wz8yMDA0bAAbWz8yMDA0aAAbXTExMgcAG10xMjslcDElcwcAG1szSgAbXTUyOyVwMSVzOyVwMiVzBwAbWzIwMX4AG1syMDB-ABtbMiBxABtbJXAx\
    JWQgcQAbWz8xMDA2OzEwMDAlPyVwMSV7MX0lPSV0aCVlbCU7ABtbMzszfgAbWzM7NH4AG1szOzV-ABtbMzs2fgAbWzM7N34AG1sxOzJCABtbMTsz\
    QgAbWzE7NEIAG1sxOzVCABtbMTs2QgAbWzE7N0IAG1sxOzNGABtbMTs0RgAbWzE7NUYAG1sxOzZGABtbMTs3RgAbWzE7M0gAG1sxOzRIABtbMTs1\
    SAAbWzE7NkgAG1sxOzdIABtbMjszfgAbWzI7NH4AG1syOzV-ABtbMjs2fgAbWzI7N34AG1sxOzNEABtbMTs0RAAbWzE7NUQAG1sxOzZEABtbMTs3\
    RAAbWzY7M34AG1s2OzR-ABtbNjs1fgAbWzY7Nn4AG1s2Ozd-ABtbNTszfgAbWzU7NH4AG1s1OzV-ABtbNTs2fgAbWzU7N34AG1sxOzNDABtbMTs0\
    QwAbWzE7NUMAG1sxOzZDABtbMTs3QwAbWzE7MkEAG1sxOzNBABtbMTs0QQAbWzE7NUEAG1sxOzZBABtbMTs3QQAbT3gAG090ABtPdgAbT3IAG09F\
    ABtPawAbT2wAG09vABtPbgAbT2oAG09tABtPcAAbWzI5bQAbWzltABtbPCVpJXAzJWQ7JXAxJWQ7JXAyJWQ7JT8lcDQldE0lZW0lOwBBWABSR0IA\
    WFQAQkQAQkUAQ3IAQ3MARTMATXMAUEUAUFMAU2UAU3MAWE0Aa0RDMwBrREM0AGtEQzUAa0RDNgBrREM3AGtETgBrRE4zAGtETjQAa0RONQBrRE42\
    AGtETjcAa0VORDMAa0VORDQAa0VORDUAa0VORDYAa0VORDcAa0hPTTMAa0hPTTQAa0hPTTUAa0hPTTYAa0hPTTcAa0lDMwBrSUM0AGtJQzUAa0lD\
    NgBrSUM3AGtMRlQzAGtMRlQ0AGtMRlQ1AGtMRlQ2AGtMRlQ3AGtOWFQzAGtOWFQ0AGtOWFQ1AGtOWFQ2AGtOWFQ3AGtQUlYzAGtQUlY0AGtQUlY1\
    AGtQUlY2AGtQUlY3AGtSSVQzAGtSSVQ0AGtSSVQ1AGtSSVQ2AGtSSVQ3AGtVUABrVVAzAGtVUDQAa1VQNQBrVVA2AGtVUDcAa2EyAGtiMQBrYjMA\
    a2MyAGtwNQBrcEFERABrcENNQQBrcERJVgBrcERPVABrcE1VTABrcFNVQgBrcFpSTwBybXh4AHNteHgAeG0A
    """
}
