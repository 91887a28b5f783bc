/** Of trusted types, which not every browser has, what is used here. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): typeof rules;
}

const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
/** The one policy that the server lets be made: addresses are those that the bundler wrote. */
const trusted = trustedTypes?.createPolicy('winnow', { createScriptURL: (address) => address });

/** Starts a worker of the bundle. @param address of an import that ends in `?worker&url` */
export function startWorker(address: string): Worker {
  return new Worker(trusted?.createScriptURL(address) ?? address, { type: 'module' });
}
