import { workspace } from './workspace.mjs';

const { isWinnowError, WinnowError } = workspace('@winnow/contracts');

/** Runs a tool; what a person can mend is told in words, with exit code 1, or 2 for a wrong command line. */
export async function runTool(usage, work) {
  try {
    await work();
  } catch (error) {
    const isUsage = error.code === 'USAGE' || String(error.code).startsWith('ERR_PARSE_ARGS');
    if (!isUsage && !isWinnowError(error)) throw error;
    const { message, where, next } = error;
    const lines = [message, ...(where ? [`  where: ${where}`] : []), ...(next ? [`  next: ${next}`] : [])];
    process.stderr.write(`error: ${lines.join('\n')}\n${isUsage ? `usage: ${usage}\n` : ''}`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

/** An option that holds a number. @throws WinnowError USAGE unless it is a whole number or, of shares, within the bounds */
export function numberOption(name, text, { min, max, whole = true }) {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= min && value <= max && (!whole || Number.isSafeInteger(value))) return value;
  throw new WinnowError(
    'USAGE',
    `--${name} ${JSON.stringify(text.slice(0, 40))} is no ${whole ? 'whole ' : ''}number`,
    {
      where: `--${name}`,
      next: `Give one from ${min} to ${max}.`,
    },
  );
}
