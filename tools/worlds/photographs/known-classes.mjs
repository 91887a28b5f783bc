/** The ten classes, named as the folders of imagenette.tar. */
export const CLASSES = [
  'cassette-player',
  'chain-saw',
  'church',
  'english-springer',
  'french-horn',
  'garbage-truck',
  'gas-pump',
  'golf-ball',
  'parachute',
  'tench',
];

/** What a class is most easily taken for among the others: by where it is found, its colours or its shape. */
export const LIKELY_MISTAKE = {
  'cassette-player': 'french-horn',
  'chain-saw': 'garbage-truck',
  church: 'parachute',
  'english-springer': 'tench',
  'french-horn': 'cassette-player',
  'garbage-truck': 'gas-pump',
  'gas-pump': 'garbage-truck',
  'golf-ball': 'parachute',
  parachute: 'golf-ball',
  tench: 'english-springer',
};

/**
 * Photographs of imagenet-sample.tar that show, or often show, one of the ten classes under another name: breeds that few
 * people tell apart, other players of cassettes, parts of churches.
 */
export const TOO_ALIKE = [
  'Brittany_spaniel',
  'Welsh_springer_spaniel',
  'CD_player',
  'cassette',
  'radio',
  'tape_player',
  'altar',
  'bell_cote',
  'monastery',
  'organ',
  'vault',
];

/**
 * The teacher's name of each class.
 * @param {readonly string[]} labels of its outputs, such as `chain saw, chainsaw`
 * @returns {Record<string, string>}
 */
export function teacherNames(labels) {
  const nameOf = (label) => label.split(',')[0].trim().toLowerCase().replaceAll(' ', '-');
  return Object.fromEntries(
    CLASSES.map((name) => {
      const found = labels.filter((label) => nameOf(label) === name);
      if (found.length !== 1) throw new Error(`${found.length} outputs of the teacher are called ${name}`);
      return [name, found[0]];
    }),
  );
}
