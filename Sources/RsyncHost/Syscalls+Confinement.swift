import CSyscalls
import Glibc

extension System {
    static func refuseNewPrivileges() throws(SystemError) { _ = try retrying { ebb_no_new_privileges() } }

    /// nil when the kernel has no Landlock or has it switched off.
    static var landlockVersion: Int32? {
        let version = ebb_landlock_version()
        return version > 0 ? version : nil
    }

    static func landlockRules(files: UInt64, network: UInt64, scoped: UInt64) throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying { ebb_landlock_create(files, network, scoped) })
    }

    static func landlockAllow(_ rules: Descriptor, rights: UInt64, beneath directory: Int32) throws(SystemError) {
        _ = try retrying { ebb_landlock_allow_beneath(rules.raw, rights, directory) }
    }

    static func landlockRestrict(_ rules: Descriptor) throws(SystemError) {
        _ = try retrying { ebb_landlock_restrict(rules.raw) }
    }
}
