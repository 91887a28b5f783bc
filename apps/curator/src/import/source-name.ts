import { WinnowError } from '@winnow/contracts';

const MAX_CHARACTERS = 200;

/** The name that a person gives a source. @throws WinnowError USAGE for one that is empty, too long or cannot be shown */
export function sourceName(stated: string | undefined): string | undefined {
  const name = stated?.trim();
  if (name === undefined) return undefined;
  if (name === '' || name.length > MAX_CHARACTERS || /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) {
    throw new WinnowError('USAGE', 'No name for a source', {
      where: '--name',
      next: `It must have 1 to ${MAX_CHARACTERS} characters, none of them invisible.`,
    });
  }
  return name;
}
