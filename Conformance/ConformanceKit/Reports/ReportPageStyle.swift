/// What the page looks like, and the places that its script fills.
enum ReportPageStyle {
    static let body = #"""
        <header>
        <h1>rsync conformance</h1>
        <p id="about"></p>
        </header>
        <section id="targets" aria-label="Implementations"></section>
        <form id="filters" autocomplete="off">
        <div class="line">
        <input id="search" type="search" placeholder="Clause, case or word" aria-label="Search">
        <button type="button" id="more" aria-expanded="false" aria-controls="choices">Filters</button>
        </div>
        <div id="choices">
        <label>Verdict <select id="verdict"></select></label>
        <label>Role <select id="role"></select></label>
        <label>Level <select id="level"></select></label>
        <label>Flag <select id="flag"></select></label>
        <label>Document <select id="document"></select></label>
        <label>Clauses <select id="covered"><option value="">all</option><option value="1">with cases</option><option value="0">without cases</option></select></label>
        <button type="reset">Reset</button>
        </div>
        </form>
        <div id="legend" aria-label="Legend"></div>
        <p id="found" role="status"></p>
        <main id="list"></main>
        """#

    static let text = #"""
        :root {
          --bg: #fff; --fg: #1b1f24; --dim: #5b6470; --line: #d9dee4; --raised: #f5f7f9; --link: #0b5cad;
          --pass: #2e9e5b; --nonstrict: #9bbf3b; --fail: #d1242f; --surprise: #a0209a; --error: #6b1fb1; --known: #e08a00;
          --skipped: #9fb3c8; --unsupported: #c5cbd3; --none: #eceff2;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --bg: #14181d; --fg: #e4e8ec; --dim: #98a2ae; --line: #313840; --raised: #1c2229; --link: #6cb2f7;
            --pass: #2f9d5d; --nonstrict: #8aa838; --fail: #f0525b; --surprise: #d565cf; --error: #a56bea; --known: #e59a20;
            --skipped: #5a7187; --unsupported: #464e58; --none: #242a31;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 78rem; padding: 0 1rem 4rem; background: var(--bg); color: var(--fg);
          font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        h1 { font-size: 1.5rem; margin: 1.2rem 0 .2rem; }
        #about { margin: 0 0 1rem; color: var(--dim); }
        code, pre, .id { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        code { font-size: .92em; }
        button, select, input { font: inherit; color: inherit; background: var(--bg); border: 1px solid var(--line); border-radius: 6px;
          padding: .35rem .6rem; min-height: 2.2rem; }
        button { cursor: pointer; background: var(--raised); }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }

        #targets { display: grid; gap: .6rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); }
        .target { border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; background: var(--raised); cursor: pointer;
          text-align: left; width: 100%; display: grid; grid-template-columns: 1fr auto; align-content: start; column-gap: .5rem; }
        .target > div, .target > code { grid-column: 1 / -1; }
        .target[aria-pressed=false] { opacity: .45; }
        .target b { font-size: 1.02rem; }
        .target .count { color: var(--dim); font-variant-numeric: tabular-nums; }
        .bar { display: flex; height: .6rem; border-radius: 3px; overflow: hidden; margin: .45rem 0; background: var(--none); }
        .bar i { display: block; height: 100%; min-width: 2px; }
        .figures { display: flex; flex-wrap: wrap; gap: .1rem .8rem; font-size: .85rem; color: var(--dim); font-variant-numeric: tabular-nums; }
        .figures span::before { content: ""; display: inline-block; width: .65em; height: .65em; border-radius: 2px; margin-right: .3em;
          background: var(--c); }
        .target code { display: block; margin-top: .3rem; font-size: .78rem; color: var(--dim); overflow-wrap: anywhere; }

        #filters { position: sticky; top: 0; z-index: 2; background: var(--bg); padding: .6rem 0; margin-top: 1rem;
          border-bottom: 1px solid var(--line); }
        .line { display: flex; gap: .5rem; }
        #search { flex: 1; min-width: 0; }
        #choices { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .5rem; align-items: end; }
        #choices label { display: grid; font-size: .78rem; color: var(--dim); }
        #choices select { color: var(--fg); font-size: .92rem; max-width: 14rem; }
        #more { display: none; }
        #legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .82rem; color: var(--dim); padding: .6rem 0 0; }
        #legend span { white-space: nowrap; }
        #legend i { vertical-align: -1px; margin-right: .35em; }
        #found { color: var(--dim); font-size: .9rem; margin: .5rem 0; }

