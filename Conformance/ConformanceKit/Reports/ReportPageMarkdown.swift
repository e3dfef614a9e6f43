/// How the page shows what is written in clauses: functions of its script.
enum ReportPageMarkdown {
    static let functions = #"""
        function inline(text) {
          const parts = [];
          for (const piece of text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^* ][^*]*\*)/)) {
            if (!piece) continue;
            if (piece.length > 2 && piece[0] === '`') parts.push(make('code', {}, piece.slice(1, -1)));
            else if (piece.startsWith('**') && piece.length > 4) parts.push(make('b', {}, piece.slice(2, -2)));
            else if (piece[0] === '*' && piece.length > 2) parts.push(make('em', {}, piece.slice(1, -1)));
            else parts.push(piece);
          }
          return parts;
        }
        function blocks(text) {
          const out = [], lines = text.split('\n');
          for (let at = 0; at < lines.length;) {
            if (lines[at].startsWith('```')) {
              let end = at + 1;
              while (end < lines.length && !lines[end].startsWith('```')) end++;
              out.push(make('pre', {}, lines.slice(at + 1, end).join('\n')));
              at = end + 1;
            } else if (lines[at].startsWith('|')) {
              let end = at;
              while (end < lines.length && lines[end].startsWith('|')) end++;
              out.push(make('div', { class: 'scroll' }, table(lines.slice(at, end))));
              at = end;
            } else if (!lines[at].trim()) at++;
            else if (/^\s*([-*]|\d+\.) /.test(lines[at])) {
              const items = [];
              while (at < lines.length && lines[at].trim() && (/^\s*([-*]|\d+\.) /.test(lines[at]) || /^\s/.test(lines[at]))) {
                if (/^\s*([-*]|\d+\.) /.test(lines[at])) items.push(lines[at].replace(/^\s*([-*]|\d+\.) /, '')); else items[items.length - 1] += ' ' + lines[at].trim();
                at++;
              }
              out.push(make('ul', {}, ...items.map(item => make('li', {}, ...inline(item)))));
            } else if (lines[at].startsWith('    ')) {
              let end = at;
              while (end < lines.length && lines[end].startsWith('    ')) end++;
              out.push(make('pre', {}, lines.slice(at, end).map(line => line.slice(4)).join('\n')));
              at = end;
            } else {
              let end = at;
              while (end < lines.length && lines[end].trim() && !lines[end].startsWith('|') && !lines[end].startsWith('```') &&
                !(end > at && /^([-*]|\d+\.) /.test(lines[end]))) end++;
              out.push(make('p', {}, ...inline(lines.slice(at, end).join(' '))));
              at = end;
            }
          }
          return out;
        }
        function table(lines) {
          const cells = line => line.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/).map(cell => cell.trim().replace(/\\\|/g, '|'));
          const isHead = lines.length > 1 && /^\|[\s:|-]+\|?\s*$/.test(lines[1]);
          return make('table', {}, ...(isHead ? [make('tr', {}, ...cells(lines[0]).map(cell => make('th', {}, ...inline(cell))))] : []),
            ...lines.slice(isHead ? 2 : 0).map(line => make('tr', {}, ...cells(line).map(cell => make('td', {}, ...inline(cell))))));
        }
        """#
}
