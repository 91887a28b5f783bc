import { DecisionFinder } from '@winnow/config';
import type { UnplacedSample } from '../build/sample-of';
import type { SplitVerdict } from './base-split';
import { relabeller } from './relabel';
import type { Relabel } from './relabel';

const CLASSES = ['hawk', 'owl', 'wren'];
const NOTHING = new DecisionFinder({ file: '', rows: [] }, CLASSES);
const sampleOf = (className: string): UnplacedSample =>
  ({ sha256: 's', className, label: CLASSES.indexOf(className), provenance: [], conflicts: [] }) as never;
const verdict = (kind: SplitVerdict['kind'], refinedClass = 'hawk'): SplitVerdict => ({
  ...{ className: 'owl', kind, refinedClass, pClean: 0, pClosed: 0, pOpen: 0 },
});
const labelOf = (relabel: Relabel, sample: UnplacedSample, judged: SplitVerdict | undefined) => {
  const found = relabel({ sample, verdict: judged, copies: [] });
  return typeof found === 'string' ? found : found.className;
};

describe('the label of a sample in a cleaned data set', () => {
  it('is not called right where the split judged another one', () => {
    const given = relabeller({ labels: 'given' } as never, CLASSES, NOTHING);
    expect(labelOf(given, sampleOf('owl'), verdict('clean'))).toBe('owl');
    // Listed under owl and hawk, judged as an owl, and now under hawk alone.
    expect(labelOf(given, sampleOf('hawk'), verdict('clean'))).toBe('the split judged it under owl');
    expect(labelOf(given, sampleOf('hawk'), verdict('closed', 'hawk'))).toBe('hawk');
    expect(labelOf(given, sampleOf('hawk'), undefined)).toBe('hawk');
    const refined = relabeller({ labels: 'refined' } as never, CLASSES, NOTHING);
    expect(labelOf(refined, sampleOf('hawk'), verdict('clean'))).toBe('owl');
    expect(labelOf(refined, sampleOf('owl'), verdict('open'))).toBe('owl');
  });

  it('is one of the classes that the data set holds', () => {
    const refined = relabeller({ labels: 'refined', classes: ['owl', 'wren'] }, CLASSES, NOTHING);
    expect(labelOf(refined, sampleOf('owl'), verdict('closed', 'hawk'))).toContain(
      'hawk, which build.classes leaves out',
    );
    expect(labelOf(refined, sampleOf('owl'), verdict('closed', 'wren'))).toBe('wren');
  });
});
