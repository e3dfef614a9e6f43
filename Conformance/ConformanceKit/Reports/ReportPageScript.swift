/// What the page does: it reads the data, applies the filters, and makes rows and details when they are looked at. Every
/// text of a report goes into the page as text, never as HTML.
enum ReportPageScript {
    static let text = #"""
        'use strict';
        const data = JSON.parse(document.getElementById('data').textContent);
        const V = Object.fromEntries(data.verdicts.map((name, index) => [name, index]));
        // The worst of several cells is shown: the first of these that occurs.
        const order = ['fail', 'unexpected-pass', 'error', 'expected-fail', 'pass-nonstrict', 'pass', 'skipped', 'unsupported'].map(name => V[name]);
        const rank = []; order.forEach((verdict, place) => rank[verdict] = place);
        const colour = { 'pass': 'pass', 'pass-nonstrict': 'nonstrict', 'fail': 'fail', 'unexpected-pass': 'surprise', 'error': 'error',
          'expected-fail': 'known', 'skipped': 'skipped', 'unsupported': 'unsupported' };
        const sign = { 'fail': 'bad', 'unexpected-pass': 'bad', 'error': 'bad', 'expected-fail': 'warn' };
        const $ = id => document.getElementById(id);
        const number = value => value.toLocaleString('en').replace(/,/g, ' ');

        function make(tag, attributes, ...children) {
          const element = document.createElement(tag);
          for (const [name, value] of Object.entries(attributes || {})) {
            if (name === 'class') element.className = value;
            else if (name === 'style') element.style.cssText = value;
            else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
            else element.setAttribute(name, value);
          }
          element.append(...children);
          return element;
        }
        const square = (verdict, title) => make('i', {
          class: 'q ' + (verdict === undefined ? '' : sign[data.verdicts[verdict]] || ''),
          style: '--c:var(--' + (verdict === undefined ? 'none' : colour[data.verdicts[verdict]]) + ')', title: title || '' });

        // Cells, by target and case; and the cases of each clause.
        const protocols = new Set();
        const targets = data.targets.map(target => {
          const byCase = new Map();
          for (let at = 0; at < target.cells.length; at += 5) {
            const [index, role, protocol, verdict, detail] = target.cells.slice(at, at + 5);
            if (!byCase.has(index)) byCase.set(index, []);
            byCase.get(index).push({ role, protocol, verdict, detail });
            protocols.add(protocol);
          }
          return { ...target, label: target.version && target.version !== 'unknown' ? target.name + ' ' + target.version : target.name, byCase, shown: true };
        });
        const columns = [...protocols].sort((a, b) => a - b).filter(protocol => protocol > 0);
        const cases = data.cases.map(([id, title, clauses, level, flags]) => ({ id, title, clauses, level, flags }));
        const casesOf = new Map();
        cases.forEach((one, index) => one.clauses.forEach(clause => {
          if (!casesOf.has(clause)) casesOf.set(clause, []);
          casesOf.get(clause).push(index);
        }));
        const documents = data.documents.map(one => ({ ...one, clauses: one.clauses.map(
          ([id, level, range, title, summary, text, reason]) => ({ id, level, range, title, summary, text, reason })) }));

        // --- Filters

        const state = () => ({ words: $('search').value.toLowerCase().split(/\s+/).filter(Boolean), verdict: $('verdict').value, role: $('role').value,
          level: $('level').value, flag: $('flag').value, document: $('document').value, covered: $('covered').value });
        const groups = { 'not passing': ['fail', 'unexpected-pass', 'error', 'expected-fail', 'pass-nonstrict'],
          'failing the run': ['fail', 'unexpected-pass', 'error'] };
        const wanted = verdict => new Set((groups[verdict] || [verdict]).map(name => V[name]));

