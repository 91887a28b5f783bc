import { setImmediate as turn } from 'node:timers/promises';
import type { Proof } from './ask-proof';
import { connection, noteAnswer, noteDoubt, noteSilence, proveWith } from './connection';

const said: string[] = [];
/** What whoever answers shows, one after the other; then nothing. */
let proofs: Proof[] = [];
let asked = 0;

beforeAll(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  connection.subscribe(() => said.push(connection.get()));
  proveWith(() => {
    asked += 1;
    return Promise.resolve(proofs.shift() ?? 'none');
  });
});
beforeEach(() => {
  said.length = 0;
  asked = 0;
});
afterAll(() => jest.useRealTimers());

async function pass(millis: number): Promise<void> {
  await turn();
  await jest.advanceTimersByTimeAsync(millis);
}

describe('the connection to the studio', () => {
  it('goes on by itself when another program had its place for a while', async () => {
    proofs = ['wrong', 'wrong', 'none', 'right'];
    noteDoubt();
    await pass(0);
    expect(connection.get()).toBe('locked');
    await pass(20_000);
    expect(said).toEqual(['doubted', 'locked', 'gone', 'there']);
    expect(asked).toBe(4);
  });

  it('goes on where the key was refused by whoever is no longer there, and asks one at a time', async () => {
    proofs = ['right'];
    noteAnswer(200);
    noteAnswer(401);
    noteAnswer(401);
    await pass(4000);
    expect([connection.get(), asked]).toEqual(['locked', 0]);
    await pass(1000);
    expect([connection.get(), asked]).toEqual(['there', 1]);
  });

  it('asks at once, then each second, where nobody answers', async () => {
    proofs = ['none', 'none', 'right'];
    noteSilence();
    await pass(1999);
    expect([connection.get(), asked]).toEqual(['gone', 2]);
    await pass(1);
    expect(connection.get()).toBe('there');
  });
});
