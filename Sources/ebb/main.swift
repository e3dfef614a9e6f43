import Glibc
import RsyncCommand
import RsyncHost

let words = unsafe CommandLine.unsafeArgv
var arguments: [[UInt8]] = []
for index in 0..<Int(CommandLine.argc) {
    guard let word = unsafe words[index] else { break }
    arguments.append(unsafe [UInt8](UnsafeRawBufferPointer(start: word, count: strlen(word))))
}
FileDescriptorStream.occupyStandardStreams()
let status = EbbProgram.run(arguments)
RsyncProgram.tidyUp()
exit(status)
