import { settingsOfRoles } from './identity-roles';
import type { IdentityRoles } from './identity-roles';

interface Settings {
  readonly rate: number;
  readonly seed?: number;
  readonly workers: number;
}
const ROLES: IdentityRoles<Settings> = { rate: 'result', seed: 'varied', workers: 'none' };

describe('settingsOfRoles', () => {
  it('keeps those of the roles, in the order of the settings', () => {
    const settings: Settings = { workers: 4, seed: 1, rate: 0.1 };
    expect(Object.entries(settingsOfRoles(settings, ROLES, ['result', 'varied']))).toEqual([
      ['seed', 1],
      ['rate', 0.1],
    ]);
    expect(settingsOfRoles(settings, ROLES, ['result'])).toEqual({ rate: 0.1 });
  });

  it('leaves out what nobody gave a role, also where an object has it by birth', () => {
    const settings = { rate: 1, workers: 0, newcomer: 3, constructor: 5 };
    expect(settingsOfRoles<Settings>(settings, ROLES, ['result', 'varied', 'none'])).toEqual({ rate: 1, workers: 0 });
  });

  it('does not compile without a role for each setting', () => {
    // @ts-expect-error seed has no role
    const roles: IdentityRoles<Settings> = { rate: 'result', workers: 'none' };
    expect(settingsOfRoles({ rate: 1, workers: 0 }, roles, ['none'])).toEqual({ workers: 0 });
  });
});
