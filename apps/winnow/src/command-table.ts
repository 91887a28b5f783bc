/** Which app owns a command, and its line in `winnow --help`: known without loading the app. */
export interface CommandEntry {
  readonly name: string;
  readonly app: 'crawler' | 'curator' | 'trainer' | 'studio' | 'winnow';
  readonly summary: string;
  /** Another app that has subcommands of the same command. */
  readonly alsoApp?: CommandEntry['app'];
}

/** In the order in which a person meets them. A spec holds this list to what the apps export. */
export const COMMAND_TABLE: readonly CommandEntry[] = [
  { name: 'demo', app: 'winnow', summary: 'Run the whole path offline on pictures that come with winnow' },
  { name: 'init', app: 'winnow', summary: 'Write a project file for a list of class names' },
  { name: 'run', app: 'winnow', summary: 'Do all steps of a project in order' },
  { name: 'crawl', app: 'crawler', summary: 'Search the web for the classes and download what is found' },
  { name: 'forget', app: 'crawler', summary: 'Remove pictures by URL, host or digest, and never fetch them again' },
  {
    name: 'embed',
    app: 'trainer',
    summary: 'Store what a network sees in the pictures, for `build` to find crops of one',
  },
  { name: 'import', app: 'curator', summary: 'Take pictures that winnow did not crawl into a project' },
  { name: 'build', app: 'curator', summary: 'Clean what was crawled and write it as a data set' },
  { name: 'verify', app: 'curator', summary: 'Check every byte of a data set against its index' },
  { name: 'diff', app: 'curator', summary: 'Compare two data sets of a project' },
  { name: 'gc', app: 'curator', summary: 'Remove builds and files that nothing needs any more' },
  { name: 'db', app: 'curator', summary: 'Make a new embedded database from what is left of a damaged one' },
  { name: 'split', app: 'trainer', summary: 'Tell clean, closed and open label noise apart' },
  { name: 'train', app: 'trainer', summary: 'Distil a student from the data set' },
  { name: 'compare', app: 'trainer', summary: 'Train several methods at several seeds, and put them side by side' },
  {
    name: 'evaluate',
    app: 'trainer',
    summary: 'Measure finished students of the newest data set on the test pictures, into evaluation.json of each run',
  },
  {
    name: 'runs',
    app: 'trainer',
    summary: 'List the students of a project: settings, accuracy, state, which is newest and which best',
  },
  { name: 'predict', app: 'trainer', summary: 'Classify picture files with a trained model' },
  {
    name: 'export',
    app: 'trainer',
    summary: 'Write a trained network as ONNX, TF.js and safetensors, each compared with it',
  },
  { name: 'report', app: 'studio', summary: 'Write one HTML page about data set, split and runs' },
  { name: 'status', app: 'winnow', summary: 'Show how far a project is' },
  { name: 'worker', app: 'crawler', summary: 'Work on the crawls of all projects in the database' },
  { name: 'config', app: 'winnow', summary: 'Print the resolved configuration of a project' },
  { name: 'teacher', app: 'trainer', summary: 'Train, import or check a teacher' },
  { name: 'models', app: 'trainer', summary: 'List the network architectures' },
  {
    name: 'engines',
    app: 'crawler',
    summary: 'List search engines, check how they are, or parse a saved answer of one',
  },
  {
    name: 'bench',
    app: 'trainer',
    alsoApp: 'winnow',
    summary: 'Measure speed beside other programs, and splits and students on worlds of known truth',
  },
  { name: 'doctor', app: 'winnow', summary: 'Tell what this machine can do, and what is missing' },
];
