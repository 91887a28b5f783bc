/** Headings of `winnow --help`, in order. */
export const COMMAND_GROUPS = { data: 'Data:', learning: 'Learning:', upkeep: 'Upkeep:' } as const;

/** Which app owns a command, and its line in `winnow --help`: known without loading the app. */
export interface CommandEntry {
  readonly name: string;
  readonly app: 'crawler' | 'curator' | 'trainer' | 'studio' | 'winnow';
  /** Where `winnow --help` lists it. */
  readonly group: keyof typeof COMMAND_GROUPS;
  readonly summary: string;
}

/** In the order in which a person meets them. A spec holds this list to what the apps export. */
export const COMMAND_TABLE: readonly CommandEntry[] = [
  {
    name: 'demo',
    app: 'winnow',
    group: 'data',
    summary: 'Run the whole path offline on images that come with winnow',
  },
  { name: 'init', app: 'winnow', group: 'data', summary: 'Write a project file for a list of class names' },
  { name: 'run', app: 'winnow', group: 'data', summary: 'Do all steps of a project in order' },
  {
    name: 'crawl',
    app: 'crawler',
    group: 'data',
    summary: 'Search the web for the classes and download what is found',
  },
  {
    name: 'forget',
    app: 'crawler',
    group: 'data',
    summary: 'Remove images by URL, host or digest, and never fetch them again',
  },
  {
    name: 'embed',
    app: 'trainer',
    group: 'data',
    summary: 'Store what a network sees in the images, for `build` to find crops of one',
  },
  { name: 'import', app: 'curator', group: 'data', summary: 'Take images that winnow did not crawl into a project' },
  { name: 'build', app: 'curator', group: 'data', summary: 'Clean what was crawled and write it as a data set' },
  { name: 'verify', app: 'curator', group: 'upkeep', summary: 'Check every byte of a data set against its index' },
  { name: 'diff', app: 'curator', group: 'upkeep', summary: 'Compare two data sets of a project' },
  { name: 'gc', app: 'curator', group: 'upkeep', summary: 'Remove builds and files that nothing needs any more' },
  {
    name: 'db',
    app: 'curator',
    group: 'upkeep',
    summary: 'Make a new embedded database from what is left of a damaged one',
  },
  {
    name: 'store',
    app: 'curator',
    group: 'upkeep',
    summary: 'Copy originals into a store that machines share, or back',
  },
  { name: 'split', app: 'trainer', group: 'learning', summary: 'Tell clean, closed and open label noise apart' },
  { name: 'train', app: 'trainer', group: 'learning', summary: 'Distil a student from the data set' },
  {
    name: 'compare',
    app: 'trainer',
    group: 'learning',
    summary: 'Train several methods at several seeds, and put them side by side',
  },
  {
    name: 'evaluate',
    app: 'trainer',
    group: 'learning',
    summary: 'Measure finished students of the newest data set on the test images, into evaluation.json of each run',
  },
  {
    name: 'runs',
    app: 'trainer',
    group: 'learning',
    summary: 'List the students of a project: settings, accuracy, state, which is newest and which best',
  },
  { name: 'predict', app: 'trainer', group: 'learning', summary: 'Classify image files with a trained model' },
  {
    name: 'export',
    app: 'trainer',
    group: 'learning',
    summary: 'Write a trained network as ONNX, TF.js and safetensors in float32, float16 and int8, each measured',
  },
  {
    name: 'bundle',
    app: 'winnow',
    group: 'learning',
    summary: 'Put a student, its cards, attribution, corrections and the report into one folder to hand over',
  },
  { name: 'report', app: 'studio', group: 'data', summary: 'Write one HTML page about data set, split and runs' },
  {
    name: 'studio',
    app: 'studio',
    group: 'data',
    summary: 'Serve a page on this machine to see, measure and correct what was crawled',
  },
  {
    name: 'review',
    app: 'studio',
    group: 'data',
    summary: 'Take decisions from a list, write one, and say what people decided',
  },
  { name: 'status', app: 'winnow', group: 'upkeep', summary: 'Show how far a project is' },
  { name: 'worker', app: 'crawler', group: 'upkeep', summary: 'Work on the crawls of all projects in the database' },
  { name: 'config', app: 'winnow', group: 'upkeep', summary: 'Print the resolved configuration of a project' },
  { name: 'student', app: 'trainer', group: 'learning', summary: 'Import weights that students begin with' },
  { name: 'teacher', app: 'trainer', group: 'learning', summary: 'Train, import or check a teacher' },
  {
    name: 'models',
    app: 'trainer',
    group: 'learning',
    summary: 'List the network architectures: what they cost, and where pretrained weights come from',
  },
  {
    name: 'engines',
    app: 'crawler',
    group: 'upkeep',
    summary: 'List search engines, check how they are, or parse a saved answer of one',
  },
  {
    name: 'bench',
    app: 'trainer',
    group: 'learning',
    summary: 'Measure splits and students on worlds of known truth (speed beside others: `npm run bench` in the clone)',
  },
  { name: 'doctor', app: 'winnow', group: 'upkeep', summary: 'Tell what this machine can do, and what is missing' },
];
