import RsyncEngine

/// Attributes of one item, set one after the other; what fails is remembered.
struct AttributeTries {
    private(set) var failures: [AttributeFailure] = []

    /// Whether it succeeded.
    mutating func make(_ step: AttributeFailure.Step, _ change: () throws(SystemError) -> Void) -> Bool {
        do throws(SystemError) {
            try change()
            return true
        } catch {
            failures.append(AttributeFailure(step, errno: error.number))
            return false
        }
    }

    /// Each for itself: one that is refused keeps no other from being set.
    mutating func set(_ change: ExtendedAttributeChange, of item: System.AttributeHolder) {
        for attribute in change.set {
            do throws(SystemError) {
                try System.setAttribute(attribute, of: item)
            } catch {
                failures.append(AttributeFailure(setting: attribute.name, errno: error.number))
            }
        }
        for name in change.remove {
            do throws(SystemError) {
                try System.removeAttribute(name, of: item)
            } catch {
                failures.append(AttributeFailure(removing: name, errno: error.number))
            }
        }
    }
}
