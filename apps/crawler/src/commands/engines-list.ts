import type { CommandResult } from '@winnow/contracts';
import type { Engine } from '../engines/engine';
import { ENGINES } from '../engines/engines';

/** Every engine and what there is to know before naming it. */
export function listEngines(): CommandResult {
  const engines: readonly Engine[] = Object.values(ENGINES);
  return {
    exitCode: 0,
    json: {
      engines: engines.map((engine) => ({
        name: engine.name,
        kind: engine.kind,
        transport: engine.transport,
        enabledByDefault: engine.enabledByDefault,
        filters: [...engine.filters],
        filterValues: Object.fromEntries(
          Object.entries(engine.filterValues ?? {}).map(([name, values]) => [name, [...values]]),
        ),
        keyVariable: engine.keyVariable ?? null,
        delayMillis: engine.delayMillis,
        terms: engine.terms,
      })),
    },
    text: engines.flatMap((engine) => [
      `${engine.name.padEnd(12)} ${engine.kind.padEnd(13)} ${engine.transport.padEnd(8)} ` +
        (engine.enabledByDefault ? 'on' : 'off unless named'),
      `  filters: ${filtersText(engine)}`,
      ...(engine.keyVariable === undefined ? [] : [`  key: ${engine.keyVariable}`]),
      `  ${engine.terms}`,
    ]),
  };
}

function filtersText({ filters, filterValues }: Engine): string {
  const names = [...filters].map((name) => {
    const values = filterValues?.[name];
    return values === undefined ? name : `${name} (${values.join(', ')})`;
  });
  return names.join(', ') || 'none';
}
