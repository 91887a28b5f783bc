/**
 * Holds the leaks that a build found to the pairs of ciFAIR.
 * @param exclusions of the build, as listExclusions gives them
 * @param digests paths (train/..., test/...) by digest
 * @param pairs text of cifair-pairs.csv: judgment,train_path,test_path,rmse,second_rmse,clear
 */
export function leakFigures({ exclusions, digests, pairs }) {
  const rows = readPairs(pairs);
  const leakOf = new Map();
  for (const { sha256, outcome, detail } of exclusions) {
    if (outcome !== 'leak') continue;
    for (const file of digests.get(sha256) ?? []) if (file.startsWith('train/')) leakOf.set(file, detail);
  }
  const figuresOf = (chosen) => {
    const found = chosen.filter(({ train }) => leakOf.has(train));
    return {
      pairs: chosen.length,
      found: found.length,
      /** The leak names the very test image of the pair. */
      exact: found.filter(({ train, test }) => leakOf.get(train).includes(test.replace(/^test\//, ''))).length,
      missed: chosen.filter(({ train }) => !leakOf.has(train)),
    };
  };
  const listed = new Set(rows.map(({ train }) => train));
  const duplicates = {};
  for (const { outcome } of exclusions) {
    if (outcome.startsWith('duplicate_')) duplicates[outcome] = (duplicates[outcome] ?? 0) + 1;
  }
  return {
    leaks: leakOf.size,
    clear: figuresOf(rows.filter(({ clear }) => clear)),
    unclear: figuresOf(rows.filter(({ clear }) => !clear)),
    falseAlarms: [...leakOf]
      .filter(([train]) => !listed.has(train))
      .map(([train, detail]) => ({ train, detail }))
      .sort((a, b) => (a.train < b.train ? -1 : 1)),
    duplicates,
  };
}

function readPairs(text) {
  const [header, ...lines] = text.trim().split(/\r?\n/);
  const names = header.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    const value = (name) => fields[names.indexOf(name)];
    return {
      train: value('train_path'),
      test: value('test_path'),
      rmse: Number(value('rmse')),
      judgment: value('judgment'),
      clear: value('clear') === '1',
    };
  });
}
