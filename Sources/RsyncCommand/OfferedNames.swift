import RsyncDigest
import RsyncEngine
import RsyncProtocol

extension SessionConfiguration {
    /// With the lists of RSYNC_CHECKSUM_LIST and RSYNC_COMPRESS_LIST, which either side obeys (SES-58, ARG-55).
    func withNamesFromEnvironment() -> SessionConfiguration {
        var result = self
        if let value = SystemWords.variable("RSYNC_CHECKSUM_LIST") {
            result.checksumNames = NegotiatedList<ChecksumName>(environment: value, isServer: isServer)
        }
        if let value = SystemWords.variable("RSYNC_COMPRESS_LIST") {
            result.compressionNames = NegotiatedList<CompressionName>(environment: value, isServer: isServer)
        }
        return result
    }
}
