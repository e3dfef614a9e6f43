import RsyncProtocol

/// A part of one direction as the two sides of a transfer speak of it, whatever frames it travelled in.
enum ReplayItem {
    case rules([[UInt8]])
    /// The names that a client has in a file.
    case wanted([[UInt8]])
    case list(ReplayList)
    case names([IdListItem])
    /// The error flags behind the id lists (FLS-86).
    case trailer(Int32)
    /// A generator's wish to have a file, with the sums of what it has.
    case request(ReplayRequest)
    /// A sender's answer.
    case reply(ReplayReply)
    /// An item without data, from either side.
    case report(index: Int32, ItemAttributes)
    case done
    case endOfLists
    case deletions(DeletionStatistics)
    case statistics(TransferStatistics)
}

struct ReplayList {
    let startIndex: Int32
    /// Index of the directory whose contents these are; nil for the first list.
    let directory: Int32?
    let entries: [FileEntry]
    let errors: Int32
}

struct ReplayRequest {
    let index: Int32
    let attributes: ItemAttributes
    let head: SumHead
    let sums: [BlockSum]
}

struct ReplayReply {
    enum Token: Equatable {
        case literal([UInt8])
        case block(Int32)
        /// The data of one record; `ReplayInflater` makes literals of them.
        case compressed([UInt8])
    }

    let index: Int32
    let attributes: ItemAttributes
    let head: SumHead
    var tokens: [Token]
    let fileSum: [UInt8]

    var literalBytes: Int {
        tokens.reduce(0) { sum, token in
            if case .literal(let bytes) = token { sum + bytes.count } else { sum }
        }
    }

    /// What comes of the tokens over a basis; nil when a block lies outside it.
    func applied(to basis: [UInt8]) -> [UInt8]? {
        var content: [UInt8] = []
        for token in tokens {
            switch token {
            case .literal(let bytes): content += bytes
            case .block(let block):
                guard let bytes = self.block(block, of: basis) else { return nil }
                content += bytes
            case .compressed: return nil
            }
        }
        return content
    }

    func block(_ block: Int32, of basis: [UInt8]) -> ArraySlice<UInt8>? {
        let start = Int(head.offset(ofBlock: block))
        let end = start + Int(head.length(ofBlock: block))
        guard start >= 0, end <= basis.count else { return nil }
        return basis[start..<end]
    }
}

/// An item and where it stands in its direction, frames counted.
struct PlacedItem {
    let item: ReplayItem
    let start: Int
    let end: Int
}
