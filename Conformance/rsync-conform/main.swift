import ArgumentParser
import CConform
import ConformanceKit
import Glibc
import RsyncCommand
import RsyncHost
import RsyncWire

// The suite starts this program a few times for every cell: as the remote shell of a client, as the engine that is the
// target's peer, and in front of a shim. None waits for a parser of commands.
let ownName = ProcessWords.all.first ?? []
if ownName.split(separator: 0x2f).last?.elementsEqual(Runner.shellName.utf8) == true {
    exit(unsafe conform_act_as_shell(CommandLine.argc, CommandLine.unsafeArgv))
}
if ProcessWords.all.dropFirst().first?.elementsEqual(Runner.engineWord.utf8) == true {
    #if KNOBS
        KnobChoice.adopt()
    #endif
    let status = RsyncProgram.run(Array(ProcessWords.all.dropFirst(2)))
    RsyncProgram.tidyUp()
    exit(status)
}
if ProcessWords.all.dropFirst().first?.elementsEqual(ShimSession.word.utf8) == true {
    exit(ShimSession.run(Array(ProcessWords.all.dropFirst(2))))
}
// What has been found is to be seen at once in a file too.
conform_write_lines()
RsyncConform.main()
