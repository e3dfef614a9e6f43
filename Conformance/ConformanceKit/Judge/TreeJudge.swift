import PeerKit
import RsyncOptions
import RsyncProtocol
import TraceKit

/// Whether a tree is afterwards as a case wants it.
struct TreeJudge {
    let parsed: ParsedArguments?
    let traits: SessionTraits
    let ignore: Set<Expectation.Aspect>

    struct Failure: Error, CustomStringConvertible { let description: String }

    /// What the options make of the source, laid over what the destination held.
    func carried(_ source: TreeSnapshot, over before: TreeSnapshot) throws -> TreeSnapshot {
        guard let parsed else { throw Failure(description: "tree is needed: the options are not understood") }
        if let option = Self.obstacle(parsed) { throw Failure(description: "tree is needed: \(option) is not foreseen by default") }
        if parsed.dryRun || parsed.listOnlyOption { return before }
        var items = parsed.deletes ? [:] : before.items
        for (path, item) in source.items where Self.travels(item.type, parsed) { items[path] = item }
        var expected = TreeSnapshot()
        expected.items = items
        return expected
    }

    /// Options whose effect on the whole of a tree is not worked out here.
    private static func obstacle(_ parsed: ParsedArguments) -> String? {
        if !parsed.recurses { return "a run without -r" }
        let simple: [(Bool, String)] = [
            (parsed.copyLinks || parsed.copyUnsafeLinks || parsed.copyDirectoryLinks || parsed.safeLinks || parsed.mungesLinks, "a choice about symlinks"),
            (!parsed.filters.isEmpty || parsed.filterFileLevel > 0 || parsed.cvsExclude, "filters"),
            (parsed.filesFrom != nil, "--files-from"), (parsed.relative, "--relative"), (parsed.existing, "--existing"),
            (parsed.ignoreExisting, "--ignore-existing"), (parsed.update, "--update"),
            (parsed.largestSize != nil || parsed.smallestSize != nil, "a limit of size"), (parsed.backup, "--backup"),
            (parsed.alternateKind == .compare, "--compare-dest"), (parsed.append > 0, "--append"), (parsed.sizeOnly, "--size-only"),
            (!parsed.modeChanges.isEmpty, "--chmod"), (parsed.userMap != nil || parsed.groupMap != nil, "a map of owners"),
            (parsed.fakeSuper, "--fake-super"), (parsed.modifyWindow != nil, "--modify-window"),
            (parsed.prunesEmptyDirectories, "--prune-empty-dirs"), (parsed.deletionLimit != nil, "--max-delete"),
            (parsed.charsets != nil, "--iconv"), (parsed.keepDirectoryLinks, "--keep-dirlinks"),
            (parsed.copyDevices || parsed.writeDevices, "contents of devices"), (parsed.oneFileSystem > 0, "--one-file-system"),
            (parsed.readBatch != nil || parsed.onlyWritesBatch, "a batch file"), (parsed.partialDirectory != nil, "--partial-dir"),
        ]
        return simple.first { $0.0 }?.1
    }

    private static func travels(_ type: FileType, _ parsed: ParsedArguments) -> Bool {
        switch type {
        case .regular, .directory: true
        case .symlink: parsed.links
        case .fifo, .socket: parsed.specials
        case .characterDevice, .blockDevice: parsed.devices
        case .missing: false
        }
    }

    /// What the options do not preserve, and what the case leaves out besides.
    var relaxation: TreeSnapshot.Relaxation {
        var left: TreeSnapshot.Relaxation = []
        func leave(_ part: TreeSnapshot.Relaxation, _ aspect: Expectation.Aspect?, if condition: Bool) {
            if condition || aspect.map({ ignore.contains($0) }) == true { left.insert(part) }
        }
        let options = parsed ?? ParsedArguments()
        leave(.permissions, .permissions, if: !options.permissions)
        leave(.times, .times, if: !options.times)
        leave(.owners, .owners, if: !options.owner || !options.group)
        leave(.linkGroups, .hardLinks, if: options.hardLinks == 0)
        leave(.nanoseconds, .nanoseconds, if: !traits.hasNanoseconds)
        leave(.directoryTimes, .directoryTimes, if: options.omitDirectoryTimes)
        leave(.symlinkTimes, .symlinkTimes, if: options.omitLinkTimes || !traits.hasCompatFlags)
        leave(.root, .root, if: false)
        return left
    }

    func differences(_ found: TreeSnapshot, from expected: TreeSnapshot) -> [String] {
        if expected.items.isEmpty, found.items.isEmpty { return [] }
        return stripped(found).differences(from: stripped(expected), ignoring: relaxation)
    }

    /// Nothing may differ.
    static func unchanged(_ found: TreeSnapshot, from before: TreeSnapshot, ignoring: Set<Expectation.Aspect>) -> [String] {
        var left: TreeSnapshot.Relaxation = []
        let parts: [(Expectation.Aspect, TreeSnapshot.Relaxation)] = [
            (.owners, .owners), (.permissions, .permissions), (.times, .times), (.nanoseconds, .nanoseconds),
            (.directoryTimes, .directoryTimes), (.symlinkTimes, .symlinkTimes), (.hardLinks, .linkGroups), (.root, .root),
        ]
        for (aspect, part) in parts where ignoring.contains(aspect) { left.insert(part) }
        return found.differences(from: before, ignoring: left)
    }

