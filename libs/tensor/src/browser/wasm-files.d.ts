declare module '*.wasm?url' {
  /** Its address in the bundle. */
  const address: string;
  export default address;
}
