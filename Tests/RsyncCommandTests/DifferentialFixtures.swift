/// Trees for the comparison, as shell text: what the tests compare must not come from code of this package.
enum DifferentialFixture: String, Sendable {
    /// All kinds of items, no destination.
    case fresh
    /// The same, and a destination that differs in every way.
    case differing
    /// The same, and two older copies beside the destination.
    case history
    /// Several sources with names in common, files, links and destinations of all kinds.
    case several
    /// Names that are hard to print or to quote.
    case odd

    private static let source = """
        mkdir -p src/d/e src/empty 'src/sp ace'; printf hello >src/a; : >src/b; chmod 600 src/b
        seq 1 12000 >src/c; chmod 755 src/c; seq 5 700 >src/d/f; printf ggg >src/d/e/g; printf xy >'src/sp ace/x y'
        seq 1 40000 >src/big; ln src/big src/big2; ln src/d/f src/d/f2; ln src/d/f src/d/f3
        ln -s a src/l; ln -s /nonexist src/d/dang; ln -s d src/ld; mkfifo -m 640 src/fifo; printf '#!' >src/suid
        printf o >src/old; printf fu >src/future
        if [ "$(id -u)" = 0 ]; then
          mknod -m 600 src/cdev c 1 3; mknod -m 660 src/bdev b 7 200
          chown 1:2 src/c; chown 1234:4321 src/d/f; chown -h 1:1 src/l
        fi
        chmod 4755 src/suid; chmod 2775 src/empty; chmod 1777 src/d/e
        find src -depth -exec touch -h -d @1600000000.123456789 {} +
        touch -d @1600070000 src/c; touch -d @-5 src/old; touch -d @5000000000.5 src/future

        """

    private static let severalSources = """
        for d in s1:a:b:c s2:b:c:d s3:c:e; do
          n=${d%%:*}; mkdir -p $n/sub; for f in $(echo ${d#*:} | tr : ' '); do echo $n$f >$n/$f; echo $n$f$f >$n/sub/$f; done
        done
        mkdir -p s4/only/deep/er em s1/ex; echo deep >s4/only/deep/er/f; echo 1 >s1/ex/q.o
        echo single >file; ln -s s1 sl; ln -s file fl; echo dest >dfile
        mkdir -p ddir ddir2/file ddir3/s1; echo z >ddir3/s1/zz; echo z >ddir3/zz2
        printf '*.o\\n- b\\n# c\\n; d\\n+ c\\n\\n/sub/c\\n' >xf
        find . -depth -exec touch -h -d @1600000000.5 {} +

        """

    var script: String {
        switch self {
        case .fresh: Self.source
        case .differing:
            Self.source + """
                cp -a src dst; (seq 1 500; echo Q; seq 520 12000) >dst/c; rm dst/d/f3 dst/big2; printf hullo >dst/d/f3
                mkdir -p dst/extra/x/y; echo 1 >dst/extra/x/f; echo 2 >dst/extra.o; chmod 777 dst/b
                touch -d @1600000001 dst/big; rm dst/l; ln -s b dst/l; rm dst/fifo; printf nofifo >dst/fifo
                rm dst/d/dang; mkdir dst/d/dang; echo x >dst/d/dang/in; rmdir dst/empty; printf file >dst/empty
                printf newer >dst/suid; touch -d @1600099999 dst/suid; ln -s x dst/d/xl; mkfifo dst/d/xf
                touch -h -d @1600000002.25 dst dst/d dst/d/* dst/extra dst/extra/x dst/c dst/l

                """
        case .history:
            Self.source + """
                cp -a src p1; cp -a src p2; printf HELLO >p1/a; chmod 777 p1/b; rm p1/big p1/l; ln -s zz p1/l
                chmod 711 p2/b; rm p2/c p1/fifo; printf y >p1/fifo
                find p1 p2 -type d -exec touch -d @1600000000.123456789 {} +

                """
        case .several: Self.severalSources
        case .odd:
            """
            mkdir -p src/dir dst; cd src
            for n in "$(printf 'new\\nline')" "$(printf '\\377\\376 bad')" ' lead' 'trail ' 'q"uote' "s'q" 'back\\slash' \\
              '\\#123' "$(printf 'tab\\there')" "$(printf '\\001ctl')" "$(printf '\\303\\251t\\303\\251')" '*' '[a]' '?' '$HOME' \\
              '`id`' ';x' '~' '#h' "$(printf '%0255d' 0)"; do echo "$n" >"./$n"; echo "$n" >"dir/$n"; done
            echo d >./-dash; echo d >./--delete; ln -s "$(printf 'bad\\377\\n.')" lnk; cd ..
            mkdir "dst/$(printf 'del\\n\\377')"; echo 1 >"dst/$(printf 'del\\n\\377/x\\002')"
            find . -depth -exec touch -h -d @1600000000.5 {} +

            """
        }
    }
}
