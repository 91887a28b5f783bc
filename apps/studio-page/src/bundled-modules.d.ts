declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  export default classes;
}
declare module '*.css';
declare module '*?worker&url' {
  /** Of a worker's script in the bundle. */
  const address: string;
  export default address;
}
