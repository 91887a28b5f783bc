import { WinnowError } from '@winnow/contracts';
import type { Engine } from '../engines/engine';
import { ENGINES, isEngineName } from '../engines/engines';

/** The engine of a name that a person typed. @throws WinnowError USAGE */
export function engineByName(name: string): Engine {
  if (isEngineName(name)) return ENGINES[name];
  throw new WinnowError('USAGE', `There is no engine ${name}`, {
    next: `Name one of ${Object.keys(ENGINES).join(', ')}.`,
  });
}
