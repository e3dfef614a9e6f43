#if KNOBS
    import Glibc
    import RsyncWire

    /// The fault that the environment asks for (`EBB_KNOB`), in builds that have any.
    public enum KnobChoice {
        static let variable = "EBB_KNOB"

        /// Turns the knob. Whoever asks for one that is not there must not take the right behaviour for the wrong one: exit 1.
        public static func adopt() {
            guard let value = unsafe getenv(variable) else { return }
            let name = unsafe String(cString: value)
            guard !name.isEmpty else { return }
            guard let knob = Knob(name: name) else {
                let text = [UInt8]("\(variable): there is no knob called \(name)\n".utf8)
                _ = unsafe write(2, text, text.count)
                exit(1)
            }
            Knob.turn(knob)
        }
    }
#endif
