import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import type { CommandInput, CommandIo, CommandResult, JsonValue } from '@winnow/contracts';
import { openDatabase } from '@winnow/db';
import { recordImport } from '@winnow/runs';
import { importPictures } from './import-pictures';
import { importExitCode, importReport } from './import-report';
import type { SourceKind, SourceOptions } from './import-source';
import { openSource } from './open-source';
import { shorten } from './shorten';
import { sourceName } from './source-name';
import { writeProject } from './write-project';

/** Largest file while there is no project that says otherwise: the default of `harvest.maxBytes`. */
const DEFAULT_MAX_BYTES = 20_000_000;

/** Imports a source into the project of a file, which is written first where it is not there. @throws WinnowError */
export async function runImport(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const file = String(input.arguments['project']);
  const sourcePath = path.resolve(io.cwd, String(input.arguments['source']));
  const load = (): Promise<ProjectConfig> => loadProject(file, { cwd: io.cwd, env: io.env });
  const absolute = path.resolve(io.cwd, file);
  const found = existsSync(absolute) ? await load() : null;
  const options = sourceOptions(input.options, found);
  const source = await openSource(sourcePath, options);
  for (const note of source.notes) io.log(shorten(note, 300));
  if (found === null) {
    const classes = await writeProject(absolute, source, sourcePath);
    io.log(`Wrote ${file} with ${classes.length} classes.`);
  }
  const config = found ?? (await load());
  const database = await openDatabase({
    url: config.databaseUrl,
    stateDir: config.paths.state,
    holder: 'winnow import',
  });
  try {
    const counts = await importPictures({ config, db: database.db, source, io });
    await recordImport(config.paths.state, {
      project: config.name,
      source: source.name,
      kind: source.kind,
      refused: Object.fromEntries(counts.outcomes),
      origin: { path: sourcePath, options: options as unknown as JsonValue },
    });
    return {
      exitCode: importExitCode(counts),
      ...importReport(counts, { file, source, created: found === null }),
    };
  } finally {
    await database.close();
  }
}

function sourceOptions(options: CommandInput['options'], config: ProjectConfig | null): SourceOptions {
  const text = (name: string): string | undefined => (options[name] === undefined ? undefined : String(options[name]));
  return {
    kind: text('as') as SourceKind | undefined,
    name: sourceName(text('name')),
    classColumn: text('classColumn'),
    pathColumn: text('pathColumn'),
    urlColumn: text('urlColumn'),
    classes: (options['classes'] as readonly string[] | undefined) ?? null,
    projectClasses: config?.classes.map(({ name }) => name) ?? null,
    maxBytes: config?.harvest.maxBytes ?? DEFAULT_MAX_BYTES,
  };
}