    /// Attributes that the options carry.
    private func stripped(_ tree: TreeSnapshot) -> TreeSnapshot {
        let hasAttributes = parsed.map { $0.xattrs > 0 } == true && !ignore.contains(.xattrs)
        let hasLists = parsed?.accessLists == true && !ignore.contains(.acls)
        var tree = tree
        for path in tree.items.keys {
            tree.items[path]!.attributes = tree.items[path]!.attributes.filter { name, _ in
                name.starts(with: "system.posix_acl".utf8) ? hasLists : hasAttributes && !name.starts(with: "security.".utf8)
            }
        }
        return tree
    }
}

/// A tree beside its description: what is not described is not compared, but for types, contents and targets.
struct DescribedTree {
    let items: [TreeDescription.Item]
    let ignore: Set<Expectation.Aspect>
    var expand: ([UInt8]) -> [UInt8] = { $0 }

    /// `isWhole`: nothing else may be there.
    func differences(_ found: TreeSnapshot, isWhole: Bool) -> [String] {
        var lines: [String] = []
        var known: Set<[UInt8]> = [[0x2e]]
        for item in items {
            for (path, number) in item.places {
                known.insert(path)
                for (index, byte) in path.enumerated() where byte == 0x2f { known.insert(Array(path[..<index])) }
                let shown = TreeSnapshot.shown(path)
                guard let one = found.items[path] else {
                    lines.append("\(shown): missing")
                    continue
                }
                lines += compare(one, item, number, found).map { "\(shown): \($0)" }
            }
        }
        if isWhole {
            for path in found.items.keys.filter({ !known.contains($0) }).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                lines.append("\(TreeSnapshot.shown(path)): not expected")
            }
        }
        return lines
    }

    private func compare(_ found: TreeSnapshot.Item, _ item: TreeDescription.Item, _ number: Int?, _ tree: TreeSnapshot) -> [String] {
        var lines: [String] = []
        func check(_ isRight: Bool, _ text: @autoclosure () -> String) { if !isRight { lines.append(text()) } }
        switch item.kind {
        case .file(let content):
            check(found.type == .regular, "type \(found.type), expected a file")
            var wanted = content.bytes(number: number)
            if case .text = content { wanted = expand(wanted) }
            check(found.type != .regular || found.content == wanted, Self.contentText(found.content, wanted))
        case .directory: check(found.type == .directory, "type \(found.type), expected a directory")
        case .symlink(let target):
            let wanted = expand(number.map { TreeDescription.numbered(target, $0) } ?? target)
            check(found.type == .symlink && found.linkTarget == wanted, "\(found.type) to \(TreeSnapshot.shown(found.linkTarget)), expected a symlink to \(TreeSnapshot.shown(wanted))")
        case .hardLink(let other):
            let group = found.linkGroup
            check(group != nil && tree.items[other]?.linkGroup == group, "not the same file as \(TreeSnapshot.shown(other))")
        case .fifo: check(found.type == .fifo, "type \(found.type), expected a fifo")
        case .socket: check(found.type == .socket, "type \(found.type), expected a socket")
        case .device(let isBlock, let device):
            check(found.type == (isBlock ? .blockDevice : .characterDevice) && found.rdev == device, "\(found.type) \(found.rdev.major):\(found.rdev.minor), expected device \(device.major):\(device.minor)")
        }
        let wanted = item.attributes
        if let mode = wanted.permissions, !ignore.contains(.permissions) {
            check(found.permissions == mode, "mode 0\(String(found.permissions, radix: 8)), expected 0\(String(mode, radix: 8))")
        }
        if let time = wanted.mtime, !ignore.contains(.times) {
            check(found.mtime == time, "mtime \(found.mtime), expected \(time)")
            if let fraction = wanted.nanoseconds, !ignore.contains(.nanoseconds) {
                check(found.nanoseconds == fraction, "mtime's nanoseconds \(found.nanoseconds), expected \(fraction)")
            }
        }
        if let owner = wanted.owner, !ignore.contains(.owners) {
            check((found.uid, found.gid) == owner, "owner \(found.uid):\(found.gid), expected \(owner.uid):\(owner.gid)")
        }
        for (name, value) in wanted.xattrs where !ignore.contains(.xattrs) {
            check(found.attributes[name] == value, "attribute \(TreeSnapshot.shown(name)) is \(found.attributes[name].map { TreeSnapshot.shown($0) } ?? "absent"), expected \(TreeSnapshot.shown(value))")
        }
        if wanted.hasXattrs, !ignore.contains(.xattrs) {
            let names = Set(wanted.xattrs.map(\.name))
            for name in found.attributes.keys where name.starts(with: "user.".utf8) && !names.contains(name) {
                lines.append("attribute \(TreeSnapshot.shown(name)), expected none of that name")
            }
        }
        for (name, value) in [(AccessListText.accessName, wanted.acl), (AccessListText.defaultName, wanted.defaultACL)] {
            guard let value, !ignore.contains(.acls) else { continue }
            // One that says no more than the mode is none; a default list is one even so.
            let isNone = name == AccessListText.accessName ? AccessListText.isMinimal(value) : value.isEmpty
            check(isNone ? found.attributes[name] == nil : found.attributes[name] == value, "ACL \(found.attributes[name].map { EscapedText.hexadecimal($0) } ?? "absent"), expected \(isNone ? "none" : EscapedText.hexadecimal(value))")
        }
        return lines
    }

    private static func contentText(_ found: [UInt8], _ wanted: [UInt8]) -> String {
        if max(found.count, wanted.count) <= 60 {
            return "content \"\(EscapedText.text(found))\", expected \"\(EscapedText.text(wanted))\""
        }
        let offset = zip(found, wanted).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(found.count, wanted.count)
        return "content of \(found.count) bytes, expected \(wanted.count), differs from byte \(offset) on"
    }
}
