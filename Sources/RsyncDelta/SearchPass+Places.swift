// Which places a search looks at, told one by one where somebody wants to know: as `HashHits` counts them.

extension SearchPass {
    /// The window at `position`.
    func tellPlace<Sink: DeltaSink>(_ sum: RollingSum, length: Int, _ sink: inout Sink) throws(Sink.Failure) {
        guard tellsPlaces else { return }
        try sink.place(window.base + Int64(position), sum.value, window.bytes, position..<(position + length))
    }

    /// The window moves from `start`, whose sum is given, to `position`: each place but the first.
    func tellPlaces<Sink: DeltaSink>(
        from start: Int, length: Int, _ sum: RollingSum, _ sink: inout Sink
    ) throws(Sink.Failure) {
        guard tellsPlaces else { return }
        var sum = sum
        for place in start..<position {
            sum.roll(removing: window.bytes[place], adding: window.bytes[place + length], length: length)
            try sink.place(window.base + Int64(place + 1), sum.value, window.bytes, (place + 1)..<(place + 1 + length))
        }
    }

    /// The window ends with the source and gets shorter: from the place `start` on while it is not shorter than `shortest`.
    func tellPlaces<Sink: DeltaSink>(from start: Int, shortest: Int, _ sink: inout Sink) throws(Sink.Failure) {
        guard tellsPlaces, shortest > 0, start + shortest <= window.filled else { return }
        var sum = RollingSum(window.bytes, start..<window.filled)
        for place in start...(window.filled - shortest) {
            try sink.place(window.base + Int64(place), sum.value, window.bytes, place..<window.filled)
            sum.drop(window.bytes[place], length: window.filled - place)
        }
    }
}