        /** The cells of a clause that the filters leave, by target. */
        function cellsOf(clause, filter) {
          const verdicts = filter.verdict ? wanted(filter.verdict) : null;
          const role = filter.role ? data.roles.indexOf(filter.role) : -1;
          const indices = (casesOf.get(clause.id) || []).filter(index => !filter.flag || cases[index].flags.includes(filter.flag));
          let fits = !verdicts;
          const found = targets.map(target => {
            if (!target.shown) return [];
            const cells = [];
            for (const index of indices) for (const cell of target.byCase.get(index) || []) {
              if (role >= 0 && cell.role !== role) continue;
              if (verdicts && verdicts.has(cell.verdict)) fits = true;
              cells.push({ ...cell, index });
            }
            return cells;
          });
          if ((role >= 0 || filter.flag) && !found.some(cells => cells.length)) fits = false;
          return { fits, found, indices };
        }
        function isMeant(clause, filter) {
          if (filter.level && clause.level !== filter.level) return false;
          const has = casesOf.has(clause.id);
          if (filter.covered === '1' && !has || filter.covered === '0' && has) return false;
          if (filter.words.length) {
            const hay = (clause.haystack ||= [clause.id, clause.title, clause.text, ...(casesOf.get(clause.id) || []).map(
              index => cases[index].id + ' ' + cases[index].title)].join(' ').toLowerCase());
            if (!filter.words.every(word => hay.includes(word))) return false;
          }
          return true;
        }
        const worst = cells => cells.reduce((found, cell) => found === undefined || rank[cell.verdict] < rank[found] ? cell.verdict : found, undefined);

        // --- The page

        function bar(counts) {
          const total = counts.reduce((sum, count) => sum + count, 0);
          return make('div', { class: 'bar' }, ...order.filter(verdict => counts[verdict]).map(verdict => make('i', {
            style: `width:${100 * counts[verdict] / total}%;background:var(--${colour[data.verdicts[verdict]]})`, title: data.verdicts[verdict] })));
        }
        function countCells(lists) {
          const counts = data.verdicts.map(() => 0);
          for (const cells of lists) for (const cell of cells) counts[cell.verdict]++;
          return counts;
        }
        function showTargets() {
          $('targets').replaceChildren(...targets.map(target => {
            const counts = countCells(target.byCase.values());
            const total = counts.reduce((sum, count) => sum + count, 0);
            return make('button', { type: 'button', class: 'target', 'aria-pressed': target.shown, title: 'Show or hide',
              onclick: () => { target.shown = !target.shown; showTargets(); show(); } },
              make('b', {}, target.label), make('span', { class: 'count' }, number(total) + ' cells'), bar(counts),
              make('div', { class: 'figures' }, ...order.filter(verdict => counts[verdict]).map(verdict => make('span', {
                style: `--c:var(--${colour[data.verdicts[verdict]]})` }, number(counts[verdict]) + ' ' + data.verdicts[verdict]))),
              make('code', {}, target.command));
          }));
        }
        function strip(cells, target) {
          const other = cells.filter(cell => cell.protocol === 0);
          if (other.length && other.length === cells.length) {
            const verdict = worst(other);
            return make('span', { class: 'strip' }, ...columns.map(() => square(verdict, `${target.label}: ${data.verdicts[verdict]}`)));
          }
          return make('span', { class: 'strip' }, ...columns.map(protocol => {
            const here = cells.filter(cell => cell.protocol === protocol || cell.protocol === 0);
            const verdict = worst(here);
            return square(verdict, `${target.label}, protocol ${protocol}: ` + (verdict === undefined ? 'no cell' :
              `${data.verdicts[verdict]} (${here.filter(cell => cell.verdict === verdict).length} of ${here.length})`));
          }));
        }
        function row(clause, cells) {
          const shown = targets.map((target, index) => [target, cells.found[index]]).filter(([target]) => target.shown);
          const button = make('button', { type: 'button', class: 'row', id: clause.id, 'aria-expanded': 'false', onclick: () => toggle(clause, button) },
            make('span', { class: 'id' }, clause.id),
            make('span', { class: 'strips' }, ...shown.map(([target, found]) => strip(found, target))),
            make('span', { class: 'what' }, make('small', {}, clause.level + (clause.range && clause.range !== '27-32' ? ' ' + clause.range : '') + ' '),
              ...inline(clause.title || clause.summary)));
          return button;
        }
        const last = columns[columns.length - 1], first = columns[0];
        function head() {
          return make('div', { class: 'head' }, make('span', {}, 'clause'), make('span', { class: 'strips' }, ...targets.filter(target => target.shown).map(
            target => make('span', { class: 'name', title: target.label }, target.name, make('br'), target.version === 'unknown' ? '' : target.version))),
            make('span', { class: 'what' }, ''));
        }
        const opened = new Set();
        function show() {
          const filter = state();
          let clauses = 0;
          const isNarrow = filter.words.length || filter.verdict || filter.flag || filter.role || filter.level || filter.covered || filter.document;
          const sections = [];
          for (const one of documents) {
            if (filter.document && one.name !== filter.document) continue;
            const rows = [];
            for (const clause of one.clauses) {
              if (!isMeant(clause, filter)) continue;
              const cells = cellsOf(clause, filter);
              if (cells.fits) rows.push([clause, cells]);
            }
            if (!rows.length) continue;
            clauses += rows.length;
            const section = make('details', { class: 'document' }, make('summary', {}, make('span', {}, make('b', {}, one.title.split(': ')[0]),
              make('small', {}, one.title.split(': ').slice(1).join(': '))),
              make('span', { class: 'count' }, number(rows.length) + (rows.length === 1 ? ' clause' : ' clauses')),
              bar(countCells(rows.flatMap(([, cells]) => cells.found)))));
            // A document has hundreds of rows: they are made when they are looked at.
            const fill = () => { if (section.children.length === 1) section.append(head(), ...rows.map(([clause, cells]) => row(clause, cells))); };
            section.fill = fill;
            section.names = new Set(rows.map(([clause]) => clause.id));
            section.addEventListener('toggle', () => {
              if (section.open) { fill(); opened.add(one.name); } else if (section.isConnected) opened.delete(one.name);
            });
            if (opened.has(one.name) || isNarrow && clauses <= 400) { fill(); section.open = true; }
            sections.push(section);
          }
          $('list').replaceChildren(...sections);
          $('found').textContent = clauses ? `${number(clauses)} clauses` + (isNarrow ? ' fit' : '') : 'No clause fits.';
        }

