'use strict';
/**
 * Jest runs large files first where it does not know how long they took, as on a new machine. The longest are not large:
 * one that begins last would keep one worker busy while the others have nothing left.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

/** By seconds; a new one belongs here when it takes more than some twenty. */
const SLOW = [
  'winnow/src/demo/kill-demo',
  'training/src/refine/refine-teacher',
  'models/src/formats/exported-networks',
  'trainer/src/training-commands',
  'trainer/src/export/export-photographs',
  'models/src/goldens',
  'winnow/src/kill-build',
  'trainer/src/student/open-student-run',
  'training/src/refine/refined-teacher',
  'crawler/src/jobs/worker',
  'crawler/src/jobs/crawl-project',
  'trainer/src/export/export-network',
  'curator/src/upkeep/rescue/rescue-project',
  'models/src/formats/reduced-precision',
  'training/src/methods',
  'noise/src/partitions/winnow/winnow-split',
  'db/src/rescue-database',
  'curator/src/build/build-project',
  'curator/src/upkeep/keep-data-sets',
  'winnow/src/image-host-behaviours',
  'curator/src/import/import-images',
  'training/src/loop/fine-tuning',
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
