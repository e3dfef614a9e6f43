import RsyncProtocol
import RsyncWire

// The lists in work: each is walked, and released when it is finished (FLS-122, FLS-126).

extension Generator {
    /// Half of what a sender keeps ahead of its receiver at least (FLS-123).
    private static let leastKnownForLinks = 500

    /// A fraction of what any sender looks ahead (FLS-123).
    private static let releasesPerFlush = 250

    /// Incremental recursion: lists in wire order, each released when it is finished (FLS-122, FLS-126).
    func walkLists() throws(SessionError) {
        // Which member of a group is asked for hangs on the lists that are known (MET-57): as many as any sender sends unasked.
        while options.preserveHardLinks, !listsEnded, knownEntries < Self.leastKnownForLinks { try waitForEvents() }
        while true {
            try handle(mailbox.take())
            if nextToWalk < active.count {
                let slot = nextToWalk
                nextToWalk += 1
                try walk(slot: slot)
            } else if listsEnded, active.isEmpty {
                return
            } else {
                try releaseFinishedLists()
                if listsEnded, active.isEmpty { return }
                if nextToWalk >= active.count { try waitForEvents() }
            }
            try releaseFinishedLists()
        }
    }

    func walk(slot: Int) throws(SessionError) {
        let live = active[slot].live
        // Only now: the receiver reads lists ahead, and what a later one missed is no reason to keep anything here.
        ledger.add(live.errors)
        if options.listOnly {
            try list(live)
        } else {
            if incremental, let directory = live.directory {
                try tellGenerating("recv_generator(\(directory.name),\(live.list.startIndex - 1))")
                try processDirectory(directory, index: live.list.startIndex - 1)
                if connection.isReplay { mailbox.outstanding.pass(live.list.startIndex - 1) }
            }
            let skipAll = live.directory.map { skippedDirectories.contains($0.name) } ?? false
            for position in 0..<live.list.count where live.list.isActive(position) {
                let entry = live.list.entry(at: position)
                let index = live.list.index(at: position)
                if skipAll {
                    try skipContent(entry, index)
                } else {
                    try process(entry, index: index)
                }
                if connection.isReplay { mailbox.outstanding.pass(index) }
                try handle(mailbox.take())
                try releaseFinishedLists()
            }
        }
        if connection.isReplay { mailbox.outstanding.pass(live.list.startIndex + Int32(live.list.count) - 1) }
        // Releases may have moved the list while it was walked.
        if let slot = active.firstIndex(where: { $0.live.list === live.list }) { active[slot].isWalked = true }
    }

    /// FLS-155: a list goes when all its items are finished and it is not the only one the sender may still have; nor the one
    /// worked on last, whose directory has its time only when the next list's directory was looked after (MET-44).
    private func releaseFinishedLists() throws(SessionError) {
        guard incremental else { return }
        // Asked behind each item: the list is only taken out when it is one to release.
        while !active.isEmpty, active[0].isWalked, active[0].unfinished == 0, nextToWalk > 1 || listsEnded && active.count == 1 {
            let oldest = active[0]
            if let directory = oldest.live.directory, options.deletion != .delay { try touch(directory, number: oldest.live.number) }
            releasedEntries += oldest.live.list.count
            active.removeFirst()
            nextToWalk -= 1
            try writeDone()
        }
        // The sender makes further lists when it learns that these are done: in time for it to work beside us.
        if releasedEntries >= Self.releasesPerFlush {
            releasedEntries = 0
            try connection.output.flush()
        }
    }

    private func list(_ live: LiveList) throws(SessionError) {
        if incremental, let directory = live.directory { try tell(directory) }
        for position in 0..<live.list.count where live.list.isActive(position) {
            if incremental, live.list.mode(at: position).isDirectory { continue }
            try tell(live.list.entry(at: position))
        }
    }

    /// A receiving server has its client show the line.
    private func tell(_ entry: FileEntry) throws(SessionError) {
        observer.handle(.listed(entry))
        if connection.isServer, let line = observer.listingLine(entry) { try say(.info, MessageText(line)) }
    }

    func slot(of index: Int32) -> Int? {
        var low = 0
        var high = active.count
        while low < high {
            let middle = (low + high) / 2
            let list = active[middle].live.list
            if list.startIndex + Int32(list.count) <= index { low = middle + 1 } else { high = middle }
        }
        return low < active.count && active[low].live.contains(index) ? low : nil
    }

    /// The item is not finished: its list must wait for it.
    func began(_ index: Int32) {
        if let slot = slot(of: index) { active[slot].unfinished += 1 }
    }

    func ended(_ index: Int32) {
        if let slot = slot(of: index) { active[slot].unfinished -= 1 }
    }
}