        // --- One clause, opened

        function toggle(clause, button) {
          const isOpen = button.getAttribute('aria-expanded') === 'true';
          button.setAttribute('aria-expanded', String(!isOpen));
          if (isOpen) { button.nextElementSibling.remove(); return; }
          button.after(detail(clause));
          history.replaceState(null, '', '#' + clause.id);
        }
        function detail(clause) {
          const cells = cellsOf(clause, state());
          const box = make('div', { class: 'detail' },
            make('div', { class: 'level' }, `${clause.id} · ${clause.level} · protocols ${clause.range}`), make('div', { class: 'text' }, ...blocks(clause.text)));
          if (clause.reason) box.append(make('p', { class: 'why' }, 'No case: ' + clause.reason + '.'));
          else if (!cells.indices.length) box.append(make('p', { class: 'why' }, clause.level === 'NOTE' ? 'A note: it states no behaviour of its own.' : 'No case in this run.'));
          for (const index of cells.indices) {
            const one = cases[index];
            // Implementations with the same results are told together.
            const groups = new Map();
            targets.forEach((target, at) => {
              const found = cells.found[at].filter(cell => cell.index === index);
              if (!found.length) return;
              const kinds = kindsOf(found);
              const key = kinds.every(kind => kind.cells.every(cell => !cell.text.includes('\n'))) ?
                kinds.map(kind => [kind.verdict, kind.why, places(kind.cells)].join(' ')).join('|') : target.label;
              if (!groups.has(key)) groups.set(key, { labels: [], kinds });
              groups.get(key).labels.push(target.label);
            });
            if (!groups.size) continue;
            box.append(make('div', { class: 'case' }, make('h3', {}, ...inline(one.title)),
              make('div', { class: 'id' }, [one.id, one.level, ...one.flags].join(' · ')),
              ...[...groups.values()].map(group => results(group.labels.join(', '), group.kinds))));
          }
          return box;
        }
        /** Cells with the same verdict and the same words, the worst first. */
        function kindsOf(found) {
          const kinds = new Map();
          for (const cell of found) {
            const text = cell.detail < 0 ? '' : data.details[cell.detail];
            const key = cell.verdict + ' ' + text.split('\n')[0];
            if (!kinds.has(key)) kinds.set(key, { verdict: cell.verdict, why: text.split('\n')[0], cells: [] });
            kinds.get(key).cells.push({ ...cell, text });
          }
          return [...kinds.values()].sort((a, b) => rank[a.verdict] - rank[b.verdict]);
        }
        function results(label, kinds) {
          return make('div', { class: 'of' }, make('b', {}, label), make('ul', {}, ...kinds.map(kind => {
            const name = data.verdicts[kind.verdict];
            const pale = name === 'unsupported' || name === 'skipped' || name === 'pass-nonstrict';
            const item = make('li', {}, make('span', { class: 'v' + (pale ? ' pale' : ''), style: `--c:var(--${colour[name]})` }, name),
              make('span', { class: 'cells' }, places(kind.cells)));
            if (kind.why) item.append(make('div', { class: 'why' }, kind.why));
            const more = kind.cells.filter(cell => cell.text.includes('\n'));
            for (const cell of more) item.append(make('details', {}, make('summary', {}, `${data.roles[cell.role]}, protocol ${cell.protocol || 'any'}`),
              make('pre', {}, cell.text.split('\n').slice(1).join('\n').replace(/^\n+/, ''))));
            if (more.length === 1) item.lastChild.open = true;
            return item;
          })));
        }
        function places(cells) {
          return data.roles.map((name, role) => {
            const numbers = [...new Set(cells.filter(cell => cell.role === role).map(cell => cell.protocol))].sort((a, b) => a - b).filter(Boolean);
            if (!cells.some(cell => cell.role === role)) return '';
            const runs = [];
            for (const value of numbers) {
              const run = runs[runs.length - 1];
              if (run && run[1] === value - 1) run[1] = value; else runs.push([value, value]);
            }
            return name + ' ' + runs.map(([low, high]) => low === high ? low : low + '–' + high).join(', ');
          }).filter(Boolean).join(' · ');
        }

