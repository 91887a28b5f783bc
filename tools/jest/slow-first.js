'use strict';
/**
 * Jest runs large files first where it does not know how long they took, as on a new machine. The longest are not large:
 * one that begins last would keep one worker busy while the others have nothing left.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

/** By seconds; a new one belongs here when it takes more than some twenty. */
const SLOW = [
  'winnow/src/demo/kill-demo',
  'trainer/src/export/export-photographs',
  'winnow/src/kill-build',
  'curator/src/upkeep/rescue/rescue-project',
  'training/src/refine/refine-teacher',
  'models/src/formats/exported-networks',
  'crawler/src/jobs/worker',
  'crawler/src/jobs/crawl-project',
  'training/src/refine/refined-teacher',
  'trainer/src/look-while-training',
  'db/src/rescue-database',
  'models/src/goldens',
  'trainer/src/training-commands',
  'winnow/src/image-host-behaviours',
  'curator/src/build/build-project',
  'curator/src/upkeep/keep-data-sets',
  'curator/src/import/import-images',
  'models/src/formats/reduced-precision',
  'training/src/loop/fine-tuning',
  'crawler/src/browser/browser-pages',
  'training/src/methods',
  'studio/src/server/studio-pages',
].map((name) => `/${name}.spec.ts`);

module.exports = class SlowFirst extends Sequencer {
  sort(tests) {
    const placeOf = ({ path }) => {
      const place = SLOW.findIndex((name) => path.endsWith(name));
      return place < 0 ? SLOW.length : place;
    };
    return [...super.sort(tests)].sort((a, b) => placeOf(a) - placeOf(b));
  }
};
