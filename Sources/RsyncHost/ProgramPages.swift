/// The pages of the program itself, which count as memory of its process.
public enum ProgramPages {
    /// To be called once the command line is understood: most of what has been touched until then, the tables of the options
    /// above all, is not needed any more. What is comes back from the page cache.
    public static func release() { System.releaseProgram() }
}
