const UNIT_MILLIS = { h: 3600_000, d: 24 * 3600_000, w: 7 * 24 * 3600_000 } as const;

/** The time that `2026-01-31`, an ISO date and time, or `30d`, `12h`, `2w` ago stands for; undefined for anything else. */
export function sinceDate(text: string, nowMillis: number): Date | undefined {
  const ago = /^(\d{1,6})([hdw])$/.exec(text.trim());
  if (ago !== null) return new Date(nowMillis - Number(ago[1]) * UNIT_MILLIS[ago[2] as keyof typeof UNIT_MILLIS]);
  if (!/^\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?$/.test(text.trim())) return undefined;
  const date = new Date(text.trim());
  return Number.isNaN(date.getTime()) ? undefined : date;
}
