import type { JsonValue } from '@winnow/contracts';
import { BLOCK_ADVICE } from '../listing/suspension';
import type { EngineCheck } from './engines-check-probe';

/** The health table, for people. */
export function engineChecksReport(checks: readonly EngineCheck[]): readonly string[] {
  const head = ['engine', 'kind', 'answer', 'hits', 'ms', 'key', ''];
  const rows = checks.map((check) => [
    check.engine.name,
    check.engine.kind,
    check.class ?? check.failure?.outcome ?? '-',
    check.class === null ? '-' : String(check.hits),
    check.millis === null ? '-' : String(Math.round(check.millis)),
    check.key ?? '-',
    remark(check),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function remark({ engine, failure, key, millis, reason, suspendedUntil }: EngineCheck): string {
  if (suspendedUntil !== null) {
    const why = reason === null ? 'it could not be reached' : (BLOCK_ADVICE[reason] ?? reason);
    return `left alone until ${suspendedUntil.toISOString()}: ${why}`;
  }
  if (key === 'missing') return `set ${engine.keyVariable ?? 'its key'}`;
  if (failure !== null) return failure.detail;
  if (millis === null) return 'asked only when named';
  return '';
}

/** One row of the table for programs. */
export function engineCheckToJson(check: EngineCheck): { readonly [key: string]: JsonValue } {
  const { engine, failure, suspendedUntil } = check;
  return {
    engine: engine.name,
    kind: engine.kind,
    asked: check.millis !== null,
    class: check.class,
    failure: failure === null ? null : { outcome: failure.outcome, detail: failure.detail },
    hits: check.hits,
    millis: check.millis,
    suspendedUntil: suspendedUntil?.toISOString() ?? null,
    reason: check.reason,
    key: check.key,
    keyVariable: engine.keyVariable ?? null,
  };
}
