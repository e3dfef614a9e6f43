import RsyncEngine
import RsyncProtocol
import RsyncReport

extension TransferSummary {
    init(_ result: SessionResult, elapsedMilliseconds: Int64, _ options: TransferOptions) {
        self.init()
        let figures = result.statistics
        files = RsyncReport.ItemCounts(figures.files)
        created = result.traits?.hasItemFlags == false ? nil : RsyncReport.ItemCounts(figures.created)
        deleted = result.traits?.hasDeletionStatistics == false ? nil : RsyncReport.ItemCounts(figures.deleted)
        transferredCount = Int64(figures.transferredFiles)
        totalSize = figures.totalSize
        transferredSize = figures.transferredSize
        literal = figures.literal
        matched = figures.matched
        listSize = figures.listSize
        listBuildMilliseconds = figures.listBuildMilliseconds
        listTransferMilliseconds = figures.listTransferMilliseconds
        sent = figures.sent
        received = figures.received
        elapsedSeconds = elapsedMilliseconds / 1000
        dryRun = options.dryRun
        batchOnly = options.isBatchOnly
    }
}

extension RsyncReport.ItemCounts {
    init(_ counts: RsyncEngine.ItemCounts) {
        self.init()
        regular = Int64(counts.regular)
        directories = Int64(counts.directories)
        symlinks = Int64(counts.symlinks)
        devices = Int64(counts.devices)
        specials = Int64(counts.specials)
    }
}
