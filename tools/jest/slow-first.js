'use strict';
/**
 * Jest runs large files first where it does not know how long they took, as on a new machine. The longest are not large:
 * one that begins last would keep one worker busy while the others have nothing left.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

/** By seconds; a new one belongs here when it takes more than some twenty. */
const SLOW = [
  'winnow/src/demo/kill-demo',
  'crawler/src/jobs/worker',
  'trainer/src/export/export-photographs',
  'training/src/refine/refine-teacher',
  'models/src/formats/exported-networks',
  'winnow/src/kill-build',
  'curator/src/upkeep/rescue/rescue-project',
  'crawler/src/jobs/crawl-project',
  'studio/src/decisions/kill-studio',
  'training/src/refine/refined-teacher',
  'models/src/goldens',
  'trainer/src/import-teacher/import-teacher',
  'trainer/src/export/export-network',
  'trainer/src/training-commands',
  'trainer/src/look-while-training',
  'winnow/src/bad-machine',
  'studio/src/server/studio-pages',
  'winnow/src/image-host-behaviours',
  'crawler/src/hostile-text',
  'training/src/methods',
  'trainer/src/import-teacher/zero-shot-teacher',
  'crawler/src/browser/browser-pages',
  'studio-page/src/accessibility',
  'curator/src/build/build-project',
  'curator/src/upkeep/keep-data-sets',
  'trainer/src/import-teacher/zero-shot-project',
  'models/src/formats/reduced-precision',
  'studio-page/src/studio-page',
].map((name) => `/${name}.spec.ts`);

module.exports = class SlowFirst extends Sequencer {
  async sort(tests) {
    const placeOf = ({ path }) => {
      const place = SLOW.findIndex((name) => path.endsWith(name));
      return place < 0 ? SLOW.length : place;
    };
    return [...(await super.sort(tests))].sort((a, b) => placeOf(a) - placeOf(b));
  }
};
