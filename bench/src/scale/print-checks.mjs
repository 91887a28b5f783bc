/** A check that is well where both are the same as JSON. */
export function checkEqual(name, expected, found) {
  return { name, expected, found, ok: JSON.stringify(expected) === JSON.stringify(found) };
}

/**
 * Says what was found, unless `isJson`, and ends with one line of JSON.
 * @param {{ name: string, expected: unknown, found: unknown, ok: boolean }[]} checks
 * @returns {boolean} whether all are well
 */
export function printChecks(checks, { isJson, ...figures }) {
  for (const { name, expected, found, ok } of isJson ? [] : checks) {
    const told = ok ? JSON.stringify(found) : `${JSON.stringify(found)}, not ${JSON.stringify(expected)}`;
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name}: ${told}\n`);
  }
  const failed = checks.filter(({ ok }) => !ok).length;
  process.stdout.write(`${JSON.stringify({ passed: checks.length - failed, failed, ...figures })}\n`);
  return failed === 0;
}
