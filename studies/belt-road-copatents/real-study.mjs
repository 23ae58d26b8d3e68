/** The study over real patents: no flags and no words that only hold for the simulation. */
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../packages/panel/package.json', import.meta.url));
const { parseDocument } = require('yaml');

const BULK = 'PatentsView, bulk tables';

/** `panel`: the text of panel.csv. */
export function realStudy(text, panel) {
  const study = parseDocument(text);
  const at = panel.split('\n', 1)[0].split(',').indexOf('patent2');
  const zeros = panel
    .trimEnd()
    .split('\n')
    .slice(1)
    .filter((row) => row.split(',')[at] === '0').length;
  study.set('title', study.get('title').replace(' (partly simulated)', ''));
  study.delete('lede');
  for (const { key } of study.getIn(['data', 'tables']).items)
    study.deleteIn(['data', 'tables', key.value, 'simulated']);
  for (const name of ['collaboration', 'patent1', 'patent2']) study.deleteIn(['variables', name, 'simulated']);
  for (const name of ['collaboration', 'lnpatent1', 'lnpatent2']) study.setIn(['variables', name, 'source'], BULK);
  const [, , year, range] = study.toJS().notes;
  study.set(
    'notes',
    study.createNode([
      'Simulated: the innovation index and the relation level (simulate.mjs). All else is real.',
      year,
      range,
    ]),
  );
  if (zeros > 0) {
    study.setIn(['derive', 'lnpatent2'], 'log(1 + patent2)');
    study.setIn(['variables', 'lnpatent2', 'unit'], 'ln (1 + patents)');
    study.get('notes').add(`In ${zeros} rows the partner has no patent: its patents stand as ln (1 + patents).`);
  }
  return study.toString({ lineWidth: 0, flowCollectionPadding: false });
}