        .document { border: 1px solid var(--line); border-radius: 8px; margin-bottom: .7rem; overflow: clip; }
        .document > summary { padding: .55rem .8rem; cursor: pointer; background: var(--raised); display: grid; gap: .1rem .8rem;
          grid-template-columns: 1fr auto; align-items: center; }
        .document > summary::-webkit-details-marker { display: none; }
        .document > summary b::before { content: "▸ "; color: var(--dim); }
        .document[open] > summary b::before { content: "▾ "; }
        .document > summary small { color: var(--dim); margin-left: .6em; }
        .document > summary .count { color: var(--dim); font-size: .85rem; }
        .document > summary .bar { grid-column: 1 / -1; margin: .15rem 0 0; height: .35rem; }
        .head, .row { display: grid; grid-template-columns: 5.2rem auto minmax(0, 1fr); gap: .2rem .9rem; align-items: center;
          padding: .22rem .8rem; }
        .head { font-size: .72rem; color: var(--dim); border-top: 1px solid var(--line); align-items: end; position: sticky; top: var(--bartop, 0px);
          background: var(--bg); z-index: 1; }
        .row { width: 100%; border: 0; border-top: 1px solid var(--line); border-radius: 0; background: none; text-align: left; min-height: 0; }
        .row { scroll-margin-top: calc(var(--bartop, 0px) + 3.5rem); }
        .row:hover { background: var(--raised); }
        .row[aria-expanded=true] { background: var(--raised); }
        .row .id { font-size: .86rem; white-space: nowrap; }
        .row .what { font-size: .88rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .row[aria-expanded=true] .what { white-space: normal; }
        .row .what small, .level { color: var(--dim); font-size: .74rem; }
        .strips { display: flex; gap: .65rem; flex-wrap: wrap; }
        .strip { display: inline-flex; gap: 1px; }
        .name { width: calc(6 * 12px + 5px); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        i.q { width: 12px; height: 16px; display: inline-block; background: var(--c); position: relative; font-style: normal; border-radius: 1px; }
        #legend i.q { height: 12px; }
        i.q.bad::after { content: "✕"; position: absolute; inset: 0; color: #fff; font-size: 9px; line-height: 16px; text-align: center; }
        #legend i.q.bad::after { line-height: 12px; }
        i.q.warn::after { content: "!"; position: absolute; inset: 0; color: #fff; font-size: 10px; font-weight: 700; line-height: 16px; text-align: center; }
        #legend i.q.warn::after { line-height: 12px; }

        .detail { border-top: 1px dashed var(--line); padding: .7rem .8rem 1rem; background: var(--raised); font-size: .92rem; }
        .detail .text { max-width: 60rem; overflow-wrap: anywhere; }
        .detail .text p { margin: .4rem 0; }
        .detail .scroll { overflow-x: auto; }
        .detail table { border-collapse: collapse; font-size: .85rem; margin: .4rem 0; }
        .detail td, .detail th { border: 1px solid var(--line); padding: .15rem .45rem; text-align: left; vertical-align: top; overflow-wrap: normal; }
        .detail pre { overflow-x: auto; background: var(--bg); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .6rem; margin: .3rem 0;
          font-size: .78rem; line-height: 1.4; }
        .case { border-top: 1px solid var(--line); margin-top: .8rem; padding-top: .6rem; }
        .case h3 { font-size: .95rem; margin: 0; font-weight: 600; }
        .case .id { font-size: .8rem; color: var(--dim); overflow-wrap: anywhere; }
        .of { margin: .5rem 0 0; }
        .of > b { font-size: .86rem; }
        .of ul { list-style: none; margin: .15rem 0 0; padding: 0; }
        .of li { margin: .2rem 0; }
        .v { display: inline-block; color: #fff; background: var(--c); border-radius: 4px; padding: 0 .4em; font-size: .78rem; font-weight: 600; }
        .v.pale { color: var(--fg); }
        .cells { font-size: .82rem; color: var(--dim); margin-left: .4em; }
        .why { font-size: .86rem; overflow-wrap: anywhere; }
        .of details summary { cursor: pointer; color: var(--link); font-size: .84rem; }

        @media (max-width: 640px) {
          body { padding: 0 .6rem 3rem; font-size: 15px; }
          h1 { font-size: 1.25rem; margin-top: .8rem; }
          #more { display: block; }
          #choices { display: none; }
          #filters.open { position: static; }
          .open #choices { display: grid; grid-template-columns: 1fr 1fr; }
          #choices select { max-width: none; width: 100%; }
          .head, .row { grid-template-columns: minmax(4.1rem, auto) 1fr; padding: .3rem .5rem; gap: .15rem .5rem; }
          .strips { justify-content: flex-end; gap: .25rem .45rem; }
          .row .what { grid-column: 1 / -1; white-space: normal; font-size: .84rem; color: var(--dim); display: -webkit-box; -webkit-line-clamp: 2;
            -webkit-box-orient: vertical; }
          .row[aria-expanded=true] .what { display: block; color: var(--fg); }
          .head .what { display: none; }
          .name { width: calc(6 * 9px + 5px); }
          i.q { width: 9px; height: 14px; }
          #legend i.q { width: 11px; }
          i.q.bad::after, i.q.warn::after { font-size: 8px; line-height: 14px; }
          .document > summary { padding: .5rem; }
          .document > summary small { display: none; }
          .detail { padding: .5rem; }
          .detail pre { font-size: .7rem; }
          .target { padding: .45rem .6rem; }
        }
        @media print { #filters, #legend { position: static; } .head { position: static; } }
        """#
}