        // --- As much Markdown as the clauses use

        \#(ReportPageMarkdown.functions)

        // --- Start

        function options(id, values, label) {
          $(id).append(make('option', { value: '' }, label || 'all'), ...values.map(value => Array.isArray(value) ? make('option', { value: value[0] }, value[1]) :
            make('option', { value }, value)));
        }
        options('verdict', [...Object.keys(groups), ...order.map(verdict => data.verdicts[verdict])]);
        options('role', data.roles.filter(role => data.targets.some(target => target.roles.includes(role))));
        options('level', ['MUST', 'SHOULD', 'MAY', 'NOTE']);
        options('flag', [...new Set(cases.flatMap(one => one.flags))].sort());
        options('document', documents.map(one => [one.name, one.title]));
        $('filters').addEventListener('input', show);
        $('filters').addEventListener('reset', () => setTimeout(show));
        $('filters').addEventListener('submit', event => event.preventDefault());
        $('more').addEventListener('click', () => $('more').setAttribute('aria-expanded', String($('filters').classList.toggle('open'))));
        $('legend').append(...order.map(verdict => make('span', {}, square(verdict), data.verdicts[verdict])), make('span', {}, square(undefined), 'no cell'));
        const dates = [...new Set(data.targets.map(target => target.date.slice(0, 10)))].sort();
        $('about').textContent = `${number(documents.reduce((sum, one) => sum + one.clauses.length, 0))} clauses, ${number(cases.length)} cases; ` +
          `each square is a protocol, ${first}–${last}, with the worst of its cells. ${dates.join(', ')}`;
        showTargets();
        show();
        const placeHeads = () => document.documentElement.style.setProperty('--bartop', $('filters').offsetHeight + 'px');
        addEventListener('resize', placeHeads);
        placeHeads();
        function follow() {
          const id = decodeURIComponent(location.hash.slice(1));
          const section = [...$('list').children].find(one => one.names.has(id));
          if (!section) return;
          section.fill();
          section.open = true;
          const button = $(id);
          if (button.getAttribute('aria-expanded') !== 'true') button.click();
          button.scrollIntoView();
        }
        addEventListener('hashchange', follow);
        if (location.hash) follow();
        """#
}
