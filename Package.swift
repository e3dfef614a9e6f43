// swift-tools-version: 6.2
import PackageDescription

// Every arrow between targets is drawn in ARCHITECTURE.md; CI/laws checks that imports follow it.

// Faults that can be turned on, for the conformance suite: in debug builds, and in a release build that asks for them.
let knobs: SwiftSetting =
    Context.environment["EBB_KNOBS"] == "1" ? .define("KNOBS") : .define("KNOBS", .when(configuration: .debug))

let strict: [SwiftSetting] = [
    knobs,
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .target(name: name, dependencies: dependencies, path: path ?? "Sources/\(name)", swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)", swiftSettings: strict)
}

/// Start-up and memory of the program, nothing else: relocations in a tenth of the room, equal functions once, no table of
/// symbols for others, what ordinary transfers run side by side (CI/link-order), and the part of the C++ library that the runtime of Swift needs inside (Sources/ebb/Link) instead of all
/// of it beside. Of the release build alone; the libraries have no such settings, so that any package may use them.
let smallProgram: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld", "-L\(Context.packageDirectory)/Sources/ebb/Link", "-Xlinker", "--icf=safe",
            "-Xlinker", "--no-export-dynamic", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
            "-Xlinker", "--symbol-ordering-file=\(Context.packageDirectory)/Sources/ebb/Link/order", "-Xlinker", "--no-warn-symbol-ordering",
        ], .when(platforms: [.linux], configuration: .release))
]

let package = Package(
    name: "ebb",
    products: [
        .executable(name: "ebb", targets: ["ebb"]),
        .executable(name: "rsync-conform", targets: ["rsync-conform"]),
        .library(name: "RsyncEngine", targets: ["RsyncEngine", "RsyncHost"]),
        .library(name: "RsyncProtocol", targets: ["RsyncProtocol"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // C: thin shims and system libraries.
        // The archive: three functions of libcrypto are used, and loading all of it takes longer than the rest of the start.
        .target(name: "CDigest", path: "Sources/CDigest", linkerSettings: [.linkedLibrary(":libcrypto.a")]),
        // Archives again: three shared libraries less to load.
        .target(
            name: "CCompress", path: "Sources/CCompress",
            linkerSettings: [.linkedLibrary(":libz.a"), .linkedLibrary(":liblz4.a"), .linkedLibrary(":libzstd.a")]),
        .target(name: "CSyscalls", path: "Sources/CSyscalls"),
        .systemLibrary(name: "CLibSSH2", path: "Sources/CLibSSH2", pkgConfig: "libssh2", providers: [.apt(["libssh2-1-dev"])]),

        // Pure: opens nothing, prints nothing, asks no clock.
        library("RsyncWire", []),
        library("RsyncDigest", ["CDigest"]),
        library("RsyncFilter", ["RsyncWire"]),
        library("RsyncProtocol", ["RsyncWire", "RsyncDigest"]),
        library("RsyncDelta", ["RsyncDigest", "RsyncProtocol"]),
        library("RsyncCompress", ["RsyncProtocol", "CCompress"]),
        library("RsyncEngine", [
            "RsyncWire", "RsyncDigest", "RsyncFilter", "RsyncProtocol", "RsyncDelta", "RsyncCompress",
        ]),
        library("RsyncOptions", ["RsyncFilter"]),
        library("RsyncReport", ["RsyncProtocol"]),

        // Touches the system.
        library("RsyncHost", ["RsyncEngine", "CSyscalls"]),
        library("RsyncCommand", ["RsyncOptions", "RsyncReport", "RsyncHost"]),
        library("ReverseSession", ["RsyncCommand"]),
        library("RestrictedShell", ["RsyncCommand"]),
        library("BackupVault", ["RsyncHost", "CSyscalls"]),
        .executableTarget(
            name: "ebb", dependencies: ["RsyncCommand", "ReverseSession", "RestrictedShell", "BackupVault"],
            path: "Sources/ebb", exclude: ["Link"], swiftSettings: strict, linkerSettings: smallProgram),

        // The conformance suite.
        .target(name: "CConform", path: "Conformance/CConform"),
        library("TraceKit", ["RsyncEngine", "RsyncCompress", "CConform"], path: "Conformance/TraceKit"),
        library("PeerKit", ["TraceKit", "CConform", "CLibSSH2", "RsyncHost"], path: "Conformance/PeerKit"),
        library("ConformanceKit", ["TraceKit", "PeerKit", "RsyncOptions", "CConform"], path: "Conformance/ConformanceKit"),
        library("FuzzKit", ["TraceKit", "ReverseSession", "RestrictedShell"], path: "Conformance/FuzzKit"),
        .executableTarget(
            name: "rsync-fuzz", dependencies: ["FuzzKit", "CConform"], path: "Conformance/rsync-fuzz", swiftSettings: strict),
        .executableTarget(
            name: "rsync-conform",
            dependencies: [
                "TraceKit", "PeerKit", "ConformanceKit", "RsyncCommand", "RsyncHost", "CConform",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Conformance/rsync-conform", swiftSettings: strict),

        // Tests, one folder per target.
        .target(name: "TestSupport", dependencies: ["RsyncWire"], path: "Tests/TestSupport", swiftSettings: strict),
        tests("RsyncWireTests", ["RsyncWire"]),
        tests("RsyncDigestTests", ["RsyncDigest"]),
        tests("RsyncFilterTests", ["RsyncFilter"]),
        tests("RsyncProtocolTests", ["RsyncProtocol"]),
        tests("RsyncDeltaTests", ["RsyncDelta"]),
        tests("RsyncCompressTests", ["RsyncCompress"]),
        tests("RsyncEngineTests", ["RsyncEngine", "TraceKit"]),
        tests("RsyncOptionsTests", ["RsyncOptions"]),
        tests("RsyncReportTests", ["RsyncReport", "RsyncProtocol"]),
        tests("RsyncHostTests", ["RsyncHost"]),
        tests("RsyncCommandTests", ["RsyncCommand", "RsyncOptions", "RsyncProtocol", "RsyncReport"]),
        .testTarget(
            name: "ReverseSessionTests", dependencies: ["ReverseSession", "TestSupport"],
            path: "Tests/ReverseSessionTests", exclude: ["shell-agent-test.sh"], swiftSettings: strict),
        tests("RestrictedShellTests", ["RestrictedShell", "TraceKit"]),
        tests("BackupVaultTests", ["BackupVault"]),
        tests("EbbTests", ["ebb", "ReverseSession", "PeerKit"]),
        tests("TraceKitTests", ["TraceKit"]),
        tests("PeerKitTests", ["PeerKit"]),
        tests("ConformanceKitTests", ["ConformanceKit", "PeerKit", "TraceKit", "CConform", "rsync-conform", "ebb"]),
        tests("FuzzKitTests", ["FuzzKit"]),
        // The two programs are dependencies so that they stand, built, beside the test bundle.
        tests(
            "CrossCheckTests",
            [
                "PeerKit", "TraceKit", "RsyncCommand", "RsyncHost", "RsyncEngine", "RsyncFilter", "RsyncOptions", "RsyncProtocol",
                "ebb", "rsync-conform",
            ]),
    ]
)
