import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { StudioRole } from '@winnow/contracts';
import { fileError, makeDurableFolder, systemErrorCode, writeFileAtomic } from '@winnow/files';
import { z } from 'zod';

/** Whose key came with a request. */
export interface StudioPerson {
  readonly name: string;
  readonly role: StudioRole;
  /** Part of the addresses of images. */
  readonly capability: string;
}

const KEY_BYTES = 32;
/** Of owners the oldest goes where there are more: a tab that old asks for a link. */
const MAX_KEYS = 64;
const MAX_REVIEWERS = 32;

const keyFileSchema = z.object({
  keys: z
    .array(
      z.object({
        /** SHA-256 of the key, hex: who reads the disk cannot open the studio in a browser. */
        hash: z.string().regex(/^[0-9a-f]{64}$/),
        name: z.string().min(1).max(100),
        role: z.enum(['owner', 'reviewer']),
        madeAt: z.string(),
      }),
    )
    .max(MAX_KEYS),
});
type StoredKey = z.infer<typeof keyFileSchema>['keys'][number];

interface KnownKey {
  readonly hash: Buffer;
  /** Hash of the person's capability. */
  readonly capabilityHash: Buffer;
  readonly person: StudioPerson;
}

/** The keys of a project's studio. Only their hashes are kept, so a studio that is started again knows open tabs. */
export class StudioKeys {
  readonly #file: string;
  readonly #start = randomBytes(KEY_BYTES);
  #known: readonly KnownKey[] = [];
  #readAt = '';

  /** @param stateDir `.winnow` of the project */
  constructor(stateDir: string) {
    this.#file = path.join(stateDir, 'studio', 'keys.json');
  }

  /** Makes a key. @returns it: 256 bits at random, in base64url; it is stored nowhere */
  async make(name: string, role: StudioRole, now: Date): Promise<string> {
    const key = randomBytes(KEY_BYTES).toString('base64url');
    const stored = await this.#read();
    const made: StoredKey = { hash: hashOf(key).toString('hex'), name, role, madeAt: now.toISOString() };
    await this.#write([...stored, made]);
    return key;
  }

  /**
   * Makes a key for somebody who only decides; that of before, of the same name, opens nothing any more.
   * @throws WinnowError USAGE for a name that an owner or a file has, RESOURCE_LIMIT where too many are invited
   */
  async invite(name: string, now: Date): Promise<string> {
    const people = await this.people();
    if (people.some((other) => other.name === name && other.role === 'owner') || name.startsWith('file:')) {
      throw new WinnowError('USAGE', `"${name}" is somebody else`, { next: 'Invite by another name.' });
    }
    if (people.filter(({ role }) => role === 'reviewer').length >= MAX_REVIEWERS) {
      throw new WinnowError('RESOURCE_LIMIT', `${MAX_REVIEWERS} people are invited already`, {
        next: 'Remove one of them first.',
      });
    }
    await this.remove(name);
    return this.make(name, 'reviewer', now);
  }

  /** Takes the keys of a reviewer away; what the person decided stays. @returns whether there were any */
  async remove(name: string): Promise<boolean> {
    const stored = await this.#read();
    const left = stored.filter((key) => key.role === 'owner' || key.name !== name);
    if (left.length < stored.length) await this.#write(left);
    return left.length < stored.length;
  }

  /** Whoever has a key, each once, whose key is oldest first. */
  async people(): Promise<readonly Pick<StudioPerson, 'name' | 'role'>[]> {
    const byName = new Map((await this.#read()).map(({ name, role }) => [`${role} ${name}`, { name, role }]));
    return [...byName.values()];
  }

  /** Whose key it is; null: nobody's. What another process made or took away meanwhile is known, too. */
  async personOf(key: string): Promise<StudioPerson | null> {
    await this.#refresh();
    return find(this.#known, hashOf(key));
  }

  /** Of everybody who has a key now. */
  async capabilities(): Promise<ReadonlySet<string>> {
    await this.#refresh();
    return new Set(this.#known.map(({ person }) => person.capability));
  }

  /** Whether somebody has this capability for addresses of images. */
  async isCapability(capability: string): Promise<boolean> {
    const asked = hashOf(capability);
    const holds = (): boolean =>
      this.#known.filter(({ capabilityHash }) => timingSafeEqual(capabilityHash, asked)).length > 0;
    return holds() || ((await this.#refresh()) && holds());
  }

  /**
   * Shows to whoever has a key that this is the studio which knows it, and that it listens at this port itself: a program that took
   * its port can neither make this up nor ask the studio, which listens elsewhere then. Says nothing of the keys.
   */
  async proofs(nonce: string, port: number): Promise<readonly string[]> {
    await this.#refresh();
    return this.#known.map(({ hash }) => proofOf(hash, nonce, port));
  }

  async #write(keys: readonly StoredKey[]): Promise<void> {
    const tooMany = Math.max(0, keys.length - MAX_KEYS);
    const gone = new Set(keys.filter(({ role }) => role === 'owner').slice(0, tooMany));
    await writeSecret(this.#file, `${JSON.stringify({ keys: keys.filter((key) => !gone.has(key)) }, null, 2)}\n`);
    await this.#refresh();
  }

  /** @returns whether there was anything new */
  async #refresh(): Promise<boolean> {
    const facts = await stat(this.#file).catch(() => null);
    const stamp = facts === null ? '' : `${facts.mtimeMs} ${facts.size} ${facts.ino}`;
    if (stamp === this.#readAt) return false;
    this.#known = (await this.#read()).map(({ hash, name, role }) => {
      const capability = capabilityOf(hash, this.#start);
      const person = { name, role, capability };
      return { hash: Buffer.from(hash, 'hex'), capabilityHash: hashOf(capability), person };
    });
    this.#readAt = stamp;
    return true;
  }

  async #read(): Promise<readonly StoredKey[]> {
    const text = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') return null;
      throw fileError(error, this.#file);
    });
    if (text === null) return [];
    try {
      return keyFileSchema.parse(JSON.parse(text)).keys;
    } catch (error) {
      throw new WinnowError('DATA_CORRUPT', 'The keys of the studio cannot be read', {
        where: this.#file,
        next: 'Delete this file and run `winnow studio PROJECT` again; open tabs need the new link then.',
        cause: error,
      });
    }
  }
}

/** Compares with every key there is, each in constant time. */
function find(known: readonly KnownKey[], hash: Buffer): StudioPerson | null {
  let found: StudioPerson | null = null;
  for (const { hash: other, person } of known) if (timingSafeEqual(other, hash)) found = person;
  return found;
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/**
 * For addresses of images, which histories and caches of browsers keep: it opens nothing else, and nothing once the studio has ended.
 * @param start random bytes of this start
 */
function capabilityOf(hash: string, start: Buffer): string {
  return createHmac('sha256', Buffer.from(hash, 'hex')).update('images').update(start).digest('base64url').slice(0, 32);
}

function proofOf(hash: Buffer, nonce: string, port: number): string {
  return createHmac('sha256', hash).update(`studio ${nonce} ${port}`).digest('base64url');
}

/** Whole or not at all, and read by nobody else. */
async function writeSecret(file: string, text: string): Promise<void> {
  await makeDurableFolder(path.dirname(file)).catch((error: unknown) => {
    throw fileError(error, file);
  });
  await writeFileAtomic(file, text, 0o600);
}
