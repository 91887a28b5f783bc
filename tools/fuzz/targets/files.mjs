import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const buffers = (...texts) => texts.map((text) => Buffer.from(text));
const JSON_LINE = '{"path":"a/b.jpg","class":"robin","n":[1,2,{"x":null}]}\n';

/** Parses what lies in a file of that name. */
function fromFile(name, { corpus, tokens, maxBytes }, use) {
  return async (context) => {
    const file = path.join(context.folder, name);
    return {
      corpus: await corpus(context),
      tokens,
      maxBytes,
      async run(bytes) {
        writeFileSync(file, bytes);
        await use(file, context);
      },
    };
  };
}

async function readTable(file, { requireTypeScript }) {
  const { openTable } = requireTypeScript('libs/shards/src/index.ts');
  const table = await openTable(file);
  for await (const _ of table.rows(undefined, () => undefined));
}

async function parquetCorpus() {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const columnData = [
    { name: 'path', data: ['a.jpg', 'b.jpg', 'c.jpg'], type: 'STRING' },
    { name: 'class', data: ['robin', 'robin', 'tit'], type: 'STRING' },
    { name: 'cls', data: [0, 0, 1], type: 'INT32' },
  ];
  return [
    Buffer.from(parquetWriteBuffer({ columnData })),
    Buffer.from(parquetWriteBuffer({ columnData, codec: 'UNCOMPRESSED' })),
  ];
}

const CSV = {
  corpus: () =>
    buffers(
      'path,class,license\na.jpg,robin,cc0\n"b ""x"".jpg","blue, tit",\n',
      "picture,class\r\nhttp://a.test/1.jpg,open\r\n'=x,?\r\n",
    ),
  tokens: ['"', '""', ',', '\r\n', '\uFEFF', 'image', 'class', '\t'],
};
const YAML = readFileSync(path.resolve(import.meta.dirname, '../../../examples/birds.yaml'));

export const FILE_TARGETS = {
  tar: fromFile(
    'input.tar',
    {
      corpus: tarCorpus,
      tokens: ['ustar\0', '././@PaxHeader', '30 mtime=1350244992.0239\n', 'path=', '0000644\0'],
      maxBytes: 300_000,
    },
    readTar,
  ),
  'shard-index': fromFile(
    'input.tar',
    { corpus: tarCorpus, tokens: ['ustar\0', '.jpg', '.cls', '.json', '0000644\0'], maxBytes: 300_000 },
    (file, { requireTypeScript }) => requireTypeScript('libs/shards/src/index.ts').readShardIndex(file),
  ),
  parquet: fromFile('input.parquet', { corpus: parquetCorpus, tokens: ['PAR1'], maxBytes: 200_000 }, readTable),
  csv: fromFile('input.csv', CSV, readTable),
  jsonl: fromFile(
    'input.jsonl',
    { corpus: () => buffers(JSON_LINE.repeat(3)), tokens: ['{"', '[', '":', '\n', '\\u'] },
    readTable,
  ),
  corrections: fromFile('input.csv', CSV, (file, { requireTypeScript }) =>
    requireTypeScript('libs/config/src/index.ts').loadCorrections(file, ['robin', 'blue tit']),
  ),
  yaml: fromFile(
    'input.yaml',
    {
      corpus: () => [YAML],
      tokens: ['- ', ': ', '&a ', '*a', '!!', '? ', '|', '>', '{', '[', '<<: ', '  ', '---\n', 'classes:', 'harvest:'],
      maxBytes: 200_000,
    },
    (file, { requireTypeScript, folder }) =>
      requireTypeScript('libs/config/src/index.ts').loadProject(file, { cwd: folder, env: {} }),
  ),
};

function tarCorpus({ requireTypeScript }) {
  const { tarBytes } = requireTypeScript('libs/testing/src/index.ts');
  return [
    tarBytes({ '000000.jpg': 'x'.repeat(700), '000000.cls': '3', '000000.json': JSON_LINE }),
    tarBytes({ 'robin/a.jpg': 'y', 'robin/b.jpg': 'z'.repeat(513) }),
  ];
}

async function readTar(file, { requireTypeScript }) {
  const { streamTar } = requireTypeScript('libs/shards/src/index.ts');
  for await (const _ of streamTar(file, { maxBytes: 100_000, special: true }));
}
